import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PageProgress } from '../../api/hosted-page/view/model.ts'
import { createCaller, type Caller } from '../chaos/acts/calls.ts'
import { callNative } from '../chaos/acts/caller-acts.ts'
import { untilEnded } from '../chaos/acts/customer.ts'
import { Page, type Shop } from '../chaos/acts/page.ts'
import { lastTry, type Try } from '../chaos/styles.ts'
import type { Stack } from './stack.ts'

const patience = 240_000
const wallet: Try = { approves: true }
const declining: Try = { ...lastTry, cards: ['4000000000000002'] }
const challenged: Try = { ...lastTry, cards: ['4000002760003184'] }
const otherCard: Try = { ...lastTry, cards: ['5555555555554444'] }

/** A customer on the page of an onboarding. */
interface Visit {
  stack: Stack
  shop: Shop
  caller: Caller
  billingCustomerId: string
  enter(what: Try): Promise<void>
  until(holds: (seen: PageProgress) => boolean): Promise<void>
  /** Acts until the onboarding is completed; on the page of a replacement, until the method is replaced. */
  complete(on?: Page, tries?: Try[]): Promise<void>
}

type Finish = () => Promise<void>
const opens = ({ until }: Visit) => until(({ blocked_on }) => blocked_on === 'customer')

/** How an onboarding comes into each situation, and how it is finished if not by paying on the page. */
const arrivals = {
  waits: opens,
  'waits for a wallet': opens,
  async declined({ enter, until }: Visit) {
    await enter(declining)
    await until(({ decline }) => decline !== null)
  },
  async 'at the bank'({ enter, until }: Visit) {
    await enter(challenged)
    await until(({ action }) => action !== undefined)
  },
  pays: opens,
  'pays by wallet': opens,
  async 'needs an operator'({ stack, billingCustomerId, enter, until, complete }: Visit): Promise<Finish> {
    const repair = await breakPayment(stack, billingCustomerId)
    await enter(lastTry)
    await until(({ blocked_on }) => blocked_on === 'operator')
    return () => repair().then(() => complete())
  },
  async active({ complete }: Visit): Promise<Finish> {
    await complete()
    return async () => {}
  },
  async 'replaces its method'({ shop, caller, billingCustomerId, complete }: Visit): Promise<Finish> {
    await complete()
    const path = `/v1/billing_customers/${billingCustomerId}/payment_method`
    const { body } = await callNative(shop, caller, 'POST', path, {})
    const { setup_url } = (body as { replacement: { setup_url: string } }).replacement
    return () => complete(new Page(setup_url, shop, caller, false), [otherCard])
  },
} satisfies Record<string, (visit: Visit) => Promise<Finish | void>>

/** What an onboarding does at the moment of an upgrade. */
export type Situation = keyof typeof arrivals
export const situations = Object.keys(arrivals) as Situation[]

export interface Person {
  situation: Situation
  /** Does what remains until the onboarding is completed, and the method replaced. */
  finish: Finish
  /** Submits a payment, which the service then carries out. */
  pay(): Promise<void>
}

/** Opens onboardings and brings each into its situation. */
export async function openPeople(stack: Stack, list: Situation[]): Promise<Person[]> {
  const caller = createCaller(Date.now() + 3_600_000, (oddity) => stack.say(`unexpected: ${oddity}`))
  const shop: Shop = { ...stack, publishableKey: stack.stripeKeys.publishable, expire: async () => {} }
  const people: Person[] = []
  // A few at a time, as on a machine that does other work too.
  for (let i = 0; i < list.length; i += 4)
    people.push(...(await Promise.all(list.slice(i, i + 4).map((each) => openPerson(stack, shop, caller, each)))))
  return people
}

async function openPerson(stack: Stack, shop: Shop, caller: Caller, situation: Situation): Promise<Person> {
  const contact = randomUUID()
  const { setupUrl, billingCustomerId } = await createCustomer(shop, caller, contact)
  const page = new Page(setupUrl, shop, caller, false)
  const own = situation.endsWith('wallet') ? wallet : lastTry
  const enter = async (what: Try) => page.enter(what, await page.progress())
  const complete = (on = page, tries: Try[] = [own]) => untilEnded({ contact, tries, ends: ['completed'] }, on, caller)
  const finish = await arrivals[situation]({
    ...{ stack, shop, caller, billingCustomerId, enter, complete },
    until: (holds) => waitFor(`${situation}: ${billingCustomerId}`, async () => holds(await page.progress())),
  })
  return { situation, finish: finish ?? (() => complete()), pay: () => enter(own) }
}

/** Opens an onboarding through the edge API. */
export async function createCustomer({ apiUrl, seeds }: Shop, caller: Caller, contact_id: string) {
  const { secret_key: api_key, org_id, brand_id, item_id: bi_id } = seeds
  const order = { api_key, org_id, brand_id, contact_id, bi_id }
  const { status, body } = await caller.post(`${apiUrl}/public/edge/createCustomer`, order)
  const { data, billing_customer_id: id } = body as { data?: { setup_url?: string }; billing_customer_id?: string }
  if (status !== 200 || !data?.setup_url || !id) throw new Error(`createCustomer returned ${status}`)
  return { setupUrl: data.setup_url, billingCustomerId: id }
}

/** Makes the payment of one onboarding fail for a reason that only an operator can find. Returns how to repair it. */
export async function breakPayment(
  { database }: Pick<Stack, 'database'>,
  billingCustomerId: string,
): Promise<() => Promise<unknown>> {
  const [onboarding] = await database<{ id: string }[]>`
    select id from onboardings where billing_customer_id = ${billingCustomerId}`
  const name = `broken_${onboarding!.id}`
  await database.unsafe(`
    create function ${name}() returns trigger language plpgsql as $$ begin raise exception 'broken'; end $$;
    create trigger ${name} before insert on payment_objects
      for each row when (new.onboarding_id = '${onboarding!.id}') execute function ${name}()`)
  return () => database.unsafe(`drop trigger ${name} on payment_objects`)
}

/** Polls until a condition holds. Throws an Error with its name after `limit`, four minutes. */
export async function waitFor(what: string, holds: () => Promise<boolean>, limit = patience): Promise<void> {
  const end = Date.now() + limit
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not within ${limit / 1_000} seconds: ${what}`)
    await sleep(250)
  }
}
