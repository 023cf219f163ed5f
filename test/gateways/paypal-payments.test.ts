import { describe, expect, test } from 'vitest'
import { customIdOf } from '../../gateways/paypal/orders.ts'
import {
  capturePath,
  eachWithGateway,
  failure,
  gateway,
  metadata,
  newOrder,
  pay,
  saved,
} from '../support/gateways/paypal-gateway.ts'
import { charges, control, fault, requests } from '../support/gateways/paypal-simulator.ts'

eachWithGateway()

describe('paying', () => {
  test('in two steps: the order has our ids and is read as paid', async () => {
    const [vaultId, order] = [await saved(), await newOrder()]
    expect(await gateway.read(order)).toEqual({ state: 'untouched', trace: '' })
    const paid = await pay(order, vaultId)
    const details = { type: 'paypal', payerId: expect.stringMatching(/^[A-Z0-9]{13}$/) }
    const method = { id: vaultId, label: 'buyer@personal.example.com', details }
    expect(paid).toMatchObject({ state: 'paid', amount: 1500, currency: 'USD', method })
    // PayPal does not return the payment token.
    expect(await gateway.read(order)).toEqual({ ...paid, method: { ...method, id: '' } })
    const { onboarding_id, organization_id, billing_customer_id, environment } = metadata
    expect(await charges()).toMatchObject([
      { amount: 1500, metadata: { onboarding_id, organization_id, billing_customer_id, environment } },
    ])
    expect(await gateway.clientAction(order)).toBeNull()
    expect((await requests()).flatMap(({ violations }) => violations)).toEqual([])
  })

  test.each([
    ['HUF', 550000],
    ['JPY', 2200],
    ['TWD', 48000],
    ['EUR', 5],
  ])('%s in the decimals of PayPal', async (currency, amount) => {
    const [vaultId, order] = [await saved(), await newOrder(1, amount, currency)]
    expect(await pay(order, vaultId)).toMatchObject({ state: 'paid', amount, currency })
  })

  test('a repeat with the same key moves no money; another key finds the order captured', async () => {
    const [vaultId, order] = [await saved(), await newOrder()]
    const paid = await pay(order, vaultId)
    expect(await pay(order, vaultId)).toEqual(paid)
    await expect(pay(order, vaultId, 'k2')).rejects.toEqual(failure('unexpected_state', 'ORDER_ALREADY_CAPTURED'))
    expect(await newOrder()).toEqual(order)
    await expect(newOrder(1, 1600)).rejects.toEqual(failure('key_reused'))
    expect(await charges()).toHaveLength(1)
  })

  test('declined, then paid with another method on a new order', async () => {
    const [vaultId, order] = [await saved(), await newOrder()]
    await fault(capturePath, 'decline')
    const declined = { state: 'declined', trace: 'INSTRUMENT_DECLINED', code: 'paypal_declined' }
    expect(await pay(order, vaultId)).toEqual(declined)
    expect(await pay(order, vaultId)).toEqual(declined)
    expect(await gateway.read(order)).toMatchObject({ state: 'untouched' })
    expect(await gateway.close(order, 'c', false)).toMatchObject({ state: 'dead' })
    expect(await pay(await newOrder(2), await saved(), 'onb_1/confirm/2/2/1')).toMatchObject({ state: 'paid' })
    expect(await charges()).toHaveLength(1)
  })

  test('a declined capture exhausts its order', async () => {
    const [vaultId, order] = [await saved(), await newOrder()]
    await control('settings', { capture_status: 'DECLINED' })
    const reading = await pay(order, vaultId)
    expect(reading).toMatchObject({ state: 'declined', code: 'paypal_declined', exhausted: true })
    expect(await gateway.read(order)).toEqual(reading)
    expect(await gateway.close(order, 'c', true)).toMatchObject({ state: 'dead' })
  })

  test.each(['COMPLETED', 'DECLINED'])('pending, then %s', async (status) => {
    const [vaultId, order] = [await saved(), await newOrder()]
    await control('settings', { capture_status: 'PENDING' })
    const pending = await pay(order, vaultId)
    expect(pending).toMatchObject({ state: 'processing' })
    expect(await gateway.close(order, 'c', false)).toEqual(pending)
    await control(`captures/${pending.trace.split('|')[0]}`, { status })
    const ended = await gateway.read(order)
    expect(ended.state).toBe(status === 'COMPLETED' ? 'paid' : 'declined')
    expect(ended.trace).not.toBe(pending.trace)
  })

  test.each([
    ['lose_answer', 'paid'],
    ['lose_request', 'untouched'],
    ['reset', 'untouched'],
    ['error_after', 'paid'],
    ['error_before', 'untouched'],
  ])('%s: the outcome is unknown until the order is read: %s', async (kind, state) => {
    const [vaultId, order] = [await saved(), await newOrder()]
    await fault(capturePath, kind)
    await expect(pay(order, vaultId)).rejects.toEqual(failure('unknown'))
    expect(await gateway.read(order)).toMatchObject({ state })
    expect(await pay(order, vaultId)).toMatchObject({ state: 'paid', method: { id: vaultId } })
    expect(await charges()).toHaveLength(1)
  })

  test('an order that was not captured in time is dead', async () => {
    const [vaultId, order] = [await saved(), await newOrder()]
    await control('clock', { advance_seconds: 3 * 3600 })
    expect(await gateway.read(order)).toEqual({ state: 'dead', trace: '' })
    await expect(pay(order, vaultId)).rejects.toEqual(failure('unexpected_state'))
    await expect(newOrder()).rejects.toEqual(failure('stored_failure'))
  })

  test('a paid invoice is not paid again if the account forbids it', async () => {
    await control('settings', { unique_invoice_ids: true })
    const vaultId = await saved()
    await pay(await newOrder(), vaultId)
    await expect(pay(await newOrder(2), vaultId, 'k2')).rejects.toEqual(failure('unexpected_state'))
  })
})

describe('the stored credential', () => {
  const preference = { payment_method_preference: 'IMMEDIATE_PAYMENT_REQUIRED' }
  const present = { payment_initiator: 'CUSTOMER', usage: 'FIRST', usage_pattern: 'UNSCHEDULED_POSTPAID' }
  const away = { payment_initiator: 'MERCHANT', usage: 'SUBSEQUENT', usage_pattern: 'UNSCHEDULED_POSTPAID' }
  const said = async () => (await charges()).map((charge) => charge.said)
  const confirm = async (offSession: boolean) =>
    gateway.confirm(
      await newOrder(),
      { reference: { id: await saved(), singleUse: false }, offSession, amount: 1500, currency: 'USD' },
      'k',
    )
  const atOnce = async (payerPresent: boolean | null) =>
    gateway.payInOneStep({ amount: 1500, currency: 'USD', metadata, methodId: await saved(), payerPresent }, 'k')

  test.each([
    ['captured for a payer who has just approved', () => confirm(false), present],
    ["captured with a caller's wallet", () => confirm(true), away],
    ['paid in one call for a payer who has just approved', () => atOnce(true), present],
    ["paid in one call with a caller's wallet", () => atOnce(false), away],
  ])('%s', async (_, pays, stored_credential) => {
    await pays()
    expect(await said()).toEqual([{ stored_credential, experience_context: preference }])
    expect((await requests()).flatMap(({ violations }) => violations)).toEqual([])
  })

  test('a request from before the presence was recorded is repeated unchanged', async () => {
    await expect(atOnce(null)).rejects.toEqual(failure('refused', 'INCOMPATIBLE_PARAMETER_VALUE'))
  })
})

describe('limits of the account and its payer', () => {
  const pays = async (currency = 'USD') => pay(await newOrder(1, 1500, currency), await saved())

  test('PayPal requires the payer to return: this order accepts no other wallet', async () => {
    await control('settings', { payer_action: true })
    const wanted = { state: 'declined', code: 'paypal_approval_needed' }
    expect(await pays()).toMatchObject(wanted)
    const made = await gateway.payInOneStep(
      { amount: 1500, currency: 'USD', metadata, methodId: await saved(), payerPresent: true },
      'k2',
    )
    expect(made).toMatchObject({ id: expect.any(String), reading: { ...wanted, exhausted: true } })
    const order = { kind: 'payment' as const, id: made.id! }
    expect(await gateway.read(order)).toEqual(made.reading)
    expect(await gateway.close(order, 'c', false)).toMatchObject({ state: 'dead' })
    expect(await charges()).toEqual([])
  })

  test('an order created with a wallet but not captured can be captured', async () => {
    await control('settings', { captured_at_create: false })
    const methodId = await saved()
    const made = await gateway.payInOneStep(
      { amount: 1500, currency: 'USD', metadata, methodId, payerPresent: true },
      'k',
    )
    expect(made.reading).toEqual({ state: 'untouched', trace: '' })
    expect(await pay({ kind: 'payment', id: made.id! }, methodId)).toMatchObject({ state: 'paid' })
  })

  test('without permission for reference transactions, no saved wallet is charged', async () => {
    await control('settings', { features: ['vaulting'] })
    await expect(pays()).rejects.toEqual(failure('refused', 'PERMISSION_DENIED'))
  })

  test.each([
    ['BRL', 'BR'],
    ['MYR', 'MY'],
  ])('%s is accepted only in its country', async (currency, country) => {
    await expect(pays(currency)).rejects.toEqual(failure('refused', 'INVALID_CURRENCY_CODE'))
    await control('settings', { country })
    expect(await pays(currency)).toMatchObject({ state: 'declined', code: 'paypal_account' })
    await control('settings', { payer_country: country })
    expect(await pay(await newOrder(2, 1500, currency), await saved(), 'k2')).toMatchObject({ state: 'paid', currency })
  })
})

describe('paying in one call', () => {
  const atOnce = async (methodId: string, key = 'onb_1/payment/1') =>
    gateway.payInOneStep({ amount: 1500, currency: 'USD', metadata, methodId, payerPresent: true }, key)
  const ordersPath = '/v2/checkout/orders'

  test('creates an order with our ids, and a repeat of the request id returns it', async () => {
    const vaultId = await saved()
    const { id, reading } = await atOnce(vaultId)
    expect(reading).toMatchObject({ state: 'paid', amount: 1500, currency: 'USD', method: { id: vaultId } })
    expect(await atOnce(vaultId)).toEqual({ id, reading })
    const order = { kind: 'payment' as const, id: id! }
    expect(await gateway.read(order)).toMatchObject({ state: 'paid', trace: reading.trace })
    expect(await gateway.onboardingOf(order)).toBe('onb_1')
    expect(await gateway.onboardingOf({ kind: 'payment', id: 'NOTHING' })).toBeNull()
    expect(await charges()).toHaveLength(1)
    expect((await requests()).flatMap(({ violations }) => violations)).toEqual([])
  })

  test('a decline leaves no order and is returned for its request id', async () => {
    const vaultId = await saved()
    await fault(ordersPath, 'decline')
    const declined = { state: 'declined', trace: 'INSTRUMENT_DECLINED', code: 'paypal_declined' }
    expect(await atOnce(vaultId)).toEqual({ id: null, reading: declined })
    expect(await atOnce(vaultId)).toEqual({ id: null, reading: declined })
    expect(await charges()).toEqual([])
  })

  test('a declined or pending capture is in an order', async () => {
    const vaultId = await saved()
    await fault(ordersPath, 'decline', { code: 'DECLINED' })
    await fault(ordersPath, 'decline', { code: 'PENDING' })
    const exhausted = { state: 'declined', exhausted: true }
    expect(await atOnce(vaultId)).toMatchObject({ id: expect.any(String), reading: exhausted })
    expect(await atOnce(vaultId, 'k2')).toMatchObject({ id: expect.any(String), reading: { state: 'processing' } })
  })

  test.each([
    ['decline', 'DUPLICATE_INVOICE_ID', 'unexpected_state'],
    ['decline', 'PAYEE_ACCOUNT_RESTRICTED', 'refused'],
    ['lose_answer', 'no_answer', 'unknown'],
    ['key_in_use', 'PREVIOUS_REQUEST_IN_PROGRESS', 'unknown'],
  ])('%s %s is %s', async (kind, code, expected) => {
    const vaultId = await saved()
    await fault(ordersPath, kind, { code })
    await expect(atOnce(vaultId)).rejects.toEqual(failure(expected, code))
  })

  test('a deleted wallet pays nothing; another amount with the same request id is rejected', async () => {
    await expect(atOnce('nothing')).rejects.toEqual(failure('method_unusable', 'TOKEN_ID_NOT_FOUND'))
    const vaultId = await saved()
    await atOnce(vaultId)
    const other = { amount: 1600, currency: 'USD', metadata, methodId: vaultId, payerPresent: true }
    await expect(gateway.payInOneStep(other, 'onb_1/payment/1')).rejects.toEqual(failure('key_reused'))
  })

  test('its request id is remembered for at least `keyLife`', async () => {
    const vaultId = await saved()
    const { id } = await atOnce(vaultId)
    await control('clock', { advance_seconds: gateway.keyLife / 1000 })
    expect(await atOnce(vaultId)).toMatchObject({ id })
    await control('clock', { advance_seconds: 6 * 3600 - gateway.keyLife / 1000 })
    expect((await atOnce(vaultId)).id).not.toBe(id)
  })
})

describe('errors', () => {
  test.each([
    ['PAYER_ACTION_REQUIRED', 'paypal_approval_needed'],
    ['CONSENT_NEEDED', 'paypal_approval_needed'],
    ['PAYER_ACCOUNT_RESTRICTED', 'paypal_account'],
    ['REDIRECT_PAYER_FOR_ALTERNATE_FUNDING', 'paypal_declined'],
    ['PAYMENT_SOURCE_CANNOT_BE_USED', 'paypal_declined'],
    ['PAYMENT_SOURCE_INFO_CANNOT_BE_VERIFIED', 'paypal_account'],
    ['DOMESTIC_TRANSACTION_REQUIRED', 'paypal_account'],
  ])('%s is declined: %s', async (issue, code) => {
    const [vaultId, order] = [await saved(), await newOrder()]
    await fault(capturePath, 'decline', { code: issue })
    expect(await pay(order, vaultId)).toMatchObject({ state: 'declined', code })
  })

  test.each([
    ['decline', 'AGREEMENT_ALREADY_CANCELLED', 'method_unusable'],
    ['decline', 'ORDER_COMPLETION_IN_PROGRESS', 'unexpected_state'],
    ['decline', 'PAYPAL_REQUEST_ID_PREVIOUSLY_USED', 'key_reused'],
    ['decline', 'PERMISSION_DENIED', 'refused'],
    ['decline', 'PAYEE_ACCOUNT_RESTRICTED', 'refused'],
    ['decline', 'NOBODY_KNOWS_THIS', 'refused'],
    ['rate_limit', 'RATE_LIMIT_REACHED', 'not_now'],
    ['key_in_use', 'PREVIOUS_REQUEST_IN_PROGRESS', 'unknown'],
  ])('%s %s is %s', async (kind, code, expected) => {
    const [vaultId, order] = [await saved(), await newOrder()]
    await fault(capturePath, kind, { code })
    await expect(pay(order, vaultId)).rejects.toEqual(failure(expected, code))
  })

  test('a deleted method', async () => {
    await expect(pay(await newOrder(), 'nothing')).rejects.toEqual(failure('method_unusable', 'TOKEN_ID_NOT_FOUND'))
  })
})

test('the custom id fits the limit', () => {
  const long = { ...metadata, organization_id: `org_${'0'.repeat(26)}`, billing_customer_id: `bc_${'0'.repeat(26)}` }
  expect(customIdOf(long)).toBe(
    `organization_id=${long.organization_id}&billing_customer_id=${long.billing_customer_id}&environment=sandbox`,
  )
  expect(customIdOf({ ...long, billing_customer_id: 'x'.repeat(99) })).toBe(
    `organization_id=${long.organization_id}&environment=sandbox`,
  )
})
