import Stripe from 'stripe'
import { GatewayError } from '../../domain/payment/gateway-errors.ts'
import type { GatewayEvent } from '../gateway.ts'
import type { ConnectedEvent } from '../platform.ts'
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
    about: aboutWhat(event, object),
    ours: Boolean(object.metadata?.onboarding_id),
    setupTried: saysTried.has(event.type),
  }
}

function aboutWhat({ type, account }: Stripe.Event, object: EventObject): GatewayEvent['about'] {
  switch (object.object) {
    case 'payment_intent':
    case 'setup_intent':
      return { kind: 'payment', id: object.id }
    case 'payment_method':
      return { kind: 'method', id: object.id }
    case 'account':
      return { kind: 'account', id: object.id }
    case 'application':
      // The owner has revoked the platform's access: the event names the account beside the object.
      return type === 'account.application.deauthorized' ? { kind: 'account', id: account ?? '' } : null
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
function verifyEvent(rawBody: string, signature: string, secrets: string[]): Stripe.Event {
  const timestamp = Number(/(?:^|,)t=(\d+)/.exec(signature)?.[1] ?? 0)
  if (timestamp > Date.now() / 1000 + 300) throw new Error('the timestamp of the event is in the future')
  const verifier = new Stripe('sk_unused', { telemetry: false }).webhooks
  const event = firstThatVerifies(secrets, (secret) => verifier.constructEvent(rawBody, signature, secret, 300))
  // The endpoint fixes the API version when it is created. Another version, or none (thin events), can have other
  // fields.
  if (!eventVersions.includes(event.api_version))
    throw new GatewayError('refused', 'endpoint_api_version', { detail: versionText(event.api_version) })
  return event
}

const readEvent = (event: Stripe.Event, payload: ReturnType<typeof payloadOf>): GatewayEvent => ({
  id: event.id,
  type: event.type,
  createdAt: new Date(event.created * 1000),
  ...payload,
})

/** Verifies an event of the account itself. One of a connected account says nothing about its objects. */
export function verifyStripeEvent(
  rawBody: string,
  signature: string,
  secrets: string[],
  livemode: boolean,
): GatewayEvent {
  const event = verifyEvent(rawBody, signature, secrets)
  return readEvent(event, event.account ? { about: null, ours: false } : payloadOf(event, livemode))
}

/**
 * Verifies an event of an account that is connected to the platform (docs.stripe.com/connect/webhooks). An endpoint in
 * live mode also gets events in test mode, which are of no account here.
 */
export function verifyConnectedEvent(
  rawBody: string,
  signature: string,
  secrets: string[],
  livemode: boolean,
): ConnectedEvent {
  const event = verifyEvent(rawBody, signature, secrets)
  const isOfThisMode = event.livemode === livemode
  return { ...readEvent(event, payloadOf(event, livemode)), connectedId: isOfThisMode ? (event.account ?? null) : null }
}

/**
 * Reads an event of the list of an account, in test or in live mode. It was rendered in the account's default API
 * version, whatever the request names, so any version is accepted (docs/decisions/0060). `accountId`: Stripe's id of a
 * connected account. An event of another account says nothing about its objects.
 */
export function readListedEvent(event: Stripe.Event, livemode: boolean, accountId?: string): GatewayEvent {
  const isOfAccount = event.account === undefined || event.account === accountId
  return readEvent(event, isOfAccount ? payloadOf(event, livemode) : { about: null, ours: false })
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
