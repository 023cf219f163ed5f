import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { scheduleReconciliation } from '../../worker/schedule-reconcile.ts'
import { connectAccount, stripeKeys } from '../support/gateways/own-accounts.ts'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300 })
  // No event arrives, so only reconciliation can find something.
  world.simulator.sendEventsTo({ url: `${world.apiUrl}/nowhere`, secret: 'none' })
})
afterAll(() => world.close())

const round = () =>
  world.client.workflow.execute('janitor', {
    workflowId: `janitor-${randomUUID()}`,
    taskQueue: world.taskQueue,
    args: [],
  })

async function paid(card?: string) {
  const { bc, page } = await world.openSetup()
  await page.submitCard(card)
  await world.ended(bc)
  const [charge] = (await world.ledger(bc)).charges
  const [row] = await world.sql<{ id: string }[]>`select id from charges where billing_customer_id = ${bc}`
  return { bc, charge, id: row!.id }
}

test('if nothing differs, nothing changes', async () => {
  const { bc } = await paid()
  const before = await world.eventTypes(bc)
  await round()
  expect(await world.eventTypes(bc)).toEqual(before)
})

test('a refund and a dispute without an event are found', async () => {
  const [refunded, disputed] = [await paid(), await paid()]
  await world.atStripe('POST', '/v1/refunds', { payment_intent: refunded.charge.payment_intent })
  await world.simulate('disputes', { charge: disputed.charge.id })
  await round()
  expect(await world.eventTypes(refunded.bc)).toContain('charge.refunded')
  expect(await world.eventTypes(disputed.bc)).toContain('charge.disputed')
})

/** Leaves what a canceled onboarding leaves whose object was paid afterwards. */
const undo = ({ bc, charge, id }: Awaited<ReturnType<typeof paid>>) =>
  world.sql.begin(async (sql) => {
    await sql`update enrollments set status = 'cancelled' where billing_customer_id = ${bc}`
    await sql`update billing_customers set status = 'pending' where id = ${bc}`
    await sql`update onboardings set result = 'canceled' where billing_customer_id = ${bc}`
    await sql`update charges set state = 'canceled' where id = ${id}`
    await sql`update payment_objects set state = 'dead' where object_id = ${charge.payment_intent}`
  })

test('a payment on an abandoned object is refunded', async () => {
  const customer = await paid()
  await undo(customer)
  await round()
  await until(async () => (await world.ledger(customer.bc)).refunded === 1500)
})

/** Lets the lists have had the time to show a charge. */
const awaitedForLong = (id: string) =>
  world.sql`update charges set unlisted_since = now() - interval '1 hour' where id = ${id}`

test('a charge that only we have is reported to operators', async () => {
  const { bc, charge, id } = await paid()
  const { body } = await world.atStripe('POST', '/v1/payment_intents', {
    amount: '1500',
    currency: 'usd',
    customer: charge.customer,
    'allowed_payment_method_types[0]': 'card',
  })
  await world.sql`update payment_objects set object_id = ${body.id} where object_id = ${charge.payment_intent}`
  await awaitedForLong(id)
  await round()
  expect(await world.eventTypes(bc)).toContain('onboarding.needs_person')
  expect((await world.billingCustomer(bc)).needs_person).toMatchObject({ reason: 'not_paid_there', charge_id: id })
  const seen = { charge: id, reason: 'not in the dashboard' }
  await expect(world.admin('resolve-charge', { ...seen, outcome: 'returned_by_hand' })).rejects.toThrow(
    'is not possible for',
  )
  await world.admin('resolve-charge', { ...seen, outcome: 'never_happened' })
  expect(await world.billingCustomer(bc)).toMatchObject({ needs_person: null, initial_charged: false })
})

test('a charge whose object the gateway does not know is reported, once the lists must have shown it', async () => {
  const { bc, charge, id } = await paid()
  const lost = 'pi_lost'
  await world.sql`update payment_objects set object_id = ${lost} where object_id = ${charge.payment_intent}`
  await round()
  expect((await world.billingCustomer(bc)).needs_person).toBeNull()
  await awaitedForLong(id)
  await round()
  expect((await world.billingCustomer(bc)).needs_person).toMatchObject({ reason: 'not_paid_there', charge_id: id })
})

test('another amount at the gateway needs an operator, also if the charge counted as canceled', async () => {
  const [kept, canceled] = [await paid(), await paid()]
  for (const { id, charge } of [kept, canceled]) {
    await world.sql`update charges set amount = 1400 where id = ${id}`
    await world.sql`update payment_objects set amount = 1400 where object_id = ${charge.payment_intent}`
  }
  await undo(canceled)
  await round()
  for (const { bc, id } of [kept, canceled])
    expect((await world.billingCustomer(bc)).needs_person).toMatchObject({ reason: 'amount_differs', charge_id: id })
  for (const { id } of [kept, canceled])
    await world.admin('resolve-charge', { charge: id, outcome: 'keep', reason: 'agreed with the customer' })
  expect((await world.billingCustomer(canceled.bc)).needs_person).toBeNull()
})

test('a refund and a dispute of weeks after the charge are found', async () => {
  const weeks = 21 * 86_400
  await world.simulate('clock', { advance_seconds: -weeks })
  const [refunded, disputed] = [await paid(), await paid()]
  await world.simulate('clock', { advance_seconds: weeks })
  await world.atStripe('POST', '/v1/refunds', { payment_intent: refunded.charge.payment_intent, amount: '300' })
  await world.simulate('disputes', { charge: disputed.charge.id })
  await round()
  expect(await world.eventTypes(refunded.bc)).toContain('charge.partially_refunded')
  expect(await world.eventTypes(disputed.bc)).toContain('charge.disputed')
})

test('a refund that fails when no list shows it any longer is found within a day', async () => {
  const { charge, id } = await paid('4000000000005126')
  await world.atStripe('POST', '/v1/refunds', { payment_intent: charge.payment_intent, amount: '300' })
  await round()
  const states = async () =>
    (await world.sql`select state from refunds where charge_id = ${id}`).map((row) => row.state)
  expect(await states()).toEqual(['succeeded'])
  await world.simulate('clock', { advance_seconds: 2 * 86_400 })
  await world.simulate('clock', { advance_seconds: -2 * 86_400 })
  await world.sql`update gateway_lists set compared_until = now() + interval '1 day'`
  await round()
  expect(await states()).toEqual(['succeeded'])
  await world.sql`update gateway_lists set compared_until = now() - interval '1 day' where list = 'recent_refunds'`
  await round()
  expect(await states()).toEqual(['failed'])
  await world.sql`update gateway_lists set compared_until = now()`
})

test('what the lists show late is compared by a later round', async () => {
  await world.simulate('lists', { listed_after: 60 })
  const { bc, charge } = await paid()
  await world.atStripe('POST', '/v1/refunds', { payment_intent: charge.payment_intent })
  await round()
  expect(await world.eventTypes(bc)).not.toContain('charge.refunded')
  await world.simulate('lists', { listed_after: 0 })
  await round()
  expect(await world.eventTypes(bc)).toContain('charge.refunded')
})

/** Pays at the gateway what no row of ours has. Returns the payment. */
async function payUnknown(): Promise<string> {
  const { body } = await world.atStripe('POST', '/v1/payment_intents', {
    amount: '1500',
    currency: 'usd',
    customer: (await paid()).charge.customer,
    'allowed_payment_method_types[0]': 'card',
    'metadata[onboarding_id]': 'onb_of_a_lost_database',
  })
  await world.atStripe('POST', `/v1/payment_intents/${body.id}/confirm`, {
    payment_method: 'pm_card_visa',
    return_url: 'https://shop.example/back',
  })
  return body.id
}
const recorded = (id: string) => world.sql`select state from gateway_events where object_id = ${id}`

test('a payment that only the gateway has is recorded for operators; nothing is charged', async () => {
  const id = await payUnknown()
  const before = (await world.simulate('ledger')).body.charges.length
  await round()
  expect(await recorded(id)).toEqual([{ state: 'dead' }])
  expect((await world.simulate('ledger')).body.charges).toHaveLength(before)
})

test('a round in which an account cannot be listed is not complete, and a later one lists what it missed', async () => {
  const account = await connectAccount(world, 'stripe', stripeKeys('shop'))
  const finished = async () => (await world.sql`select finished_at from reconciliation`)[0]!.finishedAt as Date
  await round()
  const before = await finished()
  const id = await payUnknown()
  const match = { method: 'GET', path: '/v1/charges', account: 'acct_sim_shop' }
  await world.simulate('faults', { match, times: 1_000, fault: 'error_before' })
  expect(await round()).toMatchObject({ notListed: [account], isComplete: false })
  expect(await finished()).toEqual(before)
  await world.clearFaults()
  expect(await round()).toMatchObject({ notListed: [], isComplete: true })
  expect(await recorded(id)).toEqual([{ state: 'dead' }])
  expect((await finished()).getTime()).toBeGreaterThan(before.getTime())
})

test('the schedule is created once by any number of workers', async () => {
  const taskQueue = `janitor-test-${randomUUID()}`
  await Promise.all([1, 2, 3].map(() => scheduleReconciliation(world.client, taskQueue)))
  const handle = world.client.schedule.getHandle(`janitor/${taskQueue}`)
  expect((await handle.describe()).spec.intervals).toMatchObject([{ every: 7_200_000 }])
  await handle.delete()
})
