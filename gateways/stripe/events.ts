import Stripe from 'stripe'
import { GatewayError } from '../../domain/payment/gateway-errors.ts'
import type { GatewayEvent } from '../gateway.ts'
import { eventVersions } from './api-version.ts'
import { idOf } from './readings.ts'

type EventObject = {
  object: string
  id: string
  metadata?: Record<string, string> | null
  payment_intent?: string | { id: string } | null
}

/** Every card tried on a SetupIntent causes one of these events (docs.stripe.com/api/events/types). */
const saysTried = new Set(['setup_intent.setup_failed', 'setup_intent.requires_action', 'setup_intent.succeeded'])

/** Returns only which object an event is about. The object itself is read afterwards. */
function payloadOf(event: Stripe.Event, livemode: boolean): Pick<GatewayEvent, 'about' | 'ours' | 'setupTried'> {
  // An endpoint can receive events of both modes; objects of the other mode are ignored.
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
      // Charges, refunds, disputes and early fraud warnings all have the id of their payment.
      const id = idOf(object.payment_intent)
      return id ? { kind: 'return', id } : null
    }
  }
}

/**
 * Verifies the signature over the raw body with each of the endpoint's secrets (docs.stripe.com/webhooks/signature).
 * Also rejects events with a timestamp in the future, which the SDK accepts.
 */
export function verifyStripeEvent(
  rawBody: string,
  signature: string,
  secrets: string[],
  livemode: boolean,
): GatewayEvent {
  const timestamp = Number(/(?:^|,)t=(\d+)/.exec(signature)?.[1] ?? 0)
  if (timestamp > Date.now() / 1000 + 300) throw new Error('the timestamp of the event is in the future')
  const verifier = new Stripe('sk_unused', { telemetry: false }).webhooks
  const event = firstThatVerifies(secrets, (secret) => verifier.constructEvent(rawBody, signature, secret, 300))
  // The endpoint fixes the API version when it is created. Another version, or none (thin events), can have other
  // fields.
  if (!eventVersions.includes(event.api_version))
    throw new GatewayError('refused', 'endpoint_api_version', { detail: versionText(event.api_version) })
  return { id: event.id, type: event.type, createdAt: new Date(event.created * 1000), ...payloadOf(event, livemode) }
}

/** For the log: the event is signed, but anything but a version is not repeated. */
const versionText = (version: unknown): string =>
  typeof version === 'string' && /^[\w.-]{1,40}$/.test(version) ? version : 'none'

function firstThatVerifies<T>(secrets: string[], verify: (secret: string) => T): T {
  for (const secret of secrets) {
    try {
      return verify(secret)
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) throw error
    }
  }
  throw new Error('no signature matches')
}
