import { createVerify, X509Certificate } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { z } from 'zod'
import type { Ask, Call } from './call.ts'
import { declined } from '../errors.ts'
import { read, text } from '../input.ts'
import type { PayPalState } from './state.ts'

const body = z.looseObject({
  auth_algo: text(100),
  cert_url: text(500),
  transmission_id: text(50),
  transmission_sig: text(500),
  transmission_time: text(100),
  webhook_id: text(50),
  webhook_event: z.looseObject({}),
})

/**
 * Verifies that the simulator signed the exact bytes of the event in the request. A reserialized event fails
 * (github.com/paypal/PayPal-node-SDK/issues/294 and /412).
 */
function verifySignature(state: PayPalState, ask: Ask) {
  if (ask.forced) throw declined(ask.forced)
  const { auth_algo, cert_url, transmission_id, transmission_sig, transmission_time, webhook_id } = read(body, ask.body)
  const own = state.shared.certificates!
  const event = ask.body.slice(ask.body.indexOf('"webhook_event":') + '"webhook_event":'.length, -1)
  const verify = createVerify('RSA-SHA256').update(
    `${transmission_id}|${transmission_time}|${webhook_id}|${crc32(event)}`,
  )
  const isRight =
    auth_algo === 'SHA256withRSA' &&
    cert_url.endsWith(`/${own.id}`) &&
    verify.verify(new X509Certificate(own.chain).publicKey, transmission_sig, 'base64')
  return { verification_status: isRight ? 'SUCCESS' : 'FAILURE' }
}

export const verificationCalls: Call[] = [
  {
    method: 'POST',
    path: '/v1/notifications/verify-webhook-signature',
    api: 'notifications',
    read: verifySignature,
  },
]
