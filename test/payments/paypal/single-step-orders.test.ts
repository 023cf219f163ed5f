import { expect, test } from 'vitest'
import { until } from '../../support/until.ts'
import {
  withSingleStepOrders,
  world,
  setFlow,
  orders,
  hearEvents,
  objectsOf,
  wallets,
  asked,
  declinedWith,
} from '../../support/payments/single-step-orders.ts'

// PayPal orders that are created and captured in one call.

withSingleStepOrders()

test('one call creates and captures: charged once, active, enrolled', async () => {
  const { bc, page } = await world.openSetup()
  await page.submitPayPal()
  expect(await world.ended(bc)).toBe('completed')
  expect(await world.payPalCharges(bc)).toMatchObject([{ amount: 1500, refunded_amount: 0 }])
  expect(await asked(bc)).toMatchObject({ keys: { size: 1 }, captures: 0 })
  expect(await objectsOf(bc)).toMatchObject([{ atOnce: true, state: 'paid', objectId: expect.any(String) }])
  const { body } = await world.edge('getCustomer', { bc_id: bc })
  expect(body.data).toMatchObject({ bc_status: 'active', bc_gateway: 'paypal', bc_initial_charged: 1 })
  expect(body.enrollments).toHaveLength(1)
  expect(await wallets(bc)).toBe(1)
})

test('after a change to two steps, the next onboarding creates first and then captures', async () => {
  await setFlow('two_step')
  const { bc, page } = await world.openSetup()
  await page.submitPayPal()
  expect(await world.ended(bc)).toBe('completed')
  expect((await asked(bc)).captures).toBeGreaterThan(0)
  await setFlow('single_step')
})

test('after a decline the wallet is removed, and another approval pays under its own key', async () => {
  const { bc, page } = await world.openSetup()
  await world.payPalFault(orders, 'decline')
  await page.submitPayPal()
  await declinedWith(page, 'PayPal declined the payment')
  expect(await objectsOf(bc)).toMatchObject([{ state: 'dead', objectId: null }])
  await until(async () => (await wallets(bc)) === 0)
  await page.submitPayPal()
  expect(await world.ended(bc)).toBe('completed')
  expect(await world.payPalCharges(bc)).toHaveLength(1)
  expect((await asked(bc)).keys.size).toBe(2)
  expect(await wallets(bc)).toBe(1)
})

test('a capture that is declined in its order is a decline, and a card pays', async () => {
  const { bc, page } = await world.openSetup()
  await world.payPalFault(orders, 'decline', { code: 'DECLINED' })
  await page.submitPayPal()
  await declinedWith(page, 'PayPal declined the payment')
  await page.submitCard()
  expect(await world.ended(bc)).toBe('completed')
  expect(await world.payPalCharges(bc)).toEqual([])
  expect((await world.ledger(bc)).charges).toHaveLength(1)
  expect(await wallets(bc)).toBe(0)
})

test('a pending capture pays when PayPal completes it', async () => {
  const { bc, page } = await world.openSetup()
  await world.payPalFault(orders, 'decline', { code: 'PENDING' })
  await page.submitPayPal()
  await until(async () => (await world.billingCustomer(bc)).onboarding.attempt_state === 'processing')
  const [charge] = await world.payPalCharges(bc)
  await world.simulatePayPal(`captures/${charge.id}`, { status: 'COMPLETED' })
  expect(await world.ended(bc)).toBe('completed')
})

test.each([
  ['lose_request', 1],
  ['lose_answer', 3],
  ['error_before', 1],
  ['error_after', 1],
  ['reset', 1],
  ['rate_limit', 1],
  ['key_in_use', 1],
])('%s (%d in a row): retried with the same request id, one charge', async (fault, times) => {
  hearEvents('/nowhere')
  const { bc, page } = await world.openSetup()
  await world.payPalFault(orders, fault, { times })
  await page.submitPayPal()
  expect(await world.ended(bc)).toBe('completed')
  expect(await world.payPalCharges(bc)).toMatchObject([{ amount: 1500, refunded_amount: 0 }])
  expect((await asked(bc)).keys.size).toBe(1)
})

test('if the account requires unique invoice ids, a repeated call is not a second payment', async () => {
  await world.simulatePayPal('settings', { unique_invoice_ids: true })
  const { bc, page } = await world.openSetup()
  await world.payPalFault(orders, 'error_after')
  await page.submitPayPal()
  expect(await world.ended(bc)).toBe('completed')
  expect(await world.payPalCharges(bc)).toHaveLength(1)
  await world.simulatePayPal('settings', { unique_invoice_ids: false })
})

test('a request that PayPal rejects waits for an operator, and continues under a new key once fixed', async () => {
  const { bc, page } = await world.openSetup()
  await world.payPalFault(orders, 'decline', { code: 'PAYEE_ACCOUNT_RESTRICTED' })
  await page.submitPayPal()
  expect(await world.ended(bc)).toBe('completed')
  expect(await world.eventTypes(bc)).toContain('onboarding.needs_person')
  expect(await world.payPalCharges(bc)).toHaveLength(1)
  expect((await asked(bc)).keys.size).toBe(2)
})
