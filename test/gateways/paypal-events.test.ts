import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeCertificates } from '../../simulators/paypal/certificates.ts'
import {
  connect,
  eachWithGateway,
  failure,
  gateway,
  metadata,
  newOrder,
  pay,
  saved,
  webhookId,
} from '../support/paypal-gateway.ts'
import { charges, control, simulator } from '../support/paypal-simulator.ts'
import { until } from '../support/until.ts'

eachWithGateway()

describe('events', () => {
  interface Delivery {
    headers: Headers
    body: string
    type: string
  }
  let endpoint: Server
  let deliveries: Delivery[]
  beforeEach(async () => {
    deliveries = []
    endpoint = createServer((request, response) => {
      void text(request).then((body) => {
        const headers = new Headers(request.headers as Record<string, string>)
        deliveries.push({ headers, body, type: (JSON.parse(body) as { event_type: string }).event_type })
        response.writeHead(200).end()
      })
    })
    await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve))
    simulator.sendEventsTo({ url: `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/`, webhookId })
  })
  afterEach(() => new Promise((resolve) => endpoint.close(resolve)))

  const delivered = async (type: string, count = 1) =>
    (
      await until(
        () => deliveries.filter((each) => each.type === type),
        ({ length }) => length >= count,
      )
    ).at(-1)!
  const verify = ({ headers, body }: Delivery, by = gateway) => by.verifyEvent(body, headers)
  const changed = (delivery: Delivery, name: string, value: string) => {
    const headers = new Headers(delivery.headers)
    headers.set(name, value)
    return { ...delivery, headers }
  }

  test('genuine ones say what they are about', async () => {
    const [vaultId, order] = [await saved(), await newOrder()]
    await pay(order, vaultId)
    await gateway.refund(order, { amount: 500, currency: 'USD', metadata }, 'r')
    await gateway.detachMethod(vaultId, 'd')
    const about = async (type: string) => {
      const event = await verify(await delivered(type))
      expect(event).toMatchObject({ type, id: expect.stringMatching(/^WH-/), createdAt: expect.any(Date) })
      expect(Math.abs(event.createdAt.getTime() - Date.now())).toBeLessThan(60_000)
      return [event.about, event.ours]
    }
    expect(await about('PAYMENT.CAPTURE.COMPLETED')).toEqual([{ kind: 'payment', id: order.id }, true])
    expect(await about('CHECKOUT.ORDER.COMPLETED')).toEqual([{ kind: 'payment', id: order.id }, true])
    expect(await about('PAYMENT.CAPTURE.REFUNDED')).toEqual([{ kind: 'return', id: order.id }, true])
    expect(await about('VAULT.PAYMENT-TOKEN.DELETED')).toEqual([{ kind: 'method', id: vaultId }, false])
    const [{ id: capture }] = (await charges()) as [{ id: string }]
    await control('disputes', { charge: capture })
    expect(await about('CUSTOMER.DISPUTE.CREATED')).toEqual([{ kind: 'return', id: order.id }, true])
    expect(await about('VAULT.PAYMENT-TOKEN.CREATED')).toEqual([null, false])
  })

  test('forged, changed, and meant for another endpoint: none is taken', async () => {
    await saved()
    const genuine = await delivered('VAULT.PAYMENT-TOKEN.CREATED')
    await verify(genuine)
    const wrong = /signature is not right/
    await control('webhooks', { forge: true })
    await expect(verify(await delivered('VAULT.PAYMENT-TOKEN.CREATED', 2))).rejects.toThrow(wrong)
    await expect(verify({ ...genuine, body: `${genuine.body} ` })).rejects.toThrow(wrong)
    await expect(verify(genuine, connect({ webhookId: 'OTHER' }))).rejects.toThrow(wrong)
    await expect(verify(changed(genuine, 'paypal-transmission-id', 'other'))).rejects.toThrow(wrong)
    await expect(verify(changed(genuine, 'paypal-auth-algo', 'none'))).rejects.toThrow(/another way/)
    await expect(verify({ ...genuine, headers: new Headers() })).rejects.toThrow()
  })

  test('a certificate from elsewhere is not fetched, in the name of somebody else not taken', async () => {
    await saved()
    const genuine = await delivered('VAULT.PAYMENT-TOKEN.CREATED')
    const path = new URL(genuine.headers.get('paypal-cert-url')!).pathname
    for (const url of [
      `https://api.sandbox.paypal.com.evil.test${path}`,
      `http://api.sandbox.paypal.com${path}`,
      `https://api.paypal.com${path}`,
      `https://x@api.sandbox.paypal.com${path}`,
      `https://api.sandbox.paypal.com:444${path}`,
      `${simulator.url}/v1/notifications/certs/../../../_sim/ledger`,
      `${simulator.url}${path}?a=1`,
      'nonsense',
    ])
      await expect(verify(changed(genuine, 'paypal-cert-url', url))).rejects.toThrow(/not at PayPal/)
    await expect(verify(genuine, connect({ live: true }))).rejects.toThrow(/not at PayPal/)
    await expect(verify(genuine, connect({ webhookRoot: undefined }))).rejects.toThrow(/not one of PayPal/)
    const { root } = await makeCertificates()
    await expect(verify(genuine, connect({ webhookRoot: root }))).rejects.toThrow(/not one of PayPal/)
    await expect(
      verify(changed(genuine, 'paypal-cert-url', `${simulator.url}/v1/notifications/certs/CERT-none`)),
    ).rejects.toEqual(failure('unknown', 'certificate_not_fetched'))
  })
})
