import { withoutCardNumber } from '../text/card-numbers.ts'
import { withCodePoints } from '../text/free-text.ts'
import { truncate } from '../text/truncate.ts'

/** Error codes in domain terms. They are part of the API. */
export type FailureCode =
  | 'invalid_request'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'conflict'
  | 'payment_declined'
  | 'gone'
  | 'too_large'
  | 'unsupported_media_type'
  | 'too_many_requests'
  | 'idempotency_mismatch'
  | 'idempotency_in_progress'
  | 'unavailable'

/**
 * Machine-readable reasons of a 409: the `code` of the native API. Other doors use the terms of their own
 * documentation.
 */
export const conflictCodes = [
  'external_id_taken',
  'customer_not_deletable',
  'parent_cycle',
  'no_live_onboarding',
  'onboarding_closing',
  'billing_customer_pending',
  'billing_customer_suspended',
  'billing_customer_closed',
  'billing_customer_enrolled',
  'payment_in_progress',
  'payment_submitted',
  'already_paid',
  'nothing_to_charge',
  'too_many_attempts',
  'payment_method_used',
  'payment_method_missing',
  'setup_over',
  'gateway_missing',
  'gateway_refused',
  'mapped_customer_not_ours',
  'settings_mismatch',
  'charge_not_resolvable',
  'charge_not_refundable',
  'refund_exceeds_charge',
  'api_key_ended',
  'limit_reached',
  'link_usable',
  'first_try_ended',
  'test_not_possible',
  'endpoint_disabled',
  'push_endpoint',
  'pull_endpoint',
  'bulk_onboarding_state',
  'rows_invalid',
  'gateway_keys_missing',
  'gateway_account_exists',
  'gateway_account_active',
  'gateway_account_differs',
  'gateway_account_other_auth',
  'gateway_account_not_connected',
  'gateway_connect_unavailable',
] as const
export type ConflictCode = (typeof conflictCodes)[number]

/** An invalid field and what a valid value is. */
export interface WrongField {
  param: string
  message: string
}

export interface FailureOptions {
  param?: string
  retryAfter?: number
  cause?: unknown
  fields?: WrongField[]
  existingId?: string
  billingCustomerId?: string
  deletion?: Deletion
}

/** When a customer was deleted, when its personal data is to be erased, and when that was done. */
export interface Deletion {
  deletedAt: Date
  /** Null if it was deleted before erasure existed, and no worker has set it yet. */
  eraseAt: Date | null
  erasedAt: Date | null
}

/**
 * Returns the name of a field as an error shows it: short, without anything that looks like a card number, and with
 * the code points of invisible characters, with which it would look like the name of another field.
 */
const shownParam = (param: string): string => truncate(withCodePoints(withoutCardNumber(param)), 200)

/** Maximum number of invalid fields in one error. A body can have a hundred thousand. */
export const mostFields = 20

const bounded = ({ param, message }: WrongField): WrongField => ({
  param: shownParam(param),
  message: truncate(message, 500),
})

/**
 * An error for the caller: `param` names the field, `message` says what a valid value is. Its texts are well-formed and
 * short, regardless of the caller's input.
 */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly code: FailureCode
  readonly param: string | undefined
  /** Seconds after which a retry can succeed. */
  readonly retryAfter: number | undefined
  /** The reason of the conflict, if `code` is `conflict`. */
  readonly conflict: ConflictCode | undefined
  /** The id of the conflicting object, in the native form. */
  readonly existingId: string | undefined
  /** The billing customer that the call was about, for doors that name it in errors. */
  readonly billingCustomerId: string | undefined
  /** The deletion of the customer that the call was about, if `code` is `gone` for that reason. */
  readonly deletion: Deletion | undefined
  /**
   * Every invalid field; the first one is also `param` and `message`. Names come from the caller, so anything in them
   * that looks like a card number is removed.
   */
  readonly fields: WrongField[]

  constructor(code: 'conflict', message: string, options: FailureOptions & { conflict: ConflictCode })
  constructor(code: Exclude<FailureCode, 'conflict'>, message: string, options?: FailureOptions)
  constructor(code: FailureCode, message: string, options: FailureOptions & { conflict?: ConflictCode } = {}) {
    super(truncate(message, 500), options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.param = options.param === undefined ? undefined : shownParam(options.param)
    this.retryAfter = options.retryAfter
    this.conflict = options.conflict
    this.existingId = options.existingId
    this.billingCustomerId = options.billingCustomerId
    this.deletion = options.deletion
    const fields = options.fields ?? (options.param ? [{ param: options.param, message }] : [])
    this.fields = fields.slice(0, mostFields).map(bounded)
  }

  /** Returns a copy of this error with changes; `param: undefined` removes the field name. */
  with(
    changes: Pick<FailureOptions, 'existingId' | 'billingCustomerId'> & {
      param?: string | undefined
      message?: string
    },
  ): Failure {
    const { code, message, param, retryAfter, conflict, existingId, billingCustomerId, deletion } = this
    const kept = { param, retryAfter, conflict, existingId, billingCustomerId, deletion }
    const same = { ...kept, ...changes, cause: this as unknown }
    const options = Object.fromEntries(Object.entries(same).filter(([, value]) => value !== undefined))
    return new Failure(code as 'conflict', changes.message ?? message, options as { conflict: ConflictCode })
  }
}

/** Creates a `not_found` error for an object of this kind. */
export const notFound = (what: string, param?: string) =>
  new Failure('not_found', `${what} not found`, param ? { param } : {})
/** Creates an `invalid_request` error. `message` says what a valid value is. */
export const invalid = (param: string, message: string) => new Failure('invalid_request', message, { param })

/** Seconds within which a conflict ends by itself. */
const endsWithin: Partial<Record<ConflictCode, number>> = { onboarding_closing: 5 }

/** Creates a conflict error. `retryAfter` is in seconds and set only if waiting alone resolves the conflict. */
export const conflict = (code: ConflictCode, param: string, message: string, retryAfter = endsWithin[code]) =>
  new Failure('conflict', message, { param, conflict: code, ...(retryAfter === undefined ? {} : { retryAfter }) })
