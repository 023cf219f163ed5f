import { beforeAll, describe, expect, test } from 'vitest'
import { finishRemovals } from '../../../payments/methods/finish-removals.ts'
import { until } from '../../support/until.ts'
import {
  withOnePayPalAccount,
  world,
  exchange,
  capture,
  nothing,
  first,
  second,
  open,
  cancel,
  methodOf,
  resultOf,
  tokensOf,
  active,
  newPayer,
  attemptOf,
  letTimePass,
  openFree,
  exchangesOf,
} from '../../support/payments/shared-payer.ts'

// PayPal issues one token per payer: a token that is being removed is given to no other customer.

withOnePayPalAccount()

describe('if PayPal issues one token per payer', () => {
  beforeAll(() => world.simulatePayPal('settings', { multiple_payment_tokens: false }))

  /** C was declined, and its token cannot be deleted just now. */
  async function removing(email: string): Promise<{ bc: string; token: string }> {
    const { bc, page } = await open(first())
    await world.payPalFault(capture, 'decline')
    await world.payPalFault(`${exchange}/*`, 'error_before', { method: 'DELETE', times: 1_000 })
    await page.submitPayPal(undefined, email)
    await until(async () => (await attemptOf(bc))?.state === 'declined')
    const [token] = await tokensOf(email)
    await until(async () => (await removalOf(token!)) === 'removing')
    return { bc, token: token! }
  }
  const removalOf = async (token: string) =>
    (await world.sql`select state from method_removals where method_id = ${token}`)[0]?.state

  test('a token that is being removed is not accepted: the payer approves again, and pays with another', async () => {
    const email = newPayer()
    const { token } = await removing(email)
    const { bc, page } = await open(second())
    await page.submitPayPal(undefined, email)
    await until(async () => (await exchangesOf(bc)).length > 0)
    await world.clearPayPalFaults()
    await until(async () => !(await page.progress()).body.paying)
    expect((await attemptOf(bc))?.state).toBe('void')
    expect([await tokensOf(email), await world.payPalCharges(bc)]).toEqual([[], []])
    await page.submitPayPal(undefined, email)
    expect(await resultOf(bc)).toBe('completed')
    expect(await methodOf(bc)).not.toBe(token)
    expect(await tokensOf(email)).toEqual([await methodOf(bc)])
  })

  test('nor is it accepted if it is only saved, or submitted by a caller', async () => {
    const email = newPayer()
    const { token } = await removing(email)
    const { bc, page } = await openFree(second())
    await page.submitPayPal(nothing, email)
    await until(async () => (await attemptOf(bc))?.state === 'void')
    const brought = await world.edge('createCustomer', {
      contact_id: world.newContact(),
      gateway: 'paypal',
      payment_data: { vault_token: token },
    })
    expect(brought.status).toBe(400)
    await world.clearPayPalFaults()
    await page.submitPayPal(nothing, email)
    // The removal is not finished yet, so the payer may get the same token again.
    if (
      (await until(
        async () => (await attemptOf(bc))?.state,
        (state) => state !== 'open',
      )) === 'void'
    ) {
      await finishRemovals({ database: world.sql, gateways: world.gateways }, -1)
      await page.submitPayPal(nothing, email)
    }
    expect(await resultOf(bc)).toBe('completed')
    expect(await tokensOf(email)).toEqual([await methodOf(bc)])
  })

  test('a removal that no step finished is finished by the periodic cleanup', async () => {
    const email = newPayer()
    const { bc, token } = await removing(email)
    expect(await finishRemovals({ database: world.sql, gateways: world.gateways }, -1)).toBe(0)
    expect([await tokensOf(email), await removalOf(token)]).toEqual([[token], 'removing'])
    await world.clearPayPalFaults()
    const both = () => finishRemovals({ database: world.sql, gateways: world.gateways }, -1)
    await Promise.all([both(), both()])
    expect([await tokensOf(email), await removalOf(token)]).toEqual([[], 'removed'])
    expect((await attemptOf(bc))?.gone).toBe(true)
  })

  test('a capture that succeeds while the closing waits is refunded; the others keep the token', async () => {
    const email = newPayer()
    const a = await active(second(), email)
    const { bc, page } = await open(first())
    await world.payPalFault(capture, 'error_before', { times: 1_000 })
    await page.submitPayPal(undefined, email)
    await until(async () => (await attemptOf(bc))?.sent)
    await cancel(first(), bc)
    const [order] = await until(
      () => world.sql<{ objectId: string }[]>`
        select p.object_id from payment_objects p join onboardings o on o.id = p.onboarding_id
        where o.billing_customer_id = ${bc} and p.closed_at is not null`,
      (rows) => rows.length > 0,
    )
    await world.clearPayPalFaults()
    const payment_source = { paypal: { vault_id: await methodOf(a) } }
    await world.atPayPal('POST', `/v2/checkout/orders/${order!.objectId}/capture`, { payment_source })
    await letTimePass(bc)
    expect(await resultOf(bc)).toBe('canceled')
    await until(async () =>
      (await world.payPalCharges(bc)).every(({ amount, refunded_amount }) => refunded_amount === amount),
    )
    expect(await tokensOf(email)).toEqual([await methodOf(a)])
  })

  test('a token that another program created for the payer is never deleted', async () => {
    const email = newPayer()
    const setup = await world.atPayPal('POST', '/v3/vault/setup-tokens', {
      payment_source: { paypal: {} },
      customer: { merchant_customer_id: 'shopper-7' },
    })
    await world.simulatePayPal('approve', { setup_token: setup.body.id, outcome: 'approve', email })
    const source = { token: { id: setup.body.id, type: 'SETUP_TOKEN' } }
    const { id } = (await world.atPayPal('POST', exchange, { payment_source: source })).body
    const { bc, page } = await open(first())
    await world.payPalFault(capture, 'decline')
    await page.submitPayPal(undefined, email)
    await until(async () => (await attemptOf(bc))?.gone)
    await cancel(first(), bc)
    expect(await resultOf(bc)).toBe('canceled')
    expect(await tokensOf(email)).toEqual([id])
  })
})
