import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { makeCertificates } from '../../tools/simulators/paypal/certificates.ts'
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
} from '../support/gateways/paypal-gateway.ts'
import { charges, control, fault, requests, simulator } from '../support/gateways/paypal-simulator.ts'
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
  const verify = ({ headers, body }: Delivery, by = gateway, sender = 'PayPal') => by.verifyEvent(body, headers, sender)
  const changed = (delivery: Delivery, name: string, value: string) => {
    const headers = new Headers(delivery.headers)
    headers.set(name, value)
    return { ...delivery, headers }
  }

  test('genuine events return their object', async () => {
    const [vaultId, order] = [await saved(), await newOrder()]
    await pay(order, vaultId)
    await gateway.refund(order, { amount: 500, currency: 'USD', metadata, refundId: null }, 'r')
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

  test('forged, modified and misdirected events are rejected', async () => {
    await saved()
    const genuine = await delivered('VAULT.PAYMENT-TOKEN.CREATED')
    await verify(genuine)
    const wrong = /signature does not match/
    await control('webhooks', { forge: true })
    await expect(verify(await delivered('VAULT.PAYMENT-TOKEN.CREATED', 2))).rejects.toThrow(wrong)
    await expect(verify({ ...genuine, body: `${genuine.body} ` })).rejects.toThrow(wrong)
    await expect(verify(genuine, connect({ webhookId: 'OTHER' }))).rejects.toThrow(wrong)
    await expect(verify(changed(genuine, 'paypal-transmission-id', 'other'))).rejects.toThrow(wrong)
    await expect(verify(changed(genuine, 'paypal-auth-algo', 'none'))).rejects.toThrow(
      /unsupported signature algorithm/,
    )
    await expect(verify({ ...genuine, headers: new Headers() })).rejects.toThrow()
  })

  test('a certificate from another host is not fetched, and one for another name is rejected', async () => {
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
      await expect(verify(changed(genuine, 'paypal-cert-url', url))).rejects.toThrow(/not of PayPal/)
    await expect(verify(genuine, connect({ live: true }))).rejects.toThrow(/not of PayPal/)
  })

  test.each(['https://api.sandbox.paypal.com', 'https://api-m.sandbox.paypal.com'])(
    'a certificate at %s is fetched',
    async (origin) => {
      await saved()
      const genuine = await delivered('VAULT.PAYMENT-TOKEN.CREATED')
      const url = new URL(genuine.headers.get('paypal-cert-url')!)
      const real = globalThis.fetch
      const fetched = vi
        .spyOn(globalThis, 'fetch')
        .mockImplementation((input) => real(url.origin + new URL(String(input)).pathname))
      await verify(changed(genuine, 'paypal-cert-url', `${origin}${url.pathname}`))
      expect(fetched.mock.calls.map(([input]) => String(input))).toEqual([`${origin}${url.pathname}`])
      fetched.mockRestore()
    },
  )

  describe('if the certificate is not trusted on this machine', () => {
    const asked = async () => (await requests()).filter(({ path }) => path.endsWith('/verify-webhook-signature'))
    let genuine: Delivery
    let stranger: typeof gateway
    beforeEach(async () => {
      await saved()
      genuine = await delivered('VAULT.PAYMENT-TOKEN.CREATED')
      // With and without additional roots: none of them issued it.
      stranger = connect({ webhookRoot: (await makeCertificates()).root })
    })

    test('PayPal verifies the unchanged body', async () => {
      expect(await verify(genuine)).toMatchObject({ askedVendor: false })
      expect(await asked()).toEqual([])
      expect(await verify(genuine, stranger)).toMatchObject({ askedVendor: true, type: 'VAULT.PAYMENT-TOKEN.CREATED' })
      expect(await verify(genuine, connect({ webhookRoot: undefined }))).toMatchObject({ askedVendor: true })
      expect(await asked()).toMatchObject([
        { status: 200, violations: [] },
        { status: 200, violations: [] },
      ])
      // A body that is parsed and serialized again would fail here.
      expect(JSON.stringify(JSON.parse(genuine.body))).not.toBe(genuine.body)
    })

    test('forged and modified events are rejected without asking PayPal', async () => {
      await control('webhooks', { forge: true })
      const forged = await delivered('VAULT.PAYMENT-TOKEN.CREATED', 2)
      await expect(verify(forged, stranger)).rejects.toThrow(/signature does not match/)
      await expect(verify({ ...genuine, body: `${genuine.body} ` }, stranger)).rejects.toThrow(
        /signature does not match/,
      )
      expect(await asked()).toEqual([])
    })

    test('PayPal denies the call, or does not answer', async () => {
      const path = '/v1/notifications/verify-webhook-signature'
      await fault(path, 'decline', { code: 'PERMISSION_DENIED', times: 2 })
      await expect(verify(genuine, stranger)).rejects.toEqual(failure('refused', 'certificate_not_trusted'))
      await fault(path, 'error_before')
      await expect(verify(genuine, stranger)).rejects.toEqual(failure('unknown'))
    })
  })

  describe('a certificate that does not exist', () => {
    const at = (name: string) => `${simulator.url}/v1/notifications/certs/${name}`
    const named = async (name: string, sender = 'forger') => {
      const genuine = await delivered('VAULT.PAYMENT-TOKEN.CREATED')
      return verify(changed(genuine, 'paypal-cert-url', at(name)), gateway, sender)
    }
    let fetched: ReturnType<typeof vi.spyOn>
    const count = () => (fetched.mock.calls as unknown[][]).filter(([url]) => String(url).includes('/certs/')).length
    beforeEach(async () => {
      await saved()
      await delivered('VAULT.PAYMENT-TOKEN.CREATED')
      fetched = vi.spyOn(globalThis, 'fetch')
    })
    afterEach(() => fetched.mockRestore())

    test('is fetched once, however many events name it', async () => {
      for (let i = 0; i < 3; i++) await expect(named('CERT-none')).rejects.toThrow(/no such certificate/)
      await Promise.allSettled(Array.from({ length: 10 }, () => named('CERT-nowhere')))
      expect(count()).toBe(2)
    })

    test('is fetched one at a time; after five misses nothing unknown is fetched for that sender', async () => {
      const late = failure('not_now', 'certificate_not_fetched')
      const two = await Promise.allSettled([named('CERT-a'), named('CERT-b')])
      expect(two.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
      expect(two).toContainEqual({ status: 'rejected', reason: late })
      for (let i = 0; i < 30; i++) await named(`CERT-${i}`).catch(() => undefined)
      expect(count()).toBe(5)
      await expect(named('CERT-another')).rejects.toEqual(late)
      await expect(named('CERT-another', 'another')).rejects.toThrow(/no such certificate/)
    })

    test('does not block genuine events in a process without a cached certificate', async () => {
      const genuine = await delivered('VAULT.PAYMENT-TOKEN.CREATED')
      for (let i = 0; i < 30; i++) await named(`CERT-${i}`).catch(() => undefined)
      await expect(verify(genuine)).resolves.toMatchObject({ type: 'VAULT.PAYMENT-TOKEN.CREATED' })
    })

    test('is not remembered if PayPal fails', async () => {
      fetched.mockImplementationOnce(async () => new Response('', { status: 503 }))
      await expect(named('CERT-later')).rejects.toEqual(failure('unknown', 'certificate_not_fetched'))
      await expect(named('CERT-later')).rejects.toThrow(/no such certificate/)
    })
  })
})
