import { afterAll, beforeAll, expect, test } from 'vitest'
import { amountDue } from '../../../domain/onboarding/onboarding.ts'
import { settleEarlierCharges } from '../../../payments/charges/settle-earlier-charges.ts'
import { findCharge } from '../../../store/charges/charges.ts'
import { claimDueReleases } from '../../../store/methods/method-releases.ts'
import { readFacts } from '../../../store/onboardings/facts.ts'
import { beginObject } from '../../../store/payments/objects.ts'
import { until } from '../../support/until.ts'
import { createWorld, type World } from '../../support/world/world.ts'
import { brief, chargesIn } from './charge-of.ts'

// What an operator decides about a charge, beside refunds and the next onboarding of its customer.

let world: World
let charges: ReturnType<typeof chargesIn>
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300, paypal: true })
  charges = chargesIn(world)
})
afterAll(() => world.close())

const look = (id: string) =>
  world.client.workflow.signalWithStart('money', {
    workflowId: `money/${id}`,
    taskQueue: world.taskQueue,
    args: [id],
    signal: 'recordChanged',
    signalArgs: [],
  })
const newestFacts = async (bc: string) => {
  const [row] = await world.sql<{ id: string }[]>`
    select id from onboardings where billing_customer_id = ${bc} order by n desc limit 1`
  return readFacts(world.sql, row!.id)
}
/** Returns the database, which acts before its n-th query is sent. */
function beforeQuery(sql: World['sql'], n: number, act: () => Promise<unknown>): World['sql'] {
  let sent = 0
  return new Proxy(sql, {
    apply: (target, self, args) => {
      const query: Promise<unknown> = Reflect.apply(target as unknown as () => Promise<unknown>, self, args as [])
      const send = query.then.bind(query)
      const later = async () => {
        if (++sent === n) await act()
      }
      const then: typeof send = (resolve, reject) => later().then(() => send(resolve, reject), reject)
      return Object.assign(query, { then })
    },
  })
}
const openAgain = async (bc: string) => {
  const { customer_id } = await world.billingCustomer(bc)
  return (await world.asNative('POST', '/v1/billing_customers', { customer_id })).body
}
/** A refund of everything has failed, so that an operator must decide. */
const refundFailed = (id: string) => world.sql`update charges set state = 'refund_failed' where id = ${id}`
test('a charge that an operator keeps after its closed customer came back is not made again', async () => {
  const { bc, id } = await charges.paid()
  await refundFailed(id)
  await world.asNative('POST', `/v1/billing_customers/${bc}/close`, { reason: 'the contract has ended' })
  const { setup_url, onboarding } = await openAgain(bc)
  expect(onboarding.standing_charge_id).toBeNull()
  await world.pageOf(setup_url).submitCard()
  await until(async () => (await world.billingCustomer(bc)).onboarding.blocked_on === 'operator')
  await world.admin('resolve-charge', { charge: id, outcome: 'keep', reason: 'the customer agreed' })
  // The attempt was to pay: the customer submits again, to save the payment method only.
  await until(async () => (await world.billingCustomer(bc)).onboarding.standing_charge_id === id)
  await world.pageOf(setup_url).submitCard(undefined, { amount: 0, currency: 'USD' })
  expect(await world.ended(bc)).toBe('completed')
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

test.each([1, 2])('a charge that an operator keeps before query %i of a step is not made again by it', async (n) => {
  const { bc, id } = await charges.paid()
  await refundFailed(id)
  await world.asNative('POST', `/v1/billing_customers/${bc}/close`, { reason: 'the contract has ended' })
  await openAgain(bc)
  const facts = (await newestFacts(bc))!
  expect(amountDue(facts)).toBeGreaterThan(0)
  const database = beforeQuery(world.sql, n, () =>
    world.admin('resolve-charge', { charge: id, outcome: 'keep', reason: 'the customer agreed' }),
  )
  expect(await settleEarlierCharges({ ...world.dependencies, database }, facts)).toBeDefined()
})

test('a step that decided to charge before an operator kept the charge begins no payment', async () => {
  const { bc, id } = await charges.paid()
  await refundFailed(id)
  await world.asNative('POST', `/v1/billing_customers/${bc}/close`, { reason: 'the contract has ended' })
  const { setup_url } = await openAgain(bc)
  await world.stopWorker()
  await world.pageOf(setup_url).submitCard()
  await world.admin('resolve-charge', { charge: id, outcome: 'keep', reason: 'the customer agreed' })
  const facts = (await newestFacts(bc))!
  const { accountId } = (await findCharge(world.sql, id))!
  const object = { accountId, gatewayCustomerId: 'cus_1', attempt: 1, atOnce: false }
  expect(await beginObject(world.sql, facts, object)).toBeUndefined()
  await world.startWorker()
})

test('nothing is returned by hand while the gateway is returning a part', async () => {
  const { bc, id } = await charges.paid()
  await refundFailed(id)
  await world.stopWorker()
  expect((await charges.refund(id, 400)).status).toBe(200)
  const byHand = { charge: id, outcome: 'returned_by_hand', reason: 'by bank transfer' }
  await expect(world.admin('resolve-charge', byHand)).rejects.toThrow()
  expect((await charges.get(id)).status).toBe('refund_failed')
  await world.startWorker()
  expect((await charges.settled(id)).refunded_amount).toBe(400)
  expect((await world.ledger(bc)).refunded).toBe(400)
})

test('a kept charge of a canceled onboarding is refunded beside the charge of the next one', async () => {
  const { bc, id } = await charges.paid()
  await world.sql`update onboardings set result = 'canceled' where billing_customer_id = ${bc}`
  await world.sql`update charges set state = 'kept' where id = ${id}`
  await world.sql`update billing_customers set status = 'pending', payment_method_id = null where id = ${bc}`
  await world.pageOf((await openAgain(bc)).setup_url).submitCard()
  expect(await world.ended(bc)).toBe('completed')
  expect((await world.ledger(bc)).charges).toHaveLength(2)
  await world.stopWorker()
  expect(await charges.refund(id)).toMatchObject({ status: 200, body: { status: 'kept' } })
  await world.startWorker()
  expect(brief(await charges.becomes(id, 'refunded'))).toEqual(['request 1500 succeeded'])
  expect((await world.ledger(bc)).refunded).toBe(1500)
})

test('a refund by hand that fails beside a requested one is not made by the service', async () => {
  await world.simulatePayPal('settings', { refund_status: 'PENDING' })
  const { bc, id } = await charges.paid('paypal')
  await charges.refund(id, 400)
  await until(async () => (await charges.get(id)).refunds[0].gateway_refund_id !== null)
  const [{ id: capture }] = await world.payPalCharges(bc)
  const amount = { currency_code: 'USD', value: '11.00' }
  const { body } = await world.atPayPal('POST', `/v2/payments/captures/${capture}/refund`, { amount })
  await look(id)
  await charges.becomes(id, 'refund_pending')
  await world.simulatePayPal(`refunds/${body.id}`, { status: 'FAILED' })
  await look(id)
  expect(brief(await charges.becomes(id, 'succeeded'))).toEqual(['request 400 pending', 'gateway 1100 failed'])
  await world.simulatePayPal('settings', { refund_status: 'COMPLETED' })
})

test('a method that a live onboarding uses is detached only after its end', async () => {
  const { bc } = await charges.paid()
  const [row] = await world.sql<[{ id: string }]>`select id from onboardings where billing_customer_id = ${bc}`
  await world.sql`
    update onboardings set ended_at = null, result = null, wake_at = now() + interval '1 hour' where id = ${row!.id}
  `
  await world.stopWorker()
  await world.sql`insert into method_releases (onboarding_id, k, billing_customer_id) values (${row!.id}, 1, ${bc})`
  expect(await claimDueReleases(world.sql, 10)).toEqual([])
  await world.sql`update onboardings set ended_at = now(), result = 'completed', wake_at = null where id = ${row!.id}`
  expect(await claimDueReleases(world.sql, 10)).toMatchObject([{ onboardingId: row!.id }])
  await world.startWorker()
})
