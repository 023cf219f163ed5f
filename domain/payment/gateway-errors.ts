/** How a call to a gateway failed, by what is known about its effect. */
export type GatewayErrorKind =
  /** The call may have been executed: timeout, broken connection, 5xx, or a first request still in progress. Read. */
  | 'unknown'
  /** Not executed; the same call can be sent again: rate limit. */
  | 'not_now'
  /** The gateway stored a failure for this key and returns it for every repeat. Read, then use the next number. */
  | 'stored_failure'
  /** The key was used with other parameters: our own bug, or a restored database. Read, then use the next number. */
  | 'key_reused'
  /** The submitted method cannot be used: expired, used elsewhere, detached. Not a decline. */
  | 'method_unusable'
  /** The object is not in the state that the call requires. Read. */
  | 'unexpected_state'
  | 'not_found'
  /** The payment is disputed: it cannot be refunded while the dispute is open. */
  | 'disputed'
  /** The gateway will never refund this payment in this way, for example because it is too old. */
  | 'not_refundable'
  /** The outcome can be neither read nor requested again: only an operator can determine it. */
  | 'undecidable'
  /** The gateway rejects our keys, permissions or parameters. Only an operator can fix it. */
  | 'refused'

/** Carries our kind and the vendor's code, never the vendor's message: it may contain personal data. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError'
  readonly kind: GatewayErrorKind
  readonly vendorCode: string
  /** Whether the account itself is rejected, its keys or a permission: no payment can begin with it. */
  readonly rejectsAccount: boolean

  /** For the log, besides the code; never a text of the vendor. */
  readonly detail: string | undefined

  /** For how many milliseconds the account has kept an earlier call waiting that takes this one's place. */
  readonly accountBusyFor: number

  constructor(
    kind: GatewayErrorKind,
    vendorCode: string,
    {
      rejectsAccount = false,
      detail,
      accountBusyFor = 0,
    }: { rejectsAccount?: boolean; detail?: string; accountBusyFor?: number } = {},
  ) {
    super(`gateway: ${kind} (${vendorCode})`)
    this.kind = kind
    this.vendorCode = vendorCode
    this.rejectsAccount = rejectsAccount
    this.detail = detail
    this.accountBusyFor = accountBusyFor
  }
}

/** The vendor code of a `refused` for a setup with other metadata than ours, or saved for another purpose. */
export const setupDiffers = 'setup_differs'

/** Returns whether an error is a GatewayError, of one of these kinds if any are given. */
export const isGatewayError = (error: unknown, ...kinds: GatewayErrorKind[]): error is GatewayError =>
  error instanceof GatewayError && (kinds.length === 0 || kinds.includes(error.kind))

/** Returns whether a setup was refused as `setupDiffers`: no money is at stake, and a new setup can be started. */
export const isOtherSetup = (error: unknown): boolean =>
  isGatewayError(error, 'refused') && error.vendorCode === setupDiffers
