import { createVerify, X509Certificate } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { crc32 } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  captureOf,
  eachWithClient,
  newVaultId,
  payInOneStep,
  paypal,
  refund,
  restart,
} from '../../support/gateways/paypal-api.ts'
import { control, simulator } from '../../support/gateways/paypal-simulator.ts'
import { until } from '../../support/until.ts'

eachWithClient()

describe('events', () => {
  interface Delivery {
    headers: IncomingHttpHeaders
    body: Buffer
  }
  const webhookId = '8PT597110X687430LKGECATA'
  let endpoint: Server
  let deliveries: Delivery[]
  let refusals: number
  beforeEach(async () => {
    deliveries = []
    refusals = 0
    endpoint = createServer((request, response) => {
      void buffer(request).then((body) => {
        deliveries.push({ headers: request.headers, body })
        response.writeHead(refusals-- > 0 ? 500 : 200).end()
      })
    })
    await new Promise<void>((resolve) => endpoint.listen(0, '127.0.0.1', resolve))
    simulator.sendEventsTo(target())
  })
  afterEach(() => new Promise((resolve) => endpoint.close(resolve)))

  const target = () => ({ url: `http://127.0.0.1:${(endpoint.address() as AddressInfo).port}/hooks`, webhookId })
  const types = () => deliveries.map(({ body }) => (JSON.parse(body.toString()) as { event_type: string }).event_type)
  const delivered = (count: number) => until(() => deliveries.length >= count)

  /** Verifies as a merchant does: the certificate chain up to the root, then the signature over the raw body. */
  async function isGenuine({ headers, body }: Delivery): Promise<boolean> {
    const header = (name: string) => headers[`paypal-${name}`] as string
    expect(header('cert-url')).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1\/notifications\/certs\/CERT-[\w-]+$/)
    const pem = await (await fetch(header('cert-url'))).text()
    const chain = pem.match(/-----BEGIN[\s\S]+?-----END CERTIFICATE-----/g)!.map((each) => new X509Certificate(each))
    const root = new X509Certificate(simulator.rootCertificate)
    const issuers = [...chain.slice(1), root]
    expect(chain[0]!.subject).toBe('CN=messageverificationcerts.sandbox.paypal.com')
    expect(issuers.every(({ ca }) => ca)).toBe(true)
    const isChained = chain.every((each, i) => each.checkIssued(issuers[i]!) && each.verify(issuers[i]!.publicKey))
    const message = `${header('transmission-id')}|${header('transmission-time')}|${webhookId}|${crc32(body)}`
    const signature = createVerify('RSA-SHA256').update(message)
    return isChained && signature.verify(chain[0]!.publicKey, header('transmission-sig'), 'base64')
  }

  test('report tokens, captures, orders and refunds, with signatures that chain to the root', async () => {
    const vaultId = await newVaultId()
    const captured = captureOf(await payInOneStep(vaultId))
    await refund(captured.id!, 'r')
    await paypal.vault.deletePaymentToken(vaultId)
    await delivered(5)
    expect(types().sort()).toEqual([
      'CHECKOUT.ORDER.COMPLETED',
      'PAYMENT.CAPTURE.COMPLETED',
      'PAYMENT.CAPTURE.REFUNDED',
      'VAULT.PAYMENT-TOKEN.CREATED',
      'VAULT.PAYMENT-TOKEN.DELETED',
    ])
    expect(await Promise.all(deliveries.map(isGenuine))).toEqual([true, true, true, true, true])
    const { body, headers } = deliveries[0]!
    expect(await isGenuine({ headers, body: Buffer.concat([body, Buffer.from(' ')]) })).toBe(false)
  })

  test('fail verification if forged', async () => {
    await payInOneStep(await newVaultId())
    await delivered(3)
    await control('webhooks', { type: 'PAYMENT.CAPTURE.COMPLETED', forge: true })
    await delivered(4)
    expect(types()[3]).toBe('PAYMENT.CAPTURE.COMPLETED')
    expect(await isGenuine(deliveries[3]!)).toBe(false)
  })

  test('are retried until accepted, and resent on demand', async () => {
    refusals = 1
    await newVaultId()
    await delivered(2)
    expect(deliveries[0]!.body).toEqual(deliveries[1]!.body)
    expect(await control('webhooks', { times: 2, shuffle: true })).toEqual({ sent: 2, forged_again: 0, left: 2 })
    await delivered(4)
  })

  test('report how a pending capture ended', async () => {
    await control('settings', { capture_status: 'PENDING' })
    const pending = captureOf(await payInOneStep(await newVaultId()))
    await control(`captures/${pending.id}`, { status: 'DECLINED' })
    await delivered(3)
    expect(types()).toEqual(
      expect.arrayContaining(['PAYMENT.CAPTURE.PENDING', 'PAYMENT.CAPTURE.DECLINED', 'VAULT.PAYMENT-TOKEN.CREATED']),
    )
  })

  test('are sent by the next process if they were not accepted before a stop', async () => {
    refusals = 99
    await newVaultId()
    await delivered(1)
    await restart(() => (refusals = 0))
    simulator.sendEventsTo(target())
    await delivered(2)
    expect(types()).toEqual(['VAULT.PAYMENT-TOKEN.CREATED', 'VAULT.PAYMENT-TOKEN.CREATED'])
  })
})
