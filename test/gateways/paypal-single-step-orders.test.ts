import { describe, expect, test } from 'vitest'
import { eachWithGateway, failure, gateway, metadata, newOrder, saved } from '../support/gateways/paypal-gateway.ts'
import { charges, control, fault, requests } from '../support/gateways/paypal-simulator.ts'

eachWithGateway()

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
