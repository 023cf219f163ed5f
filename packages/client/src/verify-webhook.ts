import type { webhooks } from './api-types.ts'

// Standard Webhooks 1.0.0: HMAC-SHA256 over `id.timestamp.body`.

interface AnyEvent {
  id: string
  type: string
  timestamp: string
  data: Record<string, unknown>
}
type PayloadOf<Webhook> = Webhook extends {
  post: { requestBody?: { content: { 'application/json': infer Payload } } }
}
  ? Payload
  : never

/** The body of a webhook: one type for each type of event. Ignore types that you do not know: some may be added. */
export type WebhookEvent = string extends keyof webhooks ? AnyEvent : PayloadOf<webhooks[keyof webhooks]>

type HeaderRecord = Record<string, string | string[] | undefined>

export interface ReceivedWebhook {
  /** The exact bytes that were received. A body that was parsed and written again does not match its signature. */
  body: string | Uint8Array
  headers: Headers | HeaderRecord
  /** The secret of the webhook endpoint, `whsec_…`. */
  secret: string
  /** Seconds by which the time of the attempt may differ from now; 300 by default. */
  tolerance?: number | undefined
}

/** The webhook is not authentic, is too old, or is not readable. Answer 400. */
export class WebhookVerificationError extends Error {
  override name = 'WebhookVerificationError'
}

/** Returns the event of an authentic webhook. Otherwise throws `WebhookVerificationError`. */
export async function verifyWebhook({
  body,
  headers,
  secret,
  tolerance = 300,
}: ReceivedWebhook): Promise<WebhookEvent> {
  const key = await keyOf(secret)
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
    valueOf(headers, name),
  ) as [string, string, string]
  if (!/^\d{1,12}$/.test(timestamp))
    throw new WebhookVerificationError('webhook-timestamp: must be a number of seconds')
  if (Math.abs(Date.now() / 1_000 - Number(timestamp)) > tolerance)
    throw new WebhookVerificationError(`webhook-timestamp: differs from now by more than ${tolerance} s`)
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
  const signed = concatenated(new TextEncoder().encode(`${id}.${timestamp}.`), bytes)
  if (!(await isSigned(key, signatures, signed)))
    throw new WebhookVerificationError('webhook-signature: no signature matches the body, the secret and the headers')
  return parsed(bytes)
}

async function keyOf(secret: string): Promise<CryptoKey> {
  const bytes = fromBase64(secret.replace(/^whsec_/, ''))
  if (!bytes || bytes.length === 0) throw new WebhookVerificationError('secret: must be whsec_ and base64')
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify'])
}

function valueOf(headers: ReceivedWebhook['headers'], name: string): string {
  const found =
    typeof headers.get === 'function'
      ? headers.get(name)
      : Object.entries(headers).find(([each]) => each.toLowerCase() === name)?.[1]
  if (typeof found !== 'string' || !found) throw new WebhookVerificationError(`${name}: the header is missing`)
  return found
}

/** Whether one of the signatures is valid. The comparison takes the same time for all wrong ones. */
async function isSigned(key: CryptoKey, signatures: string, signed: Uint8Array<ArrayBuffer>): Promise<boolean> {
  for (const each of signatures.split(' ')) {
    const signature = each.startsWith('v1,') ? fromBase64(each.slice(3)) : undefined
    if (signature && (await crypto.subtle.verify('HMAC', key, signature, signed))) return true
  }
  return false
}

function concatenated(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(first.length + second.length)
  all.set(first)
  all.set(second, first.length)
  return all
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  } catch {
    return undefined
  }
}

function parsed(bytes: Uint8Array): WebhookEvent {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as WebhookEvent
  } catch {
    throw new WebhookVerificationError('body: is not JSON')
  }
}
