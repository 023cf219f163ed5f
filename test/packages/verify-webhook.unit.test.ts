import { randomBytes } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { verifyWebhook, WebhookVerificationError, type WebhookEvent } from '../../packages/client/src/index.ts'
import { signatureHeaders } from '../../receivers/signature.ts'

const [key, otherKey] = [randomBytes(32), randomBytes(32)]
const secretOf = (bytes: Buffer) => `whsec_${bytes.toString('base64')}`
const secret = secretOf(key)
const event = { id: 'evt_1', type: 'charge.succeeded', timestamp: '2026-11-28T07:14:48.123Z', data: { note: 'Ä 💶' } }
const body = JSON.stringify(event)
const now = () => Math.floor(Date.now() / 1_000)
const signed = (keys = [key], timestamp = now()) => signatureHeaders(keys, { id: 'evt_1', timestamp, body })

test('what this service signs is verified, as text, bytes, and with headers in each form', async () => {
  const headers = signed()
  expect(await verifyWebhook({ body, headers, secret })).toEqual(event)
  expect(await verifyWebhook({ body: Buffer.from(body), headers: new Headers(headers), secret })).toEqual(event)
  const capital = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toUpperCase(), value]))
  expect(await verifyWebhook({ body, headers: { host: 'localhost', ...capital }, secret })).toEqual(event)
})

test('what the official library signs is verified', async () => {
  const timestamp = now()
  const signature = new Webhook(secret).sign('evt_1', new Date(timestamp * 1_000), body)
  const headers = { ...signed([key], timestamp), 'webhook-signature': signature }
  expect(await verifyWebhook({ body, headers, secret })).toEqual(event)
})

test('one of several signatures is enough, as during a rotation; other versions are ignored', async () => {
  const headers = signed([otherKey, key])
  expect(await verifyWebhook({ body, headers, secret })).toEqual(event)
  expect(await verifyWebhook({ body, headers, secret: secretOf(otherKey) })).toEqual(event)
  const others = `v1a,${randomBytes(64).toString('base64')} v1,%%% v1 ${headers['webhook-signature']}`
  expect(await verifyWebhook({ body, headers: { ...headers, 'webhook-signature': others }, secret })).toEqual(event)
})

test('300 seconds of difference are tolerated, in both directions', async () => {
  for (const timestamp of [now() - 298, now() + 298])
    expect(await verifyWebhook({ body, headers: signed([key], timestamp), secret })).toEqual(event)
  for (const timestamp of [now() - 302, now() + 302])
    await expect(verifyWebhook({ body, headers: signed([key], timestamp), secret })).rejects.toThrow('more than 300 s')
  const old = signed([key], now() - 1_000)
  expect(await verifyWebhook({ body, headers: old, secret, tolerance: 1_200 })).toEqual(event)
})

test.each<[string, string, object]>([
  ['another body', 'no signature matches', { body: body.replace('succeeded', 'failed') }],
  ['a body that was parsed and written again', 'no signature matches', { body: JSON.stringify(event, null, 1) }],
  ['another secret', 'no signature matches', { secret: secretOf(otherKey) }],
  ['another id', 'no signature matches', { headers: { ...signed(), 'webhook-id': 'evt_2' } }],
  ['another time', 'no signature matches', { headers: { ...signed(), 'webhook-timestamp': String(now() - 1) } }],
  ['no signature', 'webhook-signature: the header is missing', { headers: { ...signed(), 'webhook-signature': '' } }],
  ['only another version', 'no signature matches', { headers: { ...signed(), 'webhook-signature': 'v2,AAAA' } }],
  ['no time', 'webhook-timestamp: must be a number', { headers: { ...signed(), 'webhook-timestamp': '1e9' } }],
  ['a secret that is none', 'secret: must be whsec_', { secret: 'whsec_%' }],
  ['an empty secret', 'secret: must be whsec_', { secret: '' }],
])('%s is refused', async (_name, message, changed) => {
  const error: unknown = await verifyWebhook({ body, headers: signed(), secret, ...changed }).catch((e: unknown) => e)
  expect(error).toBeInstanceOf(WebhookVerificationError)
  expect((error as Error).message).toContain(message)
})

test('the type of an event narrows its data', () => {
  const chargeOf = (received: WebhookEvent): string | undefined =>
    received.type === 'charge.succeeded' ? received.data.charge_id : undefined
  const contactOf = (received: WebhookEvent): string | null | undefined =>
    // @ts-expect-error: events that belong to no billing customer have no external id
    received.data.external_id
  const subject = { billing_customer_id: 'bc_1', customer_id: 'cus_1', external_id: 'usr_1', onboarding_id: null }
  const succeeded: WebhookEvent = {
    ...{ id: 'evt_1', type: 'charge.succeeded', timestamp: '2026-11-28T07:14:48.123Z', api_version: '2026-12-01' },
    ...{ environment: 'sandbox', organization_id: 'org_1', sequence: 3 },
    data: { ...subject, actor: 'system', charge_id: 'ch_1', amount: 1500, currency: 'USD', late: false },
  }
  expect(chargeOf(succeeded)).toBe('ch_1')
  expect(contactOf(succeeded)).toBe('usr_1')
})
