import { describe, expect, test } from 'vitest'
import {
  eachWithClient,
  newOrder,
  newPaymentToken,
  newSetupToken,
  newVaultId,
  payInOneStep,
  paypal,
  reconnect,
  refusal,
  restart,
} from '../../support/gateways/paypal-api.ts'
import { charges, control, fault, requests, simulator } from '../../support/gateways/paypal-simulator.ts'

eachWithClient()

describe('saving', () => {
  test('a setup token is approved by the payer, exchanged for a payment token once, and then vaulted', async () => {
    const { result } = await newSetupToken()
    expect(result).toMatchObject({ status: 'PAYER_ACTION_REQUIRED', customer: { merchantCustomerId: 'onb_1' } })
    const approve = result.links!.find(({ rel }) => rel === 'approve')!.href
    expect(await (await fetch(approve)).text()).toContain('Agree and continue')
    expect(await refusal(newPaymentToken(result.id!))).toMatchObject({ status: 422, issue: 'TOKEN_NOT_APPROVED' })

    expect(await control('approve', { setup_token: result.id, outcome: 'cancel' })).toMatchObject({
      status: 'PAYER_ACTION_REQUIRED',
      redirect_url: 'https://shop.test/cancel',
    })
    const email = 'buyer@personal.example.com'
    expect(await control('approve', { setup_token: result.id, outcome: 'approve', email })).toMatchObject({
      redirect_url: `https://shop.test/back?a=1&approval_token_id=${result.id}&approval_session_id=${result.id}`,
    })
    expect((await paypal.vault.getSetupToken(result.id!)).result.status).toBe('APPROVED')

    const made = await newPaymentToken(result.id!)
    expect(made.statusCode).toBe(201)
    expect(made.result).toMatchObject({
      customer: { id: result.customer!.id, merchantCustomerId: 'onb_1' },
      paymentSource: { paypal: { emailAddress: email, usageType: 'MERCHANT' } },
    })
    expect(made.result.paymentSource!.paypal!.accountId).toHaveLength(13)
    expect((await paypal.vault.getSetupToken(result.id!)).result.status).toBe('VAULTED')
    expect(await refusal(newPaymentToken(result.id!, 'onb_1:token:2'))).toMatchObject({ issue: 'TOKEN_ALREADY_USED' })
  })

  test('payment tokens are listed by customer and deleted', async () => {
    const vaultId = await newVaultId()
    const { result } = await paypal.vault.getPaymentToken(vaultId)
    const list = () => paypal.vault.listCustomerPaymentTokens({ customerId: result.customer!.id! })
    expect((await list()).result.paymentTokens).toMatchObject([{ id: vaultId }])
    expect((await paypal.vault.deletePaymentToken(vaultId)).statusCode).toBe(204)
    expect((await list()).result.paymentTokens).toEqual([])
    expect(await refusal(payInOneStep(vaultId))).toMatchObject({ status: 422, issue: 'TOKEN_ID_NOT_FOUND' })
  })

  /** Creates a payment token for this payer, with the flag. Returns it with its customer at PayPal. */
  async function vaulted(email: string, permit?: boolean) {
    const { result } = await newSetupToken(`setup:${++tokens}`, undefined, permit)
    await control('approve', { setup_token: result.id, outcome: 'approve', email })
    const made = await newPaymentToken(result.id!, `token:${tokens}`)
    return {
      id: made.result.id,
      customer: made.result.customer!.id,
      merchant: made.result.customer!.merchantCustomerId,
    }
  }
  let tokens = 0

  test('without permit_multiple_payment_tokens a payer gets the same token again', async () => {
    const first = await vaulted('one@personal.example.com')
    expect(await vaulted('one@personal.example.com', false)).toEqual(first)
    expect((await vaulted('two@personal.example.com')).id).not.toBe(first.id)
    expect((await vaulted('one@personal.example.com', true)).id).not.toBe(first.id)
    await paypal.vault.deletePaymentToken(first.id!)
    expect((await vaulted('one@personal.example.com')).id).not.toBe(first.id)
  })

  test('with it each approval creates a new token for a new customer', async () => {
    const made = [await vaulted('one@personal.example.com', true), await vaulted('one@personal.example.com', true)]
    expect(new Set(made.map(({ id }) => id)).size).toBe(2)
    expect(new Set(made.map(({ customer }) => customer)).size).toBe(2)
  })

  test('an account can keep one token per payer regardless of the request', async () => {
    await control('settings', { multiple_payment_tokens: false })
    const first = await vaulted('one@personal.example.com', true)
    expect(await vaulted('one@personal.example.com', true)).toEqual(first)
  })

  test('two approvals without a payer come from different payers', async () => {
    const [one, two] = [await newVaultId(), await newVaultId('2')]
    expect(two).not.toBe(one)
  })

  test('a setup token expires after three hours', async () => {
    const { result } = await newSetupToken()
    await control('clock', { advance_seconds: 3 * 3600 })
    expect(await refusal(paypal.vault.getSetupToken(result.id!))).toMatchObject({ status: 404 })
  })
})

describe('access', () => {
  test('an invalid client gets no token', async () => {
    reconnect('bad-id')
    await expect(newOrder()).rejects.toThrow()
    expect((await requests()).map(({ path, status }) => [path, status])).toEqual([['/v1/oauth2/token', 401]])
  })

  test('unauthorized is 401 once', async () => {
    await fault('/v2/checkout/orders', 'unauthorized')
    expect(await refusal(newOrder())).toMatchObject({ status: 401, name: 'AUTHENTICATION_FAILURE' })
    expect((await newOrder()).statusCode).toBe(201)
  })

  test.each([
    ['expire', { advance_seconds: 9 * 3600 }],
    ['are revoked', { revoke_tokens: true }],
  ])('tokens %s by the clock; the client asks for another only when it is made anew', async (_, order) => {
    await newOrder()
    await control('clock', order)
    expect(await refusal(newOrder('2'))).toMatchObject({ status: 401 })
    expect(await refusal(newOrder('2'))).toMatchObject({ status: 401 })
    reconnect()
    expect((await newOrder('2')).statusCode).toBe(201)
  })
})

test('state survives a restart', async () => {
  const vaultId = await newVaultId()
  const order = await payInOneStep(vaultId)
  await control('settings', { unique_invoice_ids: true })
  const { rootCertificate } = simulator
  await restart()
  expect(simulator.rootCertificate).toBe(rootCertificate)
  expect((await paypal.orders.getOrder({ id: order.result.id! })).result.status).toBe('COMPLETED')
  expect((await payInOneStep(vaultId)).statusCode).toBe(200)
  expect(await refusal(payInOneStep(vaultId, 'other'))).toMatchObject({ issue: 'DUPLICATE_INVOICE_ID' })
  expect(await charges()).toHaveLength(1)
})
