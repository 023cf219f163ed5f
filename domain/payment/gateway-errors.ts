/** How a call to a gateway failed, by what is known afterwards. */
export type GatewayErrorKind =
  /** Nobody knows whether it was carried out: time-out, cut connection, 5xx, a first try that still runs. Read. */
  | 'unknown'
  /** Not carried out, and may be sent again as it is: rate limit. */
  | 'not_now'
  /** The gateway keeps a failure under this key: it will answer the same for ever. Read, then take the next number. */
  | 'stored_failure'
  /** The key was used with other parameters: a bug of ours, or a restored database. Read, then take the next number. */
  | 'key_reused'
  /** What was submitted cannot be used (any more): expired, used elsewhere, detached. Not a decline. */
  | 'method_unusable'
  /** The object is not in the state that the call needs. Read. */
  | 'unexpected_state'
  | 'not_found'
  /** A dispute holds the money: it cannot be returned while that is open. */
  | 'disputed'
  /** The outcome can neither be read nor be asked for again: only a person can find it out. */
  | 'undecidable'
  /** The gateway does not accept us: keys, permissions, parameters. Only a person can mend it. */
  | 'refused'

/** Carries a code of ours and of the vendor, never a message of the vendor's: that may hold personal data. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError'
  readonly kind: GatewayErrorKind
  readonly vendorCode: string

  constructor(kind: GatewayErrorKind, vendorCode: string) {
    super(`gateway: ${kind} (${vendorCode})`)
    this.kind = kind
    this.vendorCode = vendorCode
  }
}

/** What a `refused` says where a set-up is not as we made it: another's by its metadata, or saved for another purpose. */
export const setupDiffers = 'setup_differs'

export const isGatewayError = (error: unknown, ...kinds: GatewayErrorKind[]): error is GatewayError =>
  error instanceof GatewayError && (kinds.length === 0 || kinds.includes(error.kind))

/** Whether a set-up was refused because it is not as we made it: no money is at stake, and another can be begun. */
export const isOtherSetup = (error: unknown): boolean =>
  isGatewayError(error, 'refused') && error.vendorCode === setupDiffers
