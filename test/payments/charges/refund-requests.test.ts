import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../../support/until.ts'
import { createWorld, type World } from '../../support/world/world.ts'
import { brief, chargesIn } from './charge-of.ts'

let world: World
let charges: ReturnType<typeof chargesIn>
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300, gatewayTimeout: 3_000, paypal: true })
  charges = chargesIn(world)
})
afterAll(() => world.close())

/** What the gateway returned of a charge: each amount. */
const returned = async (gateway: string, bc: string): Promise<number[]> => {
  if (gateway === 'stripe') return (await world.ledger(bc)).refunds.map(({ amount }) => amount)
  const [charge] = await world.payPalCharges(bc)
  const { refunds } = (await world.simulatePayPal('ledger')).body
  return refunds
    .filter(({ charge: of }: { charge: string }) => of === charge.id)
    .map(({ amount }: { amount: number }) => amount)
}

test.each([
  ['stripe', undefined],
  ['paypal', 'paypal'],
])('at %s: a part, then the rest; the customer stays active', async (gateway, method) => {
  const { bc, id } = await charges.paid(method)
  const asked = await charges.refund(id, 500)
  expect([asked.status, asked.body.status, asked.body.refunded_amount]).toEqual([200, 'succeeded', 0])
  expect(asked.body.refunds).toMatchObject([
    { object: 'refund', id: expect.stringMatching(/^rfd_/), amount: 500, reason: 'agreed with the customer' },
  ])
  const part = await charges.settled(id)
  expect(part).toMatchObject({ status: 'succeeded', amount: 1500, refunded_amount: 500, gateway })
  expect(part.refunds).toMatchObject([{ status: 'succeeded', gateway_refund_id: expect.any(String) }])
  expect(await world.billingCustomer(bc)).toMatchObject({ status: 'active', initial_charged: true })
  expect((await charges.refund(id)).body.status).toBe('refund_pending')
  const whole = await charges.becomes(id, 'refunded')
  expect([whole.refunded_amount, brief(whole)]).toEqual([1500, ['request 500 succeeded', 'request 1000 succeeded']])
  expect(await returned(gateway, bc)).toEqual([500, 1000])
  expect(await world.billingCustomer(bc)).toMatchObject({
    status: 'active',
    initial_charged: false,
    needs_person: null,
  })
  expect((await world.eventTypes(bc)).filter((type) => type.startsWith('charge.'))).toEqual([
    'charge.succeeded',
    'charge.refund_requested',
    'charge.partially_refunded',
    'charge.refund_requested',
    'charge.refunded',
  ])
})

test('at the same time: their sum never exceeds the charge, and the others are told what is left', async () => {
  const { bc, id } = await charges.paid()
  const answers = await Promise.all(Array.from({ length: 10 }, () => charges.refund(id, 400)))
  const refused = answers.filter(({ status }) => status === 409)
  expect([answers.filter(({ status }) => status === 200).length, refused.length]).toEqual([3, 7])
  for (const { body } of refused)
    expect(body).toMatchObject({
      code: 'refund_exceeds_charge',
      param: 'amount',
      detail: expect.stringContaining('must be at most 300 minor units (3.00 USD): that is what is left of the charge'),
    })
  expect((await charges.settled(id)).refunded_amount).toBe(1200)
  expect(await returned('stripe', bc)).toEqual([400, 400, 400])
  const wholes = await Promise.all([charges.refund(id), charges.refund(id), charges.refund(id)])
  expect(wholes.map(({ status }) => status).sort()).toEqual([200, 409, 409])
  await charges.becomes(id, 'refunded')
  expect((await charges.refund(id, 1)).body).toMatchObject({ code: 'refund_exceeds_charge', param: 'amount' })
  expect(await returned('stripe', bc)).toEqual([400, 400, 400, 300])
})

test('a charge and its refunds are returned as of one point in time', async () => {
  const { id } = await charges.paid()
  const asked = charges.refund(id, 500)
  for (let looks = 0; looks < 200; looks++) {
    const { refunds, refunded_amount } = await charges.get(id)
    const isDone = refunds.some(({ status }: { status: string }) => status === 'succeeded')
    expect(refunded_amount).toBe(isDone ? 500 : 0)
    if (isDone) break
  }
  await asked
  expect((await charges.settled(id)).refunded_amount).toBe(500)
})

test('a repeat with the same Idempotency-Key refunds once, also if the stored response was lost', async () => {
  const { bc, id } = await charges.paid()
  const key = randomUUID()
  const repeat = () =>
    world.request(`/v1/charges/${id}/refund`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${world.seeds.secret_key}`,
        'Content-Type': 'application/json',
        'Idempotency-Key': key,
      },
      body: JSON.stringify({ amount: 300, reason: 'x' }),
    })
  expect((await repeat()).status).toBe(200)
  expect((await repeat()).body.refunds).toHaveLength(1)
  await world.sql`update idempotency_keys set status = null, body = null, leased_until = now() where key = ${key}`
  expect((await repeat()).body.refunds).toHaveLength(1)
  await charges.settled(id)
  expect(await returned('stripe', bc)).toEqual([300])
})

test.each(['lose_answer', 'lose_request', 'error_after', 'error_kept', 'key_in_use', 'rate_limit', 'reset'])(
  'the call to Stripe with the fault %s: refunded once',
  async (fault) => {
    const { bc, id } = await charges.paid()
    await world.fault('/v1/refunds', fault)
    await charges.refund(id, 700)
    expect((await charges.settled(id)).refunded_amount).toBe(700)
    expect(await returned('stripe', bc)).toEqual([700])
  },
)

test('a request that no run was told of is made all the same', async () => {
  const { bc, id } = await charges.paid()
  await world.stopWorker()
  await charges.refund(id, 600)
  const run = world.client.workflow.getHandle(`money/${id}`)
  const terminated = () =>
    run.terminate('as if its start had been lost').then(
      () => true,
      () => false,
    )
  // The response does not wait for the start of the run.
  await until(terminated)
  await world.startWorker()
  expect((await charges.settled(id)).refunded_amount).toBe(600)
  expect(await returned('stripe', bc)).toEqual([600])
  const wakes = () => world.sql<{ wakeAt: Date | null }[]>`select wake_at from charges where id = ${id}`
  await until(wakes, ([row]) => row!.wakeAt === null)
})

test('a pending refund is followed until the gateway has decided', async () => {
  await world.simulatePayPal('settings', { refund_status: 'PENDING' })
  const { bc, id } = await charges.paid('paypal')
  await charges.refund(id, 500)
  const pending = await until(
    () => charges.get(id),
    ({ refunds }) => refunds[0].gateway_refund_id !== null,
  )
  expect(pending).toMatchObject({ status: 'succeeded', refunded_amount: 0, refunds: [{ status: 'pending' }] })
  expect((await charges.refund(id, 1001)).body.code).toBe('refund_exceeds_charge')
  await world.listed(`WorkflowId = 'money/${id}' AND BlockedOn = 'gateway'`)
  await world.simulatePayPal(`refunds/${pending.refunds[0].gateway_refund_id}`, { status: 'COMPLETED' })
  await world.client.workflow.getHandle(`money/${id}`).signal('recordChanged')
  expect((await charges.settled(id)).refunded_amount).toBe(500)
  expect(await returned('paypal', bc)).toEqual([500])
  await world.simulatePayPal('settings', { refund_status: 'COMPLETED' })
})

test('PayPal never refunds such a payment: the refund fails with its code, and the amount is free', async () => {
  const { bc, id } = await charges.paid('paypal')
  await world.payPalFault('/v2/payments/captures/*/refund', 'decline', { code: 'REFUND_TIME_LIMIT_EXCEEDED' })
  await charges.refund(id, 500)
  const failed = await charges.settled(id)
  expect(failed).toMatchObject({ status: 'succeeded', refunded_amount: 0 })
  expect(failed.refunds).toMatchObject([{ status: 'failed', failure_code: 'REFUND_TIME_LIMIT_EXCEEDED' }])
  expect(await world.eventTypes(bc)).toContain('charge.refund_failed')
  expect((await charges.refund(id)).status).toBe(200)
  expect((await charges.becomes(id, 'refunded')).refunded_amount).toBe(1500)
})

test('a disputed charge: the refund fails, and an operator is told of the dispute', async () => {
  const { bc, id } = await charges.paid()
  const [charge] = (await world.ledger(bc)).charges
  await world.simulate('disputes', { charge: charge.id })
  await charges.refund(id, 500)
  const failed = await charges.settled(id)
  expect(failed).toMatchObject({
    status: 'succeeded',
    refunds: [{ status: 'failed', failure_code: 'charge_disputed' }],
  })
  expect((await world.billingCustomer(bc)).needs_person).toMatchObject({ reason: 'disputed', charge_id: id })
})

test('PayPal refunds no part of a disputed capture', async () => {
  const { bc, id } = await charges.paid('paypal')
  const [capture] = await world.payPalCharges(bc)
  await world.simulatePayPal('disputes', { charge: capture.id })
  await charges.refund(id, 500)
  expect((await charges.settled(id)).refunds).toMatchObject([
    { status: 'failed', failure_code: 'TRANSACTION_DISPUTED' },
  ])
  expect((await world.billingCustomer(bc)).needs_person).toMatchObject({ reason: 'disputed', charge_id: id })
})

test('a gateway that refuses our key: an operator is told, and the refund goes on once it is mended', async () => {
  const { bc, id } = await charges.paid()
  await world.fault('/v1/refunds', 'unauthorized', { times: 100 })
  await charges.refund(id, 500)
  await until(async () => (await world.billingCustomer(bc)).needs_person?.reason === 'gateway_refused')
  await world.clearFaults()
  expect((await charges.settled(id)).refunded_amount).toBe(500)
  expect((await world.billingCustomer(bc)).needs_person).toBeNull()
})

test('what cannot be refunded is refused, and the error names it', async () => {
  const { bc, page } = await world.openSetup()
  const bank = await world.hold('/v1/payment_intents/*/confirm')
  await page.submitCard()
  await bank.reached()
  const { body } = await world.asNative('GET', `/v1/charges?billing_customer_id=${bc}`)
  const open = body.data[0].id
  expect((await charges.refund(open)).body).toMatchObject({ code: 'charge_not_refundable', param: 'id' })
  await bank.release()
  await world.ended(bc)
  for (const amount of [0, -1, 1.5, '500', null])
    expect((await charges.refund(open, amount as number)).body).toMatchObject({ status: 400, param: 'amount' })
  expect((await charges.refund(open, 500, '')).body).toMatchObject({ status: 400, param: 'reason' })
  expect((await charges.refund('ch_01k2j0q8e5f7g9h1j3k5m7n9p1')).status).toBe(404)
  expect((await charges.get(open)).refunds).toEqual([])
})
