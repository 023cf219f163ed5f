import Stripe from 'stripe'
import { GatewayError } from '../../domain/payment/gateway-errors.ts'
import type { GatewayEvent } from '../gateway.ts'
import { apiVersion } from './api-version.ts'
import { idOf } from './readings.ts'

type EventObject = {
  object: string
  id: string
  metadata?: Record<string, string> | null
  payment_intent?: string | { id: string } | null
}

/** Each card that is tried on a SetupIntent leads to one of them (docs.stripe.com/api/events/types). */
const saysTried = new Set(['setup_intent.setup_failed', 'setup_intent.requires_action', 'setup_intent.succeeded'])

/** Takes from an event which object it is about, and nothing else: the object itself is read afterwards. */
function payloadOf(event: Stripe.Event, livemode: boolean): Pick<GatewayEvent, 'about' | 'ours' | 'setupTried'> {
  // An endpoint can be sent events of both modes; an object of the other one is not ours to look at.
  if (event.livemode !== livemode) return { about: null, ours: false }
  const object = event.data.object as EventObject
  return {
    about: aboutWhat(event.type, object),
    ours: Boolean(object.metadata?.onboarding_id),
    setupTried: saysTried.has(event.type),
  }
}

function aboutWhat(type: string, object: EventObject): GatewayEvent['about'] {
  switch (object.object) {
    case 'payment_intent':
    case 'setup_intent':
      return { kind: 'payment', id: object.id }
    case 'payment_method':
      return { kind: 'method', id: object.id }
    case 'customer':
      return type === 'customer.deleted' ? { kind: 'customer', id: object.id } : null
    default: {
      // A charge, a refund, a dispute, an early fraud warning: each names the payment that it is about.
      const id = idOf(object.payment_intent)
      return id ? { kind: 'return', id } : null
    }
  }
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
  // The version is the endpoint's, fixed when that was made. Another one, or none (an event of a thin payload), may
  // name things differently.
  if (event.api_version !== apiVersion) throw new GatewayError('refused', 'endpoint_api_version')
  return { id: event.id, type: event.type, createdAt: new Date(event.created * 1000), ...payloadOf(event, livemode) }
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
