import { CheckoutPaymentIntent } from '@paypal/paypal-server-sdk'
import { describe, expect, test } from 'vitest'
import {
  capture,
  captureOf,
  eachWithClient,
  newOrder,
  newSetupToken,
  newVaultId,
  payInOneStep,
  paypal,
  reconnect,
  refund,
  refusal,
  unit,
  wallet,
} from '../../support/gateways/paypal-api.ts'
import { charges, control, fault, hold, ledger, simulator } from '../../support/gateways/paypal-simulator.ts'

eachWithClient()

describe('request ids', () => {
  test('a repeated id returns the latest status of its object, with 200', async () => {
    const vaultId = await newVaultId()
    expect((await newSetupToken()).result.status).toBe('VAULTED')
    const order = await newOrder()
    await capture(order.result.id!, vaultId)
    const again = await newOrder()
    expect([again.statusCode, again.result.id, again.result.status]).toEqual([200, order.result.id, 'COMPLETED'])
    expect((await capture(order.result.id!, vaultId)).statusCode).toBe(200)
    expect(await charges()).toHaveLength(1)
  })

  test('another body or call under the same id is rejected', async () => {
    const vaultId = await newVaultId()
    const { id } = (await newOrder('same')).result
    const issue = 'PAYPAL_REQUEST_ID_PREVIOUSLY_USED'
    expect(await refusal(newOrder('same', '16.00'))).toMatchObject({ status: 422, issue })
    expect(await refusal(capture(id!, vaultId, 'same'))).toMatchObject({ status: 422, issue })
  })

  test.each([
    ['vault', 3],
    ['orders', 6],
    ['payments', 45 * 24],
  ])('those of the %s API are forgotten after %d hours', async (api, hours) => {
    const captured = captureOf(await payInOneStep(await newVaultId(), 'charge'))
    const repeat = {
      vault: () => newSetupToken('again'),
      orders: () => payInOneStep(lastVaultId, 'charge'),
      payments: () => refund(captured.id!, 'refund', '1.00'),
    }[api]!
    const lastVaultId = (await ledger()).payment_methods[0]!.id
    const first = (await repeat()).result.id
    await control('clock', { advance_seconds: hours * 3600 - 60 })
    reconnect()
    if (api !== 'vault') expect((await repeat()).result.id).toBe(first)
    await control('clock', { advance_seconds: 60 })
    expect((await repeat()).result.id).not.toBe(first)
  })

  test('of two concurrent requests the second fails', async () => {
    await newOrder('warm')
    const first = await hold('/v2/checkout/orders')
    const slow = newOrder()
    await first.reached()
    expect(await refusal(newOrder())).toMatchObject({ status: 409, issue: 'PREVIOUS_REQUEST_IN_PROGRESS' })
    expect((await newOrder('other')).statusCode).toBe(201)
    await first.release()
    expect((await slow).statusCode).toBe(201)
  })

  test('a single-step payment and saving require one', async () => {
    const vaultId = await newVaultId()
    const { orders } = paypal
    const body = { intent: CheckoutPaymentIntent.Capture, purchaseUnits: [unit()], paymentSource: wallet(vaultId) }
    expect(await refusal(orders.createOrder({ body }))).toMatchObject({ issue: 'PAYPAL_REQUEST_ID_REQUIRED' })
    const setUp = paypal.vault.createSetupToken({ body: { paymentSource: { paypal: {} } } })
    expect(await refusal(setUp)).toMatchObject({ status: 400, issue: 'MISSING_REQUIRED_PARAMETER' })
  })
})

describe('faults', () => {
  const cutOff = async (work: Promise<unknown>) =>
    work.then(
      () => 'answered',
      (error: unknown) => (error as { code?: string }).code,
    )

  test.each([
    ['lose_answer', 'ECONNABORTED', 1],
    ['lose_request', 'ECONNABORTED', 0],
    ['reset', 'ECONNRESET', 0],
  ])('%s: the caller does not know, the same request id makes it one charge', async (kind, code, done) => {
    const vaultId = await newVaultId()
    await fault('/v2/checkout/orders', kind)
    expect(await cutOff(payInOneStep(vaultId))).toBe(code)
    expect(await charges()).toHaveLength(done)
    await payInOneStep(vaultId)
    expect(await charges()).toHaveLength(1)
  })

  test.each([
    ['error_after', 1],
    ['error_before', 0],
  ])('%s is 500 once; the same request id shows what was done', async (kind, done) => {
    const vaultId = await newVaultId()
    await fault('/v2/checkout/orders', kind)
    expect(await refusal(payInOneStep(vaultId))).toMatchObject({ status: 500, name: 'INTERNAL_SERVER_ERROR' })
    expect(await charges()).toHaveLength(done)
    expect((await payInOneStep(vaultId)).result.status).toBe('COMPLETED')
    expect(await charges()).toHaveLength(1)
  })

  test('rate_limit, key_in_use, and none after removal', async () => {
    const path = '/v2/checkout/orders'
    await fault(path, 'rate_limit')
    expect(await refusal(newOrder())).toMatchObject({ status: 429, name: 'RATE_LIMIT_REACHED' })
    await fault(path, 'key_in_use')
    expect(await refusal(newOrder())).toMatchObject({ status: 409 })
    await fault(path, 'error_before')
    await fetch(`${simulator.url}/_sim/faults`, { method: 'DELETE' })
    expect((await newOrder()).statusCode).toBe(201)
  })
})
