import { CheckoutPaymentIntent } from '@paypal/paypal-server-sdk'
import { describe, expect, test } from 'vitest'
import {
  capture,
  captureOf,
  eachWithClient,
  newOrder,
  newVaultId,
  payInOneStep,
  paypal,
  refund,
  refusal,
  wallet,
} from '../../support/gateways/paypal-api.ts'
import { charges, control, fault, requests } from '../../support/gateways/paypal-simulator.ts'

eachWithClient()

describe('paying', () => {
  test('in one step, by a saved payment method', async () => {
    const vaultId = await newVaultId()
    const answer = await payInOneStep(vaultId)
    expect([answer.statusCode, answer.result.status]).toEqual([201, 'COMPLETED'])
    expect(captureOf(answer)).toMatchObject({ status: 'COMPLETED', amount: { value: '15.00', currencyCode: 'USD' } })
    expect(await charges()).toMatchObject([
      {
        order: answer.result.id,
        amount: 1500,
        currency: 'USD',
        status: 'COMPLETED',
        metadata: { onboarding_id: 'onb_1', organization_id: 'org_1', environment: 'sandbox' },
      },
    ])
  })

  test.each(['株式会社', 'نورث', '🏋', '<b>', `"O'Neil"`, 'x'.repeat(23)])(
    'a soft descriptor of %j is rejected',
    async (softDescriptor) => {
      const purchaseUnits = [{ amount: { currencyCode: 'USD', value: '15.00' }, softDescriptor }]
      const body = { intent: CheckoutPaymentIntent.Capture, purchaseUnits }
      const refused = await refusal(paypal.orders.createOrder({ paypalRequestId: 'described', body }))
      expect(refused).toMatchObject({ status: 400, name: 'INVALID_REQUEST' })
    },
  )

  test('in two steps: an order accepts only one capture', async () => {
    const vaultId = await newVaultId()
    const order = await newOrder()
    expect(order.result.status).toBe('CREATED')
    const id = order.result.id!
    expect(await refusal(paypal.orders.captureOrder({ id }))).toMatchObject({ issue: 'ORDER_NOT_APPROVED' })
    const paid = await capture(id, vaultId)
    expect([paid.statusCode, paid.result.status]).toEqual([201, 'COMPLETED'])
    expect(await refusal(capture(id, vaultId, 'onb_1:capture:2'))).toMatchObject({ issue: 'ORDER_ALREADY_CAPTURED' })
    expect((await paypal.orders.getOrder({ id })).result.status).toBe('COMPLETED')
    expect(await charges()).toHaveLength(1)
  })

  test('returns a minimal response unless a full one is requested', async () => {
    const vaultId = await newVaultId()
    const { id } = (await newOrder()).result
    const { result } = await paypal.orders.captureOrder({ id: id!, body: { paymentSource: wallet(vaultId) } })
    expect(Object.keys(result).sort()).toEqual(['id', 'links', 'status'])
  })

  test('an order that is not captured within three hours no longer exists, even for its request id', async () => {
    const { id } = (await newOrder()).result
    await control('clock', { advance_seconds: 3 * 3600 })
    expect(await refusal(paypal.orders.getOrder({ id: id! }))).toMatchObject({
      status: 404,
      issue: 'INVALID_RESOURCE_ID',
    })
    expect(await refusal(newOrder())).toMatchObject({ status: 404 })
    expect((await newOrder('onb_1:order:2')).statusCode).toBe(201)
  })

  test('an invalid amount or currency is rejected', async () => {
    expect(await refusal(newOrder('a', '15.001'))).toMatchObject({ issue: 'DECIMAL_PRECISION' })
    expect(await refusal(newOrder('b', '1500.5', 'JPY'))).toMatchObject({ issue: 'DECIMAL_PRECISION' })
    expect(await refusal(newOrder('c', '0.00'))).toMatchObject({ issue: 'CANNOT_BE_ZERO_OR_NEGATIVE' })
    expect(await refusal(newOrder('d', '15.00', 'XTS'))).toMatchObject({ issue: 'INVALID_CURRENCY_CODE' })
    expect(await refusal(newOrder('e', 'many'))).toMatchObject({ status: 400, issue: 'INVALID_PARAMETER_SYNTAX' })
  })

  test('an invoice id may be used twice unless the account requires unique ones', async () => {
    const vaultId = await newVaultId()
    await payInOneStep(vaultId, 'a')
    await payInOneStep(vaultId, 'b')
    expect(await charges()).toHaveLength(2)
    await control('settings', { unique_invoice_ids: true })
    expect(await refusal(payInOneStep(vaultId, 'c'))).toMatchObject({ status: 422, issue: 'DUPLICATE_INVOICE_ID' })
    expect(await charges()).toHaveLength(2)
  })

  test.each(['COMPLETED', 'DECLINED'])('a pending capture ends as %s', async (status) => {
    const vaultId = await newVaultId()
    await control('settings', { capture_status: 'PENDING', pending_reason: 'ECHECK' })
    const pending = captureOf(await payInOneStep(vaultId))
    expect(pending).toMatchObject({ status: 'PENDING', statusDetails: { reason: 'ECHECK' } })
    expect(await refusal(refund(pending.id!, 'r'))).toMatchObject({ issue: 'PENDING_CAPTURE' })
    await control(`captures/${pending.id}`, { status })
    const { result } = await paypal.payments.getCapturedPayment({ captureId: pending.id! })
    expect([result.status, result.statusDetails]).toEqual([status, undefined])
    expect(await charges()).toHaveLength(status === 'COMPLETED' ? 1 : 0)
    expect(await control(`captures/${pending.id}`, { status })).toHaveProperty('error')
  })

  test('a capture can be declined inside a completed order', async () => {
    const vaultId = await newVaultId()
    await fault('/v2/checkout/orders', 'decline', { code: 'DECLINED' })
    const answer = await payInOneStep(vaultId)
    expect([answer.result.status, captureOf(answer).status]).toEqual(['COMPLETED', 'DECLINED'])
    expect(await charges()).toEqual([])
  })
})

describe('declines', () => {
  test.each([
    ['INSTRUMENT_DECLINED', 422],
    ['PAYER_CANNOT_PAY', 422],
    ['REDIRECT_PAYER_FOR_ALTERNATE_FUNDING', 422],
    ['PAYER_ACTION_REQUIRED', 422],
    ['CONSENT_NEEDED', 403],
    ['TOKEN_EXPIRED', 422],
    ['AGREEMENT_ALREADY_CANCELLED', 422],
    ['PAYER_ACCOUNT_RESTRICTED', 422],
    ['COMPLIANCE_VIOLATION', 422],
    ['PAYEE_ACCOUNT_RESTRICTED', 422],
    ['PERMISSION_DENIED', 403],
    ['ORDER_COMPLETION_IN_PROGRESS', 422],
  ])('%s, in the words of the specification, and no money moves', async (issue, status) => {
    const vaultId = await newVaultId()
    const { id } = (await newOrder()).result
    await fault('/v2/checkout/orders/*/capture', 'decline', { code: issue })
    expect(await refusal(capture(id!, vaultId))).toMatchObject({ status, issue })
    await fault('/v2/checkout/orders', 'decline', { code: issue })
    expect(await refusal(payInOneStep(vaultId))).toMatchObject({ status, issue })
    expect(await charges()).toEqual([])
    expect((await requests()).flatMap(({ violations }) => violations)).toEqual([])
  })

  test('by the header for negative testing; the same request id stays declined, another one succeeds', async () => {
    const vaultId = await newVaultId()
    const paypalMockResponse = JSON.stringify({ mock_application_codes: 'INSTRUMENT_DECLINED' })
    const issue = 'INSTRUMENT_DECLINED'
    expect(await refusal(payInOneStep(vaultId, 'one', { paypalMockResponse }))).toMatchObject({ issue })
    expect(await refusal(payInOneStep(vaultId, 'one'))).toMatchObject({ issue })
    expect((await payInOneStep(vaultId, 'two')).result.status).toBe('COMPLETED')
  })
})

describe('refunds', () => {
  test('partially, repeated under the same request id, the remainder, and no more', async () => {
    const captured = captureOf(await payInOneStep(await newVaultId()))
    const id = captured.id!
    const first = await refund(id, 'r1', '5.00')
    expect((await refund(id, 'r1', '5.00')).result.id).toBe(first.result.id)
    const { result } = await paypal.payments.getCapturedPayment({ captureId: id })
    expect(result.status).toBe('PARTIALLY_REFUNDED')
    expect(await refusal(refund(id, 'r2', '10.01'))).toMatchObject({ issue: 'REFUND_AMOUNT_EXCEEDED' })
    expect((await refund(id, 'r3')).result.amount).toMatchObject({ value: '10.00' })
    expect(await refusal(refund(id, 'r4'))).toMatchObject({ issue: 'CAPTURE_FULLY_REFUNDED' })
    expect((await paypal.payments.getRefund({ refundId: first.result.id! })).result.status).toBe('COMPLETED')
    expect(await charges()).toMatchObject([{ status: 'REFUNDED', refunded_amount: 1500 }])
  })
})
