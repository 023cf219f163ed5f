import { createHmac } from 'node:crypto'

/**
 * Returns the headers of Standard Webhooks 1.0.0, with one `v1` signature (HMAC-SHA256) for each key. `timestamp` is in
 * seconds, `body` the exact text that is sent. Keys are the decoded bytes of secrets, newest first.
 */
export function signatureHeaders(
  keys: readonly Uint8Array[],
  { id, timestamp, body }: { id: string; timestamp: number; body: string },
): Record<string, string> {
  const sign = (key: Uint8Array) =>
    `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': keys.map(sign).join(' '),
  }
}
