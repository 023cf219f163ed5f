import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { judge, judgeEvent } from '../../../tools/simulators/paypal/judge/judge.ts'
import { documentsFolder } from '../../../tools/simulators/paypal/judge/judge-documents.ts'
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
} from '../../support/gateways/paypal-api.ts'
import { control, fault, folder, requests, simulator, violations } from '../../support/gateways/paypal-simulator.ts'

eachWithClient()

describe('the judge', () => {
  test("finds no violation in the SDK's requests and the simulator's responses", async () => {
    const vaultId = await newVaultId()
    const order = await newOrder()
    await paypal.orders.getOrder({ id: order.result.id! })
    const captured = captureOf(await capture(order.result.id!, vaultId))
    await payInOneStep(vaultId)
    await refund(captured.id!, 'r1', '5.00')
    await refusal(refund(captured.id!, 'r2', '99.00'))
    await refusal(newOrder('other', '0.00'))
    await refusal(newOrder('onb_1:order:1', '7.00'))
    await paypal.payments.getCapturedPayment({ captureId: captured.id! })
    await paypal.vault.getPaymentToken(vaultId)
    await paypal.vault.listCustomerPaymentTokens({ customerId: 'ABCDEFGHJK' })
    await paypal.vault.deletePaymentToken(vaultId)
    await refusal(capture(order.result.id!, vaultId, 'late'))
    expect((await requests()).filter(({ violations }) => violations.length > 0)).toEqual([])
  })

  test.skipIf(!existsSync(documentsFolder()))(
    'catches a field that PayPal does not know, and a wrong type',
    async () => {
      const { access_token: token } = (await (
        await fetch(`${simulator.url}/v1/oauth2/token`, {
          method: 'POST',
          headers: { Authorization: `Basic ${Buffer.from('id:secret').toString('base64')}` },
          body: new URLSearchParams({ grant_type: 'client_credentials' }),
        })
      ).json()) as { access_token: string }
      const post = (body: object) =>
        fetch(`${simulator.url}/v2/checkout/orders`, {
          method: 'POST',
          headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
          body: JSON.stringify(body),
        })
      const amount = { currency_code: 'USD', value: '15.00' }
      await post({ intent: 'CAPTURE', purchase_units: [{ amount, invoiceId: 'onb_1' }] })
      await post({ intent: 'CAPTURE', purchase_units: [{ amount: { ...amount, value: 15 } }] })
      expect((await requests()).slice(1)).toMatchObject([
        {
          status: 201,
          valid: false,
          violations: ['request /purchase_units/0 must NOT have unevaluated properties: invoiceId'],
        },
        { status: 400, valid: false, violations: ['request /purchase_units/0/amount/value must be string: string'] },
      ])
    },
  )

  test.skipIf(!existsSync(documentsFolder()))('knows access tokens, disputes and events', async () => {
    const captured = captureOf(await payInOneStep(await newVaultId()))
    await control('disputes', { charge: captured.id })
    await control('settings', { features: [] })
    await refusal(paypal.vault.getPaymentToken('nothing'))
    const { requests: asked, events } = await control('requests')
    expect(asked.filter(({ note }: { note?: string }) => note)).toEqual([])
    expect(events.map(({ type }: { type: string }) => type)).toEqual(
      expect.arrayContaining(['VAULT.PAYMENT-TOKEN.CREATED', 'PAYMENT.CAPTURE.COMPLETED', 'CUSTOMER.DISPUTE.CREATED']),
    )
    await control('events', { type: 'PAYMENT.CAPTURE.COMPLETED', resource: { made: 'up' } })
    expect(await violations()).toEqual([])
    const event = { id: 'WH-1', event_type: 'PAYMENT.CAPTURE.COMPLETED', colour: 'blue', resource: { id: 1 } }
    const found = (await judgeEvent(event)).join()
    expect(found).toContain('colour')
    expect(found).toContain('resource /id must be string')
    const said = { headers: { authorization: 'Bearer x' }, body: 'grant_type=password' }
    const call = { method: 'POST', path: '/v1/oauth2/token', query: '', key: null, account: '', ...said }
    const wrong = { ...call, status: 401, answer: {} }
    expect((await judge(wrong)).valid).toBe(false)
  })

  test.skipIf(!existsSync(documentsFolder()))('catches an issue that PayPal does not know', async () => {
    await fault('/v2/checkout/orders', 'decline', { code: 'MADE_UP' })
    await refusal(newOrder())
    const { violations } = (await requests()).at(-1)!
    expect(violations.some((violation) => violation.includes('MADE_UP'))).toBe(true)
  })

  test('reports that nothing was judged without the documents', async () => {
    vi.stubEnv('PAYPAL_SPECS', join(folder, 'nothing'))
    await newOrder()
    expect((await requests()).at(-1)).toMatchObject({ valid: true, note: expect.stringContaining('not at hand') })
    vi.unstubAllEnvs()
  })
})
