import type { GatewayRefund } from '../domain/payment/decide-refund.ts'
import type { DeclineCode } from '../domain/payment/declines.ts'
import type { CustomerDetails, ObjectHandle, OurMetadata, PaymentDetails } from '../domain/payment/payment-object.ts'
import type { ClientAction } from '../domain/gateways/list.ts'
import type { GatewayName } from '../domain/lifecycle.ts'
import type { CustomerOwnership } from '../domain/payment/customer-ownership.ts'
import type { TestOutcome } from '../domain/payment/test-helpers.ts'
import type { DescribedMethod } from '../domain/payment/payment-method.ts'
import type { AccountAccess } from './account-access.ts'
import type { EventPage, GatewayEvent } from './gateway-event.ts'
import type { ListedPage, ListLimits, ListName, Period } from './listed.ts'
import type { Platform } from './platform.ts'

export type { ClientAction, CustomerDetails, GatewayRefund, ObjectHandle, OurMetadata, PaymentDetails }
export type { EventPage, GatewayEvent }

// The port to payment gateways. Amounts are minor units of an ISO 4217 currency.

/** The state of a payment object. `trace` changes with every attempt that reached a bank, and is empty without one. */
export type Reading = { trace: string } & (
  | { state: 'untouched' | 'needs_customer' | 'processing' | 'dead' }
  /** `exhausted`: the object accepts no further payment method. */
  | { state: 'declined'; code: DeclineCode; exhausted?: boolean }
  | PaidReading
)

interface PaidReading {
  state: 'paid'
  amount: number
  currency: string
  method: DescribedMethod
  /** The customer at the gateway, if the object has one. */
  customerId?: string
  /** The id of the payment in lists of transactions, if the gateway has such lists (`objectOfTransaction`). */
  transactionId?: string
}

/** What a customer submitted: a single-use token or a saved payment method. */
export interface Reference {
  id: string
  singleUse: boolean
}

/** What the approval page shows, and where it redirects the customer. */
export interface ApprovalSession {
  customerId: string
  brandName: string
  returnUrl: string
  cancelUrl: string
}

/** A payment with a saved method on an object that the same call creates. `amount` is in minor units. */
export interface OneStepInput {
  amount: number
  currency: string
  metadata: OurMetadata
  methodId: string
  /**
   * Whether the payer has just approved, as against a saved method charged without them. Null: unknown (rows from
   * before migration 0022).
   */
  payerPresent: boolean | null
}

export interface SavedMethod extends DescribedMethod {
  /** Whether it can be charged later. */
  attached: boolean
  /** Its customer at the gateway, and the owner by that customer's metadata; null if it has no customer yet. */
  customer: { id: string; organizationId: string | null; environment: string | null } | null
}

/** A customer of an account, with what an import needs. */
export interface ListedCustomer extends NonNullable<SavedMethod['customer']> {
  email: string | null
  metadata: Record<string, string>
  /** The default payment method; null if there is none that can be charged. */
  methodId: string | null
  /** Why a default cannot be used: it has no payment method that can be named, or is of another type. */
  unsupported: 'source' | 'type' | null
}

export interface RefundInput {
  /** Minor units. */
  amount: number
  currency: string
  metadata: OurMetadata
  /** Our id of the refund; null for one that is not recorded here, as by a test helper. */
  refundId: string | null
}

export interface PaymentGateway {
  readonly name: GatewayName
  /** The account that its calls are made with. */
  readonly accountId: string
  /** Of the account; `proven` if undefined. */
  readonly ownership?: CustomerOwnership | undefined
  /** Whether the gateway identifies customers by our ids only. Then a customer cannot be mapped. */
  readonly usesOurCustomerIds?: boolean
  /** Creates a customer and returns its id. `details` that the gateway rejects are omitted. */
  createCustomer(metadata: OurMetadata, key: string, details?: CustomerDetails): Promise<string>
  /**
   * Clears what `createCustomer` sent of a customer with exactly this metadata; one that others made, or that was
   * deleted, is not changed. Absent if the gateway gets no details of customers.
   */
  eraseCustomer?(customerId: string, metadata: OurMetadata): Promise<void>
  /** Clears the address to which the receipt of a payment was sent. Absent if the gateway gets none. */
  eraseReceipt?(paymentId: string): Promise<void>
  /** Creates an object without moving money and returns its id. `amount` is 0 for a setup. */
  createObject(
    input: {
      kind: 'payment' | 'setup'
      customerId: string
      amount: number
      currency: string
      metadata: OurMetadata
      /** What was submitted. If nothing is charged, it may be the object itself. */
      reference: string
      details?: PaymentDetails
      /** As in `confirm`, for objects that are confirmed elsewhere. */
      challenge?: boolean
    },
    key: string,
  ): Promise<string>
  /**
   * Creates and pays an object in one call, as an alternative to `createObject` and `confirm`. Nothing can be read
   * before the response; a repeat with the same key returns the result of the first call. `id` is null if a decline
   * left no object. Absent if the gateway has no such call.
   */
  payInOneStep?(input: OneStepInput, key: string): Promise<{ id: string | null; reading: Reading }>
  /** Milliseconds for which the gateway is certain to remember the key of `payInOneStep`. */
  readonly keyLife?: number
  /** Reads the onboarding id of an object at the gateway. */
  onboardingOf?(object: ObjectHandle): Promise<string | null>
  /** Whether an object can no longer save a payment method once it was tried without its customer. */
  readonly offSessionPreventsSaving?: boolean
  /** Whether the submission itself is the setup object. Then each submission has its own. */
  readonly setupIsSubmission?: boolean
  /**
   * Starts an approval outside of our page and returns its token and URL. Absent if the payment method is entered on
   * our page.
   */
  openSession?(session: ApprovalSession, key: string): Promise<{ token: string; approveUrl: string }>
  /**
   * Returns the client secret of a setup for a form of the caller; null if the setup accepts no more input. Never
   * stored. Throws `refused` as `read` does.
   */
  formSecret?(setup: ObjectHandle & { kind: 'setup' }): Promise<string | null>
  /**
   * Lists the attempts on a caller's form, oldest first: declined by the bank, replaced by another method while the
   * bank waited for the customer (`abandoned`), or waiting for the customer or accepted (`asked`).
   */
  formTries?(
    setup: ObjectHandle & { kind: 'setup' },
  ): Promise<{ id: string; at: Date; state: 'declined' | 'abandoned' | 'asked'; code: DeclineCode | null }[]>
  /**
   * Lists the failed attempts on an object, oldest first, as in `formTries`. A payment that failed before the bank
   * received a charge is not included.
   */
  failedTries?(
    object: ObjectHandle,
  ): Promise<{ id: string; at: Date; state: 'declined' | 'abandoned'; code: DeclineCode | null }[]>
  readSession?(token: string): Promise<'waiting' | 'approved' | 'used' | 'gone'>
  /**
   * Exchanges an approved token for a reusable payment method. Others may already have the same method of the same
   * payer. Absent if `confirm` accepts the submission itself.
   */
  exchange?(token: string, key: string): Promise<{ id: string }>
  /**
   * Reads an object. Throws `refused` (`setupDiffers`) for a setup with other metadata, or saved for another purpose.
   */
  read(object: ObjectHandle): Promise<Reading>
  /**
   * Confirms an object with the submission. Returns a reading for a definite decline and throws for anything unclear.
   * `offSession`: without the customer. `keep`: false if the customer already has the method; otherwise the payment
   * saves it. `challenge`: requests authentication by the bank if supported.
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
  /** Returns whether a single-use token was used, and by which object. */
  readToken(token: string): Promise<{ usedBy: string | null; expired: boolean }>
  readMethod(methodId: string): Promise<SavedMethod>
  /** Returns the owner of a gateway customer, by its metadata. Throws `not_found`. */
  readCustomer(customerId: string): Promise<NonNullable<SavedMethod['customer']>>
  /**
   * Lists a page of the account's customers, after the customer `after`. `next` is the `after` of the next page; null
   * on the last one. Absent if the gateway has no such list.
   */
  listCustomers?(after?: string): Promise<{ customers: ListedCustomer[]; next: string | null }>
  /**
   * Cancels the object if it can still be paid, and returns its state: `dead`, `paid`, or undecided. `underWay`:
   * whether a call that pays it may still arrive, for which a gateway without cancellation must wait. Does not remove
   * saved methods.
   */
  close(object: ObjectHandle, key: string, underWay: boolean): Promise<Reading>
  /**
   * Refunds a part of a paid object, or all of it. `refundId` is our id of the refund, which `readRefunds` returns.
   * Throws `unexpected_state` if less is left, `disputed`, or `not_refundable` if the gateway never will.
   */
  refund(object: ObjectHandle, refund: RefundInput, key: string): Promise<GatewayRefund>
  /** Returns whether a paid object is disputed, at the bank or at the gateway. */
  isDisputed(object: ObjectHandle): Promise<boolean>
  /** What `listPage` can list. Absent if the gateway has no such lists. */
  readonly lists?: ListLimits
  /**
   * Lists a page of what was created in a period, after the page that ended with `after`. Returns `too_many` if the
   * gateway shows only shorter periods completely. Throws `refused` without permission, and `not_found` if `after` no
   * longer exists.
   */
  listPage?(list: ListName, period: Period, after: string | null): Promise<ListedPage | 'too_many'>
  /** Returns the id of the payment object of a listed transaction; null if there is none. Absent without such lists. */
  objectOfTransaction?(transactionId: string): Promise<string | null>
  /** Returns all refunds of an object, also those that others made. */
  readRefunds(object: ObjectHandle): Promise<GatewayRefund[]>
  /**
   * Detaches a saved method from its customer; succeeds if it no longer exists. Others may pay with the same method:
   * call this only after claiming its removal (`payments/methods/remove-method.ts`).
   */
  detachMethod(methodId: string, key: string): Promise<void>
  /** Reads what the customer must do now; null if nothing. */
  clientAction(object: ObjectHandle): Promise<ClientAction | null>
  /**
   * Verifies the signature of an event over its raw body. Throws if it is forged. Throws a GatewayError `refused` if an
   * operator must act: `endpoint_api_version` or `certificate_not_trusted`. `sender` is the network address: it limits
   * what one sender can make us fetch.
   */
  verifyEvent(rawBody: string, headers: Headers, sender: string): Promise<GatewayEvent>
  /**
   * Lists a page of the account's events that are read and were created in a period, after the page that ended with
   * `after`: what an endpoint gets, without one. Throws as `listPage`. Absent if the gateway has no such list.
   */
  listEvents?(period: Period, after: string | null): Promise<EventPage>
  /**
   * Registers a domain, so that the gateway's form shows wallets on its pages; can be repeated. Absent if wallets need
   * no registration. Throws the vendor's error, for an operator.
   */
  registerDomain?(domain: string): Promise<WalletOnDomain[]>
  /** What an account can do; for accounts that organizations connect. Absent in tests without a gateway. */
  readonly access?: AccountAccess
  /** Present if this is the installation's account, and accounts of organizations can be connected to it. */
  readonly platform?: Platform | undefined
  /** Present for a sandbox account of a gateway whose API can simulate customers and banks. */
  readonly testHelpers?: TestHelpers | undefined
}

/** Whether a wallet can be used on the pages of a domain, and the vendor's reason if it cannot. */
export interface WalletOnDomain {
  wallet: string
  status: 'active' | 'inactive'
  reason: string | null
}

/**
 * Simulates customers and banks for tests. All but `methodThat` throw TestHelperUnsupported if that is not possible.
 */
export interface TestHelpers {
  /** Returns the single-use token that a customer's form would submit. The same key returns the same token. */
  newToken(outcome: TestOutcome, key: string): Promise<string>
  /**
   * Returns a saved method that ends a challenge: confirming again with it succeeds or is declined. No vendor lets a
   * program complete the challenge itself.
   */
  methodThat(outcome: 'pays' | 'declined'): string
  /** Ends a payment that is processing. */
  decide(object: ObjectHandle, outcome: 'pays' | 'declined'): Promise<void>
  /** Disputes a paid object as its payer does. */
  dispute(object: ObjectHandle): Promise<void>
}

/** What the hosted page loads to show this gateway's form. */
export interface BrowserSide {
  /**
   * What the vendor's script is opened with, which differs between accounts: for one that is connected to a platform,
   * the platform's key, a space, and the gateway's id of the account.
   */
  publishableKey: string
  scriptUrl: string
  /** The sources that the vendor's Content Security Policy guide requires. */
  scriptSources: string[]
  frameSources: string[]
  connectSources: string[]
  imageSources: string[]
  styleSources: string[]
  /** Origins whose frames may request a payment from the browser (`payment` of the Permissions-Policy). */
  paymentOrigins: string[]
  /** Hosts that the form needs first. */
  preconnects: string[]
}

/** What a vendor's folder implements: it does not know our id of the account. */
export type VendorGateway = Omit<PaymentGateway, 'accountId'>

/** A gateway of one account. */
export interface OpenedGateway {
  gateway: VendorGateway
  browser: BrowserSide
}
