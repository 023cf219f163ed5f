import Stripe from 'stripe'
import type { GatewayEvent } from '../gateway.ts'
import { idOf } from './readings.ts'

type EventObject = {
  object: string
  id: string
  metadata?: Record<string, string> | null
  payment_intent?: string | { id: string } | null
}

/** Takes from an event which payment object it is about, and nothing else: the object itself is read afterwards. */
function payloadOf(event: Stripe.Event): { objectId: string | null; ours: boolean } {
  const object = event.data.object as EventObject
  const ours = Boolean(object.metadata?.onboarding_id)
  if (object.object === 'payment_intent' || object.object === 'setup_intent') return { objectId: object.id, ours }
  return { objectId: idOf(object.payment_intent) || null, ours }
}

/**
 * Verifies the signature over the raw body with each of the endpoint's secrets (docs.stripe.com/webhooks/signature).
 * An event from the future is refused too, which the SDK lets through.
 */
export function verifyStripeEvent(
  rawBody: string,
  signature: string,
  secrets: string[],
  livemode: boolean,
): GatewayEvent {
  const timestamp = Number(/(?:^|,)t=(\d+)/.exec(signature)?.[1] ?? 0)
  if (timestamp > Date.now() / 1000 + 300) throw new Error('the event is from the future')
  const verifier = new Stripe('sk_unused', { telemetry: false }).webhooks
  const event = firstThatVerifies(secrets, (secret) => verifier.constructEvent(rawBody, signature, secret, 300))
  if (event.livemode !== livemode) throw new Error('the event is of another mode')
  return { id: event.id, type: event.type, createdAt: new Date(event.created * 1000), ...payloadOf(event) }
}

function firstThatVerifies<T>(secrets: string[], verify: (secret: string) => T): T {
  for (const secret of secrets) {
    try {
      return verify(secret)
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) throw error
    }
  }
  throw new Error('no signature of ours')
}
