import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { customerMessages } from '../../domain/payment/declines.ts'
import type { SetupPage } from '../support/world/setup-page.ts'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'
import type { HeldCall } from '../support/world/simulator.ts'

/** Days pass on the clocks of the simulators. Each test has its own world, because a clock applies to all of it. */
const inOwnWorld = (gatewayTimeout: number, work: (world: World) => Promise<void>) => async () => {
  const world = await createWorld({
    longestRetryPause: 300,
    gatewayTimeout,
    paypal: true,
    settings: { paypalOrderFlow: 'two_step' },
  })
  try {
    await work(world)
  } finally {
    await world.close()
  }
}

const hours = (n: number) => ({ advance_seconds: n * 3_600 })

/** Cancels during the payment, so that it must be refunded. */
async function cancelWhilePaying(
  world: World,
  payment: HeldCall,
  submit: (page: SetupPage) => Promise<unknown>,
): Promise<{ bc: string; id: string }> {
  const { bc, page } = await world.openSetup()
  await submit(page)
  await payment.reached()
  await world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'changed their mind' })
  await payment.release()
  expect(await world.ended(bc)).toBe('canceled')
  const [charge] = await world.sql<{ id: string }[]>`select id from charges where billing_customer_id = ${bc}`
  return { bc, id: charge!.id }
}

const cancelWhilePayingBy = async (world: World, card: string) =>
  cancelWhilePaying(world, await world.hold('/v1/payment_intents/*/confirm'), (page) => page.submitCard(card))
const cancelWhilePayingByPayPal = async (world: World) =>
  cancelWhilePaying(world, await world.holdAtPayPal('/v2/checkout/orders/*/capture'), (page) => page.submitPayPal())

const chargeIs = (world: World, id: string, state: string) =>
  until(async () => (await world.sql`select 1 from charges where id = ${id} and state = ${state}`).length === 1)

async function expectPersonNeeded(world: World, bc: string, id: string): Promise<void> {
  await chargeIs(world, id, 'refund_failed')
  const events = ['charge.refund_failed', 'onboarding.needs_person']
  expect(await world.eventTypes(bc)).toEqual(expect.arrayContaining(events))
  expect((await world.billingCustomer(bc)).needs_person).toMatchObject({ reason: 'refund_failed', charge_id: id })
  await world.admin('resolve-charge', { charge: id, outcome: 'returned_by_hand', reason: 'by bank transfer' })
  expect((await world.billingCustomer(bc)).needs_person).toBeNull()
}

describe.concurrent('two days later', () => {
  test(
    'Stripe fails a refund that had succeeded: an operator is told what to do',
    inOwnWorld(10_000, async (world) => {
      const { bc, id } = await cancelWhilePayingBy(world, '4000000000005126')
      await chargeIs(world, id, 'refunded')
      await world.simulate('clock', hours(48))
      await expectPersonNeeded(world, bc, id)
      expect((await world.ledger(bc)).refunds).toMatchObject([{ status: 'failed' }])
    }),
  )

  test(
    'a refund that takes two days at Stripe succeeds',
    inOwnWorld(10_000, async (world) => {
      const { bc, id } = await cancelWhilePayingBy(world, '4000000000007726')
      await chargeIs(world, id, 'refund_pending')
      await world.simulate('clock', hours(48))
      await chargeIs(world, id, 'refunded')
      expect((await world.ledger(bc)).refunds).toMatchObject([{ status: 'succeeded' }])
    }),
  )

  test(
    'PayPal fails a refund and sends no event: reconciliation finds it, and an operator is told what to do',
    inOwnWorld(10_000, async (world) => {
      await world.simulatePayPal('settings', { refund_status: 'PENDING' })
      const { bc, id } = await cancelWhilePayingByPayPal(world)
      await chargeIs(world, id, 'refund_pending')
      const [refund] = (await world.simulatePayPal('ledger')).body.refunds
      await world.simulatePayPal('clock', hours(48))
      await world.simulatePayPal(`refunds/${refund.id}`, { status: 'FAILED' })
      const { taskQueue } = world
      await world.client.workflow.execute('janitor', { workflowId: `janitor-${randomUUID()}`, taskQueue, args: [] })
      await expectPersonNeeded(world, bc, id)
    }),
  )
})

const blockedOnGateway = (world: World, bcs: string[]) =>
  Promise.all(
    bcs.map((bc) => until(async () => (await world.billingCustomer(bc)).onboarding.blocked_on === 'gateway', Boolean)),
  )
const objectsAre = (world: World, n: number) =>
  until(async () => (await world.sql`select 1 from payment_objects where object_id is not null`).length === n)
const notPaying = (page: SetupPage) => until(async () => !(await page.progress()).body.paying)

/** The gateway is available again after 25 hours: it has forgotten keys, request ids, tokens and orders. */
describe.concurrent('the gateway is unavailable for a day', () => {
  test(
    'Stripe: payments are found, a saved method is charged once, expired cards are requested again',
    inOwnWorld(2_000, async (world) => {
      const away = (method: string, path: string) => world.fault(path, 'reset', { method, times: 10_000 })
      await away('GET', '/v1/payment_intents/*')
      const paid = await world.openSetup()
      await world.fault('/v1/payment_intents/*/confirm', 'lose_answer')
      await away('POST', '/v1/payment_intents/*/confirm')
      await paid.page.submitCard()
      await until(async () => (await world.ledger(paid.bc)).charges.length === 1)

      const expired = await world.openSetup()
      await expired.page.submitCard()
      const saved = world.edge('createCustomer', {
        contact_id: world.newContact(),
        payment_data: { pm_id: 'pm_card_visa' },
      })
      await objectsAre(world, 3)
      const notMade = await world.openSetup()
      await world.fault('/v1/payment_intents', 'lose_answer')
      await away('POST', '/v1/payment_intents')
      await notMade.page.submitCard()

      const all = [paid.bc, expired.bc, notMade.bc, (await saved).body.billing_customer_id as string]
      await blockedOnGateway(world, all)
      await world.simulate('clock', hours(25))
      await world.clearFaults()

      // A card that was entered more than twelve hours ago has expired. Nothing was charged, and the page says so.
      for (const { bc, page } of [expired, notMade]) {
        await notPaying(page)
        expect((await page.progress()).body.steps[1].message).toBe(customerMessages.took_too_long)
        expect((await world.ledger(bc)).charges).toEqual([])
        expect((await page.submitCard()).status).toBe(202)
      }
      for (const bc of all) {
        expect(await world.ended(bc)).toBe('completed')
        expect(await world.ledger(bc)).toMatchObject({ charges: [{ amount: 1500, refunded_amount: 0 }], refunds: [] })
      }
    }),
  )

  test(
    'PayPal: captures are found, open orders are captured once, a lost approval is requested again',
    inOwnWorld(2_000, async (world) => {
      const away = (method: string, path: string) => world.payPalFault(path, 'reset', { method, times: 10_000 })
      await away('GET', '/v2/checkout/orders/*')
      const paid = await world.openSetup()
      await world.payPalFault('/v2/checkout/orders/*/capture', 'lose_answer')
      await away('POST', '/v2/checkout/orders/*/capture')
      await paid.page.submitPayPal()
      await until(async () => (await world.payPalCharges(paid.bc)).length === 1)

      const notCaptured = await world.openSetup()
      await notCaptured.page.submitPayPal()
      await objectsAre(world, 2)
      const notMade = await world.openSetup()
      await world.payPalFault('/v2/checkout/orders', 'lose_answer')
      await away('POST', '/v2/checkout/orders')
      await notMade.page.submitPayPal()
      await until(async () => (await world.sql`select 1 from payment_objects`).length === 3)
      const notSaved = await world.openSetup()
      await world.payPalFault('/v3/vault/payment-tokens', 'lose_answer')
      await away('POST', '/v3/vault/payment-tokens')
      await notSaved.page.submitPayPal()

      const all = [paid, notCaptured, notMade, notSaved].map(({ bc }) => bc)
      await blockedOnGateway(world, all)
      await world.simulatePayPal('clock', hours(25))
      await world.clearPayPalFaults()

      // An approval becomes a wallet only for an order, and only within three hours.
      for (const { bc, page } of [notMade, notSaved]) {
        await notPaying(page)
        expect((await page.progress()).body.steps[1].message).toBe(customerMessages.paypal_approval_needed)
        expect(await world.payPalCharges(bc)).toEqual([])
        expect((await page.submitPayPal()).status).toBe(202)
      }
      for (const bc of all) {
        expect(await world.ended(bc)).toBe('completed')
        expect(await world.payPalCharges(bc)).toMatchObject([{ amount: 1500, refunded_amount: 0 }])
      }
    }),
  )
})
