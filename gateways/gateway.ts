import type { DeclineCode } from '../domain/declines.ts'
import type { Environment, GatewayName } from '../domain/lifecycle.ts'

// The port: what we need of a payment gateway, in our words. Amounts are minor units of an ISO 4217 currency.

/** What our objects carry at the gateway, so that anything found there can be traced back. */
export interface OurMetadata {
  organization_id: string
  environment: Environment
  customer_id?: string
  billing_customer_id?: string
  onboarding_id?: string
}

/** A payment object at the gateway: one that moves money, or one that only saves a payment method. */
export interface ObjectHandle {
  kind: 'payment' | 'setup'
  id: string
}

/** What a payment object shows when it is read. `trace` changes with every try that reached a bank. */
export type Reading = { trace: string } & (
  | { state: 'untouched' | 'needs_customer' | 'processing' | 'dead' }
  | { state: 'declined'; code: DeclineCode }
  | { state: 'paid'; amount: number; currency: string; method: { id: string; label: string } }
)

/** What a customer submitted: a token that can be used once, or a saved payment method. */
export interface Reference {
  id: string
  singleUse: boolean
}

export interface SavedMethod {
  id: string
  /** The gateway customer it belongs to, with whose it is by its own metadata; null: it belongs to nobody yet. */
  customer: { id: string; organizationId: string | null; environment: string | null } | null
}

export interface RefundReading {
  id: string
  state: 'pending' | 'succeeded' | 'failed'
}

/** What the page needs to let the customer confirm with the bank. Never stored, never in Temporal. */
export type ClientAction = { type: 'stripe_next_action'; client_secret: string } | { type: 'redirect'; url: string }

/** "Look at this object": all that is taken from a vendor's signed event. */
export interface GatewayEvent {
  id: string
  type: string
  /** The payment object it is about, if it is about one; a refund names the object it returns money of. */
  objectId: string | null
  /** Whether the object carries our metadata. */
  ours: boolean
  createdAt: Date
}

export interface PaymentGateway {
  readonly name: GatewayName
  /** Creates a customer and answers its id. */
  createCustomer(metadata: OurMetadata, key: string): Promise<string>
  /** Creates an object without moving money. Answers its id. `amount` is 0 for a setup. */
  createObject(
    input: { kind: 'payment' | 'setup'; customerId: string; amount: number; currency: string; metadata: OurMetadata },
    key: string,
  ): Promise<string>
  read(object: ObjectHandle): Promise<Reading>
  /** Lets the object be paid with what was submitted. A definite decline is a reading; anything unclear throws. */
  confirm(
    object: ObjectHandle,
    payment: { reference: Reference; offSession: boolean; amount: number; currency: string },
    key: string,
  ): Promise<Reading>
  /** Says whether a single-use token was used up, and by which object. */
  readToken(token: string): Promise<{ usedBy: string | null; expired: boolean }>
  readMethod(methodId: string): Promise<SavedMethod>
  /** Whose a gateway customer is by its own metadata. Throws `not_found`. */
  readCustomer(customerId: string): Promise<NonNullable<SavedMethod['customer']>>
  /** Makes the object unable to pay if it still can be, and answers what it is then. */
  close(object: ObjectHandle, key: string): Promise<Reading>
  refund(
    object: ObjectHandle,
    refund: { amount: number; currency: string; metadata: OurMetadata },
    key: string,
  ): Promise<RefundReading>
  /** The newest refund of an object, if there is one. */
  findRefund(object: ObjectHandle): Promise<RefundReading | undefined>
  /** Takes a saved method away from its customer; one that is gone already is fine. */
  detachMethod(methodId: string, key: string): Promise<void>
  /** What the customer must do now, read afresh; null where nothing. */
  clientAction(object: ObjectHandle): Promise<ClientAction | null>
  /** Verifies a vendor's event by its signature over the raw body. Throws where it is not genuine. */
  verifyEvent(rawBody: string, headers: Headers): GatewayEvent
}

/** What the page must load to show this gateway's form. */
export interface BrowserSide {
  publishableKey: string
  scriptUrl: string
  /** Further sources that the form needs by its vendor's own list (docs.stripe.com/security/guide#content-security-policy). */
  frameSources: string[]
  connectSources: string[]
}

export interface Gateways {
  /** The gateway of this organization in this environment, or undefined where none is set up. */
  for(environment: Environment, organizationId: string, name: GatewayName): PaymentGateway | undefined
  /** What the page needs of it. */
  browserSide(environment: Environment, organizationId: string, name: GatewayName): BrowserSide | undefined
}
