/** What can go wrong for a caller, in the words of the business. The codes are part of the API. */
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
  | 'too_many_requests'
  | 'idempotency_mismatch'
  | 'idempotency_in_progress'
  | 'unavailable'

/** A field and what would be right. */
export interface WrongField {
  param: string
  message: string
}

/** A refusal that a caller can understand: `param` names the field, `message` says what would be right. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly code: FailureCode
  readonly param: string | undefined
  /** Seconds after which asking again makes sense. */
  readonly retryAfter: number | undefined
  /** Every wrong field, where more than one is known to be; the first is also `param` and `message`. */
  readonly fields: WrongField[]

  constructor(
    code: FailureCode,
    message: string,
    options: { param?: string; retryAfter?: number; cause?: unknown; fields?: WrongField[] } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.param = options.param
    this.retryAfter = options.retryAfter
    this.fields = options.fields ?? (options.param ? [{ param: options.param, message }] : [])
  }
}

export const notFound = (what: string, param?: string) =>
  new Failure('not_found', `${what} not found`, param ? { param } : {})
export const invalid = (param: string, message: string) => new Failure('invalid_request', message, { param })
export const conflict = (param: string, message: string) => new Failure('conflict', message, { param })
