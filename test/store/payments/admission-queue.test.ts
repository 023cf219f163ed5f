import { afterAll, beforeAll, expect, test } from 'vitest'
import { presence } from '../../../domain/payment/admission-queue.ts'
import { forgetQueues } from '../../../store/payments/admission-queue.ts'
import { asksForConfirmation, cardForms, declined as declinedSaved } from '../../support/world/card-forms.ts'
import type { SetupPage } from '../../support/world/setup-page.ts'
import { until } from '../../support/until.ts'
import { createWorld, type Answer, type World } from '../../support/world/world.ts'

// The queue of an organization at its limit of declined cards. Time passes by moving the rows into the past.

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300, trustedProxies: ['127.0.0.1'] })
})
afterAll(() => world.close())

const declined = '4000000000000002'

/** As if so much time had passed since everything that was submitted or asked. */
async function pass(seconds: number): Promise<void> {
  await world.sql`update payment_attempts set created_at = created_at - ${seconds} * interval '1 second'`
  await world.sql`
    update approval_sessions set admitted_at = admitted_at - ${seconds} * interval '1 second'
    where admitted_at is not null`
  await world.sql`
    update admission_queue set waits_since = waits_since - ${seconds} * interval '1 second',
      asked_at = asked_at - ${seconds} * interval '1 second',
      admitted_at = admitted_at - ${seconds} * interval '1 second'`
}

/** Fills the limit with 150 declined cards of 20 minutes ago, and empties the queue. Turns are 12 seconds apart. */
async function reachLimit(): Promise<void> {
  await world.sql`delete from admission_queue`
  await world.sql`delete from payment_attempts where state <> 'paid'`
  const { bc } = await world.openSetup()
  await world.sql`
    insert into payment_attempts
      (onboarding_id, number, environment, link_version, source, gateway, reference, single_use, amount, currency,
       state, code, created_at, closed_at)
    select id, i, environment, 1, 'page', 'stripe', 'filler' || i || id, true, 1500, 'USD', 'declined',
      'card_declined', now() - interval '20 minutes', now() - interval '20 minutes'
    from onboardings, generate_series(1, 150) i where billing_customer_id = ${bc}`
  const settings = { declines_per_organization: 150, decline_window_seconds: 1_800, declines_per_address: 1_000 }
  expect((await world.asNative('PATCH', '/v1/settings', settings)).status).toBe(200)
}

interface Contact {
  bc: string
  page: SetupPage
  /** Submits its card from its address. */
  submit: () => Promise<Answer>
}

let addresses = 0
async function contacts(count: number, card: string, address?: string): Promise<Contact[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const { bc, page } = await world.openSetup()
      const token = await page.cardToken(card)
      addresses++
      const from = address ?? `198.18.${addresses >> 8}.${addresses & 255}`
      return { bc, page, submit: () => submitFrom(page, token, from) }
    }),
  )
}

const submitFrom = (page: SetupPage, confirmation_token: string, address: string): Promise<Answer> =>
  world.request(`${page.url.origin}${page.url.pathname}/setup-completed${page.url.search}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': address },
    body: JSON.stringify({ gateway: 'stripe', confirmation_token, amount: 1500, currency: 'USD' }),
  })

const retryAfter = ({ headers }: Answer) => Number(headers.get('Retry-After'))

/**
 * Runs a flood of new contacts with declined cards, 2 calls per second, against customers with good cards who ask again
 * when they were told to. Returns the seconds after which each good one was admitted.
 */
async function flood(good: Contact[], seconds: number, address?: string): Promise<number[]> {
  const step = 3
  const attackers = await contacts((seconds / step) * 6, declined, address)
  const due = good.map(() => 0)
  const admitted = good.map(() => Infinity)
  for (let now = 0; now < seconds && admitted.includes(Infinity); now += step) {
    // The attacker is always first.
    const theirs = await Promise.all(
      attackers.splice(0, 6).map(async ({ page, submit }) => ({ page, answer: await submit() })),
    )
    for (const { page, answer } of theirs)
      if (answer.status === 202) await until(async () => !(await page.progress()).body.paying)
    for (const [i, { bc, submit }] of good.entries()) {
      if (admitted[i] !== Infinity || due[i]! > now) continue
      const answer = await submit()
      if (answer.status === 202) {
        admitted[i] = now
        expect(await world.ended(bc)).toBe('completed')
      } else due[i] = now + retryAfter(answer)
    }
    await pass(step)
  }
  return admitted
}

test('a flood of ever-new contacts keeps no good customer from its turn', async () => {
  await reachLimit()
  const good = await contacts(3, '4242424242424242')
  const admitted = await flood(good, 180)
  expect(Math.max(...admitted)).toBeLessThanOrEqual(presence + 3 * 12 + 30)
  for (const { bc } of good) expect((await world.ledger(bc)).charges).toHaveLength(1)
}, 240_000)

const queued = () =>
  world.sql<{ billingCustomerId: string; admittedAt: Date | null }[]>`
    select billing_customer_id, admitted_at from admission_queue order by waits_since`

test('those who wait are told their place in the queue, which they keep while they ask again', async () => {
  await reachLimit()
  const [first, ...others] = await contacts(5, declined)
  expect((await first!.submit()).status).toBe(202)
  await until(async () => !(await first!.page.progress()).body.paying)
  const told: number[] = []
  for (const { submit } of others) told.push(retryAfter(await submit()))
  const [next] = told as [number]
  expect(next).toSatisfy((seconds: number) => seconds >= 1 && seconds <= 12)
  expect(told).toEqual([next, next + 12, Math.min(next + 24, 30), 30])
  await pass(12)
  // It asked first, so it is admitted, although the other one asks earlier this time.
  const [second, third] = others as [Contact, Contact]
  expect((await third.submit()).status).toBe(429)
  expect((await second.submit()).status).toBe(202)
})

test('whoever lets its turn pass waits behind those who came', async () => {
  await reachLimit()
  const [away, first, second] = (await contacts(3, declined)) as [Contact, Contact, Contact]
  await world.sql`update payment_attempts set created_at = now() where number = 1`
  for (const { submit } of [away, first, second]) expect((await submit()).status).toBe(429)
  await pass(32)
  expect((await first.submit()).status).toBe(202)
  await until(async () => !(await first.page.progress()).body.paying)
  await pass(12)
  expect((await second.submit()).status).toBe(202)
  await until(async () => !(await second.page.progress()).body.paying)
  await pass(12)
  expect((await away.submit()).status).toBe(202)
})

test('30 calls at once: one is admitted, and each contact has one place however often it asks', async () => {
  await reachLimit()
  const all = await contacts(10, declined)
  const answers = await Promise.all(Array.from({ length: 3 }, () => all.map(({ submit }) => submit())).flat())
  const admitted = all.filter((_, i) => [i, i + 10, i + 20].some((j) => answers[j]!.status === 202))
  expect(admitted).toHaveLength(1)
  const rows = await queued()
  expect(new Set(rows.map((row) => row.billingCustomerId))).toEqual(new Set(all.map(({ bc }) => bc)))
  expect(rows).toHaveLength(10)
  expect(rows.filter(({ admittedAt }) => admittedAt).map((row) => row.billingCustomerId)).toEqual([admitted[0]!.bc])
})

test('a contact from before the limit has every second turn, without a declined card of its own', async () => {
  const [known] = await contacts(1, '4242424242424242')
  await reachLimit()
  const others = await contacts(12, declined)
  const turns: string[] = []
  await world.sql`update customers set created_at = created_at - interval '1 hour'
    where id = (select customer_id from billing_customers where id = ${known!.bc})`
  for (let turn = 0; turn < 4; turn++) {
    for (const contact of [...others, known!]) {
      if (turns.includes(contact.bc)) continue
      const { status } = await contact.submit()
      if (status !== 202) continue
      turns.push(contact.bc)
      await until(async () => !(await contact.page.progress()).body.paying)
    }
    await pass(12)
  }
  expect(turns.slice(0, 3)).toContain(known!.bc)
  expect(await world.ended(known!.bc)).toBe('completed')
  // Whoever had a decline waits among the new ones.
  const [one] = await queued()
  await world.sql`update customers set created_at = created_at - interval '1 hour'`
  const tried = others.find(({ bc }) => turns.includes(bc))!
  await tried.page.submitCard(declined)
  const rows = await world.sql<{ isKnown: boolean }[]>`
    select is_known from admission_queue where billing_customer_id in (${tried.bc}, ${one!.billingCustomerId})`
  expect(rows.map(({ isKnown }) => isKnown)).toEqual(Array(rows.length).fill(false))
})

test('many contacts of one address do not hold up a customer of another', async () => {
  await reachLimit()
  const crowd = await contacts(8, declined, '203.0.113.66')
  const [good] = await contacts(1, '4242424242424242')
  let admitted = Infinity
  for (let turn = 0; turn < 3 && admitted === Infinity; turn++) {
    for (const { submit, page } of crowd)
      if ((await submit()).status === 202) await until(async () => !(await page.progress()).body.paying)
    if ((await good!.submit()).status === 202) admitted = turn
    await pass(12)
  }
  expect(admitted).toBeLessThan(3)
})

test('callers’ forms have a queue of their own, in which a form that cannot be opened keeps its place', async () => {
  await reachLimit()
  const forms = cardForms(world)
  const [page] = await contacts(1, '4242424242424242')
  const first = await forms.setUp()
  const waiting = [await forms.setUp(), await forms.setUp()]
  expect([first, ...waiting].map(({ status }) => status)).toEqual([200, 429, 429])
  expect((await page!.submit()).status).toBe(202)
  await pass(12)
  expect((await forms.setUp(waiting[1]!.contact)).status).toBe(429)
  // Its first two objects fail for good.
  await world.fault('/v1/setup_intents', 'error_kept')
  expect((await forms.setUp(waiting[0]!.contact)).status).toBe(200)
  await pass(12)
  const second = await forms.setUp(waiting[1]!.contact)
  expect(second.status).toBe(200)
  await forms.enter(second.data.client_secret, declinedSaved)
  await forms.enter(first.data.client_secret, asksForConfirmation)
  await world.allDelivered()
})

test('a queue has at most 1,000 places, the last of which is lost to a contact with a better claim', async () => {
  await reachLimit()
  const [, known, late] = await contacts(3, '4242424242424242')
  await world.sql`
    insert into customers (id, organization_id, environment)
    select 'cus_crowd' || i, organization_id, environment
    from generate_series(1, 1000) i, billing_customers where id = ${known!.bc}`
  await world.sql`
    insert into billing_customers
      (id, organization_id, environment, customer_id, gateway, currency, created_by)
    select 'bc_crowd' || i, organization_id, environment, 'cus_crowd' || i, gateway, currency, 'crowd' || i
    from generate_series(1, 1000) i, billing_customers where id = ${known!.bc}`
  await world.sql`
    insert into admission_queue
      (billing_customer_id, opens_form, organization_id, environment, source, is_known, waits_since)
    select id, false, organization_id, environment, id, false, now() - interval '20 seconds'
    from billing_customers where id like 'bc\\_crowd%'`
  await world.sql`update payment_attempts set created_at = now() where number = 1`
  await world.sql`update customers set created_at = now() - interval '2 days'
    where id = (select customer_id from billing_customers where id = ${known!.bc})`
  expect(retryAfter(await late!.submit())).toBe(30)
  expect(retryAfter(await known!.submit())).toBeLessThanOrEqual(12)
  const rows = (await queued()).map((row) => row.billingCustomerId)
  expect([rows.length, rows.includes(late!.bc), rows.includes(known!.bc)]).toEqual([1_000, false, true])

  await pass(presence + 1)
  await forgetQueues(world.sql)
  expect(await queued()).toEqual([])
})

test('a question from another address does not give an address the turns that it has had', async () => {
  const testers = await contacts(4, declined, '198.51.100.1')
  const [good] = await contacts(1, '4242424242424242', '198.51.100.2')
  await reachLimit()
  for (const tester of testers) await tester.submit()
  await good!.submit()
  await pass(12)
  const first = testers[0]!
  expect((await first.submit()).status).toBe(202)
  // It can be made-up: it costs nothing, and moved the turn to another address.
  await submitFrom(first.page, 'ctoken_made_up', '198.51.100.3')
  await pass(12)
  for (const tester of testers.slice(1)) expect((await tester.submit()).status).toBe(429)
  expect((await good!.submit()).status).toBe(202)
})

test('a known contact that asks again after its turn does not give the next one to a known contact', async () => {
  const known = await contacts(3, declined)
  const [fresh] = await contacts(1, '4242424242424242')
  await reachLimit()
  await world.sql`
    update customers set created_at = created_at - interval '1 hour'
    where id in (select customer_id from billing_customers where id = any(${known.map(({ bc }) => bc)}))`
  for (const one of [...known, fresh!]) await one.submit()
  await pass(12)
  const [first, second] = known
  expect((await first!.submit()).status).toBe(202)
  await until(async () => !(await first!.page.progress()).body.paying)
  await submitFrom(first!.page, 'ctoken_made_up', '198.18.9.9')
  await pass(12)
  expect((await fresh!.submit()).status).toBe(202)
  expect((await second!.submit()).status).toBe(429)
})
