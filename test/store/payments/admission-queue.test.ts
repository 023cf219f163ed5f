import { expect, test } from 'vitest'
import { presence } from '../../../domain/payment/admission-queue.ts'
import type { Transaction } from '../../../store/database/database.ts'
import { forgetQueues } from '../../../store/payments/admission-queue.ts'
import {
  withOrganizationAtLimit,
  world,
  contacts,
  declined,
  duringPause,
  pass,
  queued,
  reachLimit,
  retryAfter,
  startPause,
  type Contact,
} from '../../support/payments/organization-at-limit.ts'
import { asksForConfirmation, cardForms, declined as declinedSaved } from '../../support/world/card-forms.ts'
import { until } from '../../support/until.ts'

// The queue of an organization at its limit of declined cards: places, turns and bounds.

withOrganizationAtLimit()

/**
 * Runs a flood of new contacts with declined cards, 2 calls per second, against customers with good cards who ask again
 * when they were told to. Returns the seconds after which each good one was admitted.
 */
async function flood(good: Contact[], seconds: number, address?: string): Promise<number[]> {
  const step = 3
  const due = good.map(() => 0)
  const admitted = good.map(() => Infinity)
  for (let now = 0; now < seconds && admitted.includes(Infinity); now += step) {
    // The attacker is always first.
    const attackers = await contacts(6, declined, address)
    const theirs = await Promise.all(attackers.map(async ({ page, submit }) => ({ page, answer: await submit() })))
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
}, 900_000)

test('those who wait are told their place in the queue, which they keep while they ask again', async () => {
  await reachLimit()
  const [first, ...others] = await contacts(5, declined)
  expect((await first!.submit()).status).toBe(202)
  await until(async () => !(await first!.page.progress()).body.paying)
  // The pause does not go on while they ask.
  await startPause(world.sql`now() + interval '1 hour'`)
  const told: number[] = []
  for (const { submit } of others) told.push(retryAfter(await submit()))
  expect(told).toEqual([12, 24, 30, 30])
  await startPause(world.sql`now()`)
  await pass(12)
  // It asked first, so it is admitted, although the other one asks earlier this time.
  const [second, third] = others as [Contact, Contact]
  expect((await third.submit()).status).toBe(429)
  expect((await second.submit()).status).toBe(202)
})

async function admit({ page, submit }: Contact): Promise<void> {
  expect((await submit()).status).toBe(202)
  await until(async () => !(await page.progress()).body.paying)
}

/** Three contacts in a queue whose pause has just begun. */
async function threeWaiting(): Promise<[Contact, Contact, Contact]> {
  await reachLimit()
  const all = (await contacts(3, declined)) as [Contact, Contact, Contact]
  await duringPause(async () => {
    for (const { submit } of all) expect((await submit()).status).toBe(429)
  })
  return all
}

/** The contacts that wait, in the order in which they began to. */
const order = async () => (await queued()).filter((row) => !row.admittedAt).map((row) => row.billingCustomerId)

test('whoever is away for longer than a hidden tab waits behind those who came', async () => {
  const [away, first, second] = await threeWaiting()
  await pass(70)
  await admit(first)
  expect(await order()).toEqual([second.bc, away.bc])
  await pass(12)
  await admit(second)
  await pass(12)
  await admit(away)
})

test('a hidden tab, which asks once per minute, keeps its place when its turn passes', async () => {
  const [hidden, first, second] = await threeWaiting()
  await pass(60)
  await admit(first)
  expect(await order()).toEqual([hidden.bc, second.bc])
  await pass(12)
  await admit(hidden)
})

test('whoever lets its turn pass twice, and asks in between, waits behind those who came', async () => {
  const [late, first, second] = await threeWaiting()
  await pass(23)
  await admit(first)
  expect(await order()).toEqual([late.bc, second.bc])
  const [third] = (await contacts(1, declined)) as [Contact]
  for (const { submit } of [late, third]) expect((await submit()).status).toBe(429)
  await pass(23)
  await admit(second)
  expect(await order()).toEqual([third.bc, late.bc])
})

/** Runs `work` while another transaction holds the organization's lock. */
const whileLocked = <T>(work: (sql: Transaction) => Promise<T>): Promise<T> =>
  world.sql.begin(async (sql) => {
    const lock = `guard/organization/sandbox/${world.seeds.org_id}`
    await sql`select pg_advisory_xact_lock(hashtextextended(${lock}, 0))`
    return work(sql as never)
  }) as Promise<T>

test('a pause begins when the attempt is written, and not while it waited for the lock', async () => {
  await reachLimit()
  const [first] = (await contacts(1, declined)) as [Contact]
  const [answer, freed] = await whileLocked(async (sql) => {
    const answer = first.submit()
    await until(async () => {
      const waiting = await sql`select 1 from pg_locks where locktype = 'advisory' and not granted`
      return waiting.length > 0
    })
    const [row] = await sql<{ at: Date }[]>`select clock_timestamp() as at`
    return [{ answer }, row!.at] as const
  })
  expect((await answer.answer).status).toBe(202)
  const [attempt] = await world.sql<{ createdAt: Date }[]>`
    select a.created_at
    from payment_attempts a join onboardings o on o.id = a.onboarding_id where o.billing_customer_id = ${first.bc}`
  expect(attempt!.createdAt.getTime()).toBeGreaterThanOrEqual(freed.getTime())
})

test('addresses of one IPv6 /48 take turns as one', async () => {
  await reachLimit()
  const [starter] = (await contacts(1, declined)) as [Contact]
  await admit(starter)
  const crowd = await Promise.all([1, 2, 3].map((i) => contacts(1, declined, `2001:db8:5:${i}00::1`)))
  const [good] = (await contacts(1, '4242424242424242')) as [Contact]
  await duringPause(async () => {
    for (const { submit } of [...crowd.flat(), good]) expect((await submit()).status).toBe(429)
  })
  await pass(12)
  await admit(crowd[0]![0]!)
  await pass(12)
  expect((await crowd[1]![0]!.submit()).status).toBe(429)
  expect((await good.submit()).status).toBe(202)
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
