import type { Refunds } from '../domain/payment/decide-refund.ts'
import type { DeclineCode } from '../domain/payment/declines.ts'
import type { CustomerDetails, ObjectHandle, OurMetadata, PaymentDetails } from '../domain/payment/payment-object.ts'
import type { Environment, GatewayName } from '../domain/lifecycle.ts'
import type { DescribedMethod } from '../domain/payment/payment-method.ts'

export type { CustomerDetails, ObjectHandle, OurMetadata, PaymentDetails }

// The port: what we need of a payment gateway, in our words. Amounts are minor units of an ISO 4217 currency.

/** What a payment object shows when it is read. `trace` changes with every try that reached a bank, and
 * is empty where there was none. */
export type Reading = { trace: string } & (
  | { state: 'untouched' | 'needs_customer' | 'processing' | 'dead' }
  /** `exhausted`: the object takes no other payment method after this one. */
  | { state: 'declined'; code: DeclineCode; exhausted?: boolean }
  /** `customerId`: whose it is at the gateway, where the object tells. */
  | { state: 'paid'; amount: number; currency: string; method: DescribedMethod; customerId?: string }
)

/** What a customer submitted: a token that can be used once, or a saved payment method. */
export interface Reference {
  id: string
  singleUse: boolean
}

/** What is shown where the customer approves, and where the customer is led back to. */
export interface ApprovalSession {
  customerId: string
  brandName: string
  returnUrl: string
  cancelUrl: string
}

/** An amount, in minor units, that a saved method is to pay for an object that is created with the same call. */
export interface AtOnceInput {
  amount: number
  currency: string
  metadata: OurMetadata
  methodId: string
  /**
   * Whether the payer approved just before, or a caller's saved method is charged without them; null: not noted (before
   * 0022).
   */
  payerPresent: boolean | null
}

export interface SavedMethod extends DescribedMethod {
  /** Whether it can be charged later. */
  attached: boolean
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
  /**
   * What it is about, if that concerns us: a payment object, money of one that goes back (a refund, a dispute), a saved
   * method, or a customer at the gateway.
   */
  about: { kind: 'payment' | 'return' | 'method' | 'customer'; id: string } | null
  /** Whether the object carries our metadata. */
  ours: boolean
  /** Whether it says that a card was tried on a set-up: it is saved, was declined, or its bank asks the customer. */
  setupTried?: boolean
  createdAt: Date
  /** Whether only the vendor itself could say that it is genuine: its certificate is not trusted on this machine. */
  askedVendor?: boolean
}

export interface PaymentGateway {
  readonly name: GatewayName
  /** Whether the gateway has no customers but ours by our id: then there is nobody that one could be mapped to. */
  readonly customersAreOurs?: boolean
  /** Creates a customer and returns its id. `details` that the gateway does not take are left out. */
  createCustomer(metadata: OurMetadata, key: string, details?: CustomerDetails): Promise<string>
  /** Creates an object without moving money. Answers its id. `amount` is 0 for a setup. */
  createObject(
    input: {
      kind: 'payment' | 'setup'
      customerId: string
      amount: number
      currency: string
      metadata: OurMetadata
      /** What was submitted: where nothing is charged it may be the object itself. */
      reference: string
      details?: PaymentDetails
      /** As in `confirm`, for what is confirmed elsewhere. */
      challenge?: boolean
    },
    key: string,
  ): Promise<string>
  /**
   * Creates an object and lets it be paid, in one call, as one alternative to `createObject` and `confirm`. There is
   * nothing to read before it is answered; the same key again answers what became of the first call. `id` is null where
   * a decline left no object. Absent where there is no such call.
   */
  payAtOnce?(input: AtOnceInput, key: string): Promise<{ id: string | null; reading: Reading }>
  /** Milliseconds for which the key of `payAtOnce` is surely remembered. */
  readonly keyLife?: number
  /** The onboarding that an object names as its own, read at the gateway. Only where `payAtOnce` is. */
  onboardingOf?(object: ObjectHandle): Promise<string | null>
  /** Whether an object that was tried without its customer cannot save a payment method any more. */
  readonly offSessionStays?: boolean
  /** Whether a set-up has no object but what was submitted: then each submission has its own. */
  readonly setupIsSubmission?: boolean
  /**
   * Begins what the customer approves outside of our page, and answers the token for it and where it is approved.
   * Absent where the payment method is entered on our page.
   */
  openSession?(session: ApprovalSession, key: string): Promise<{ token: string; approveUrl: string }>
  /**
   * The client secret of a set-up for a form of the caller's; null where nothing can be entered there any more. Never
   * stored. Throws `refused` as `read` does.
   */
  formSecret?(setup: ObjectHandle & { kind: 'setup' }): Promise<string | null>
  /**
   * What was tried on a form of the caller's, oldest first: a bank declined it, or asked the customer and another
   * method came instead of an answer (`abandoned`), or it asks the customer now or said yes (`asked`).
   */
  formTries?(
    setup: ObjectHandle & { kind: 'setup' },
  ): Promise<{ id: string; at: Date; state: 'declined' | 'abandoned' | 'asked'; code: DeclineCode | null }[]>
  /**
   * What was tried on an object and failed, oldest first, as in `formTries`. A payment that failed before a bank was
   * asked for money is not among them.
   */
  failedTries?(
    object: ObjectHandle,
  ): Promise<{ id: string; at: Date; state: 'declined' | 'abandoned'; code: DeclineCode | null }[]>
  readSession?(token: string): Promise<'waiting' | 'approved' | 'used' | 'gone'>
  /**
   * Makes a lasting payment method of what the customer approved; it may be one that others have already, of the same
   * payer. Absent where `confirm` takes what was submitted.
   */
  exchange?(token: string, key: string): Promise<{ id: string }>
  /**
   * Throws `refused` (`setupDiffers`) for a set-up that does not carry its metadata, or was saved for another purpose.
   */
  read(object: ObjectHandle): Promise<Reading>
  /**
   * Lets the object be paid with what was submitted. A definite decline is a reading; anything unclear throws.
   * `offSession`: without the customer. `keep`: false where the method belongs to the customer already; else
   * it is saved with the payment. `challenge`: the bank is asked to let the customer prove who they are, where the
   * gateway and the method have that.
   */
  confirm(
    object: ObjectHandle,
    payment: {
      reference: Reference
      offSession: boolean
      keep?: boolean
      challenge?: boolean
      amount: number
      currency: string
    },
    key: string,
  ): Promise<Reading>
  /** Says whether a single-use token was used up, and by which object. */
  readToken(token: string): Promise<{ usedBy: string | null; expired: boolean }>
  readMethod(methodId: string): Promise<SavedMethod>
  /** Whose a gateway customer is by its own metadata. Throws `not_found`. */
  readCustomer(customerId: string): Promise<NonNullable<SavedMethod['customer']>>
  /**
   * Makes the object unable to pay if it still can be, and returns what it is then: `dead`, `paid`, or undecided.
   * `underWay`: whether a call that pays it may still arrive, which a gateway that cannot cancel must wait for. Removes
   * no saved method.
   */
  close(object: ObjectHandle, key: string, underWay: boolean): Promise<Reading>
  refund(
    object: ObjectHandle,
    refund: { amount: number; currency: string; metadata: OurMetadata },
    key: string,
  ): Promise<RefundReading>
  /** Whether the customer disputes a paid object with the bank or with the gateway. */
  isDisputed(object: ObjectHandle): Promise<boolean>
  /**
   * Ids of objects of ours that were paid since a time, and some older ones. Throws `refused` where we may not list
   * them.
   */
  listPaid?(since: Date): Promise<string[]>
  /** What went back of an object so far. */
  readRefunds(object: ObjectHandle): Promise<Refunds>
  /**
   * Takes a saved method away from its customer; one that is gone already is fine. Others may pay with it: only whoever
   * claimed its removal calls this (`payments/methods/take-back-method.ts`).
   */
  detachMethod(methodId: string, key: string): Promise<void>
  /** What the customer must do now, read afresh; null where nothing. */
  clientAction(object: ObjectHandle): Promise<ClientAction | null>
  /**
   * Verifies a vendor's event by its signature over the raw body. Throws where it is not genuine, and a GatewayError
   * `refused` where it is or may be, and an operator must act: its endpoint has another API version
   * (`endpoint_api_version`), or its certificate is not trusted here (`certificate_not_trusted`). `sender` tells the
   * network addresses apart that events come from: what one of them may make us fetch is limited.
   */
  verifyEvent(rawBody: string, headers: Headers, sender: string): Promise<GatewayEvent>
}

/** What the page must load to show this gateway's form. */
export interface BrowserSide {
  publishableKey: string
  scriptUrl: string
  scriptSources: string[]
  /**
   * Further sources that the form needs by its vendor's own list
   * (docs.stripe.com/security/guide#content-security-policy).
   */
  frameSources: string[]
  connectSources: string[]
}

export interface Gateways {
  /** The gateway of this organization in this environment, or undefined where none is set up. */
  for(environment: Environment, organizationId: string, name: GatewayName): PaymentGateway | undefined
  /** What the page needs of it. */
  browserSide(environment: Environment, organizationId: string, name: GatewayName): BrowserSide | undefined
}
