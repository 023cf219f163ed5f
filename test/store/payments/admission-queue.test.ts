import { expect, test } from 'vitest'
import { presence } from '../../../domain/payment/admission-queue.ts'
import { forgetQueues } from '../../../store/payments/admission-queue.ts'
import {
  withOrganizationAtLimit,
  world,
  contacts,
  declined,
  pass,
  queued,
  reachLimit,
  retryAfter,
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
