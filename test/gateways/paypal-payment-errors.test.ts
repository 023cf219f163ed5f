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
import { charges, control, fault } from '../support/gateways/paypal-simulator.ts'

eachWithGateway()

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
