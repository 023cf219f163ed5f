import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { until } from '../../support/until.ts'
import { createWorld, type World } from '../../support/world/world.ts'
import { brief, chargesIn } from './charge-of.ts'

/** Each test has its own world, because the clock of a simulator applies to all of it. */
const inOwnWorld = (work: (world: World, charges: ReturnType<typeof chargesIn>) => Promise<void>) => async () => {
  const world = await createWorld({ longestRetryPause: 300, paypal: true })
  try {
    await work(world, chargesIn(world))
  } finally {
    await world.close()
  }
}

const later = (hours: number) => ({ advance_seconds: hours * 3_600 })
const reconcile = ({ client, taskQueue }: World) =>
  client.workflow.execute('janitor', { workflowId: `janitor-${randomUUID()}`, taskQueue, args: [] })

test(
  'a refund that Stripe fails days later: its amount is free again, and the rest can be refunded',
  inOwnWorld(async (world, charges) => {
    const { bc, id } = await charges.paid('4000000000005126')
    await charges.refund(id, 500)
    expect((await charges.settled(id)).refunded_amount).toBe(500)
    await world.simulate('clock', later(48))
    const failed = await until(
      () => charges.get(id),
      ({ refunded_amount }) => refunded_amount === 0,
    )
    expect([failed.status, brief(failed)]).toEqual(['succeeded', ['request 500 failed']])
    expect(failed.refunds[0].failure_code).toBe('failed_at_gateway')
    expect(await world.eventTypes(bc)).toContain('charge.refund_failed')
    await charges.refund(id)
    const whole = await charges.becomes(id, 'refunded')
    expect(brief(whole)).toEqual(['request 500 failed', 'request 1500 succeeded'])
    await world.simulate('clock', later(48))
    expect(await charges.becomes(id, 'succeeded')).toMatchObject({ refunded_amount: 0 })
    expect(await world.billingCustomer(bc)).toMatchObject({ status: 'active', initial_charged: true })
  }),
)

test(
  'a refund that PayPal fails days later without an event: reconciliation finds it',
  inOwnWorld(async (world, charges) => {
    const { id } = await charges.paid('paypal')
    await charges.refund(id, 500)
    const { refunds } = await charges.settled(id)
    await world.sql`update charges set created_at = now() - interval '30 days' where id = ${id}`
    await world.simulatePayPal(`refunds/${refunds[0].gateway_refund_id}`, { status: 'FAILED' })
    await reconcile(world)
    expect(await charges.get(id)).toMatchObject({ status: 'succeeded', refunded_amount: 0 })
  }),
)

test(
  'the response was lost and Stripe has forgotten the key since: refunded once',
  inOwnWorld(async (world, charges) => {
    const { bc, id, paymentObject } = await charges.paid()
    await world.stopWorker()
    const { body } = await charges.refund(id, 500)
    // What the call of a worker leaves that died before it had the response.
    await world.atStripe('POST', '/v1/refunds', {
      payment_intent: paymentObject,
      amount: '500',
      'metadata[refund_id]': body.refunds[0].id,
    })
    await world.simulate('clock', later(25))
    await world.startWorker()
    expect((await charges.settled(id)).refunded_amount).toBe(500)
    expect((await world.ledger(bc)).refunds).toHaveLength(1)
  }),
)

test.each([
  ['stripe', undefined],
  ['paypal', 'paypal'],
])('refunds made by hand at %s are recorded, never counted twice, and limit ours', (gateway, method) =>
  inOwnWorld(async (world, charges) => {
    const { bc, id, paymentObject } = await charges.paid(method)
    const byHand = async (amount: number) => {
      if (gateway === 'stripe')
        return world.atStripe('POST', '/v1/refunds', { payment_intent: paymentObject, amount: String(amount) })
      const [{ id: capture }] = await world.payPalCharges(bc)
      const value = (amount / 100).toFixed(2)
      return world.atPayPal('POST', `/v2/payments/captures/${capture}/refund`, {
        amount: { currency_code: 'USD', value },
      })
    }
    await byHand(400)
    await until(async () => (await charges.get(id)).refunded_amount === 400)
    await reconcile(world)
    const part = await charges.get(id)
    expect([part.status, brief(part)]).toEqual(['succeeded', ['gateway 400 succeeded']])
    expect((await world.eventTypes(bc)).filter((type) => type === 'charge.partially_refunded')).toHaveLength(1)
    expect((await charges.refund(id, 1101)).body.detail).toContain('must be at most 1100 minor units')
    // Ours and one by hand at the same time.
    await world.stopWorker()
    await charges.refund(id, 800)
    await byHand(500)
    await world.startWorker()
    const limited = await charges.settled(id)
    expect(limited.refunds).toMatchObject([
      { source: 'gateway', amount: 400, status: 'succeeded' },
      { source: 'request', amount: 800, status: 'failed', failure_code: 'less_is_left' },
      { source: 'gateway', amount: 500, status: 'succeeded' },
    ])
    await world.stopWorker()
    await charges.refund(id)
    await byHand(100)
    await world.startWorker()
    const whole = await charges.becomes(id, 'refunded')
    expect([whole.refunded_amount, brief(whole).slice(3)]).toEqual([
      1500,
      ['request 500 succeeded', 'gateway 100 succeeded'],
    ])
    await reconcile(world)
    expect((await charges.get(id)).refunds).toHaveLength(5)
  })(),
)

test(
  'all was refunded by hand before our refund of the rest: nothing is left to do',
  inOwnWorld(async (world, charges) => {
    const { bc, id, paymentObject } = await charges.paid()
    await world.stopWorker()
    await charges.refund(id)
    await world.atStripe('POST', '/v1/refunds', { payment_intent: paymentObject })
    await world.startWorker()
    const whole = await charges.becomes(id, 'refunded')
    expect(brief(whole)).toEqual(['request 1500 canceled', 'gateway 1500 succeeded'])
    expect((await world.ledger(bc)).refunded).toBe(1500)
  }),
)

test(
  'a refund fails after the closed customer came back and paid: an operator is told, and both charges are known',
  inOwnWorld(async (world, charges) => {
    const { bc, id } = await charges.paid('4000000000005126')
    const { customer_id } = await world.billingCustomer(bc)
    const close = { reason: 'the contract has ended', refund_initial: true }
    await world.asNative('POST', `/v1/billing_customers/${bc}/close`, close)
    await charges.becomes(id, 'refunded')
    const { body } = await world.asNative('POST', '/v1/billing_customers', { customer_id })
    await world.pageOf(body.setup_url).submitCard()
    expect(await world.ended(bc)).toBe('completed')
    await world.simulate('clock', later(48))
    await charges.becomes(id, 'refund_failed')
    expect(await world.billingCustomer(bc)).toMatchObject({
      status: 'active',
      initial_charged: true,
      needs_person: { reason: 'refund_failed', charge_id: id },
    })
    await world.admin('resolve-charge', { charge: id, outcome: 'returned_by_hand', reason: 'by bank transfer' })
    expect(await world.billingCustomer(bc)).toMatchObject({ status: 'active', needs_person: null })
  }),
)

test(
  'two refunds at Stripe for one of ours, made by a process that froze for a day, are both counted',
  inOwnWorld(async (world, charges) => {
    const { id, paymentObject } = await charges.paid()
    const { refunds } = (await charges.refund(id, 500)).body
    await charges.settled(id)
    await world.atStripe('POST', '/v1/refunds', {
      payment_intent: paymentObject,
      amount: '500',
      'metadata[refund_id]': refunds[0].id,
    })
    await until(async () => (await charges.get(id)).refunded_amount === 1000)
    expect(brief(await charges.get(id))).toEqual(['request 500 succeeded', 'gateway 500 succeeded'])
  }),
)

test(
  'a refund made by hand while the one before is being recorded: its event makes the run look again',
  inOwnWorld(async (world, charges) => {
    const { id, paymentObject } = await charges.paid()
    const byHand = (amount: string) => world.atStripe('POST', '/v1/refunds', { payment_intent: paymentObject, amount })
    const look = await world.hold('/v1/refunds', 'GET')
    await byHand('400')
    await look.reached()
    await world.sql.begin(async (sql) => {
      await sql`select from charges where id = ${id} for update`
      await look.release()
      // The look is over at the gateway, and what it found waits for the row.
      await until(
        async () =>
          (await sql`select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`)
            .length > 0,
      )
      await byHand('500')
      await world.allDelivered()
    })
    await until(async () => (await charges.get(id)).refunded_amount === 900)
    expect(brief(await charges.get(id))).toEqual(['gateway 400 succeeded', 'gateway 500 succeeded'])
  }),
)
