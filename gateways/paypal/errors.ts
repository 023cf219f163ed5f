import { ApiError, ArgumentsValidationError } from '@paypal/paypal-server-sdk'
import type { DeclineCode } from '../../domain/payment/declines.ts'
import { GatewayError, isGatewayError } from '../../domain/payment/gateway-errors.ts'
import { cannotBeSent } from '../cannot-be-sent.ts'

const setOf = (names: string) => new Set(names.split(/\s+/))

// developer.paypal.com/api/handle-payment-failures, and the issues in the Orders v2 and Payments v2 reference.
const fundingDeclined = setOf(`INSTRUMENT_DECLINED PAYER_CANNOT_PAY CARD_EXPIRED PAYMENT_SOURCE_DECLINED_BY_PROCESSOR
  TRANSACTION_REFUSED TRANSACTION_LIMIT_EXCEEDED MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED
  REDIRECT_PAYER_FOR_ALTERNATE_FUNDING DECLINED_DUE_TO_RELATED_TXN PAYMENT_SOURCE_CANNOT_BE_USED`)
const approvalNeeded = setOf('PAYER_ACTION_REQUIRED CONSENT_NEEDED')
const accountRefused = setOf(`PAYER_ACCOUNT_LOCKED_OR_CLOSED PAYER_ACCOUNT_RESTRICTED TRANSACTION_BLOCKED_BY_PAYEE
  COMPLIANCE_VIOLATION DOMESTIC_TRANSACTION_REQUIRED PAYMENT_SOURCE_INFO_CANNOT_BE_VERIFIED`)
// The merchant's account, or what PayPal has enabled for it (issues in the Orders v2 and Vault v3 reference).
const merchantRefused = setOf(`PAYEE_ACCOUNT_INVALID PAYEE_ACCOUNT_LOCKED_OR_CLOSED PAYEE_ACCOUNT_RESTRICTED
  PAYEE_ACCOUNT_NOT_SUPPORTED PAYEE_ACCOUNT_NOT_VERIFIED NOT_ENABLED_TO_VAULT_PAYMENT_SOURCE PERMISSION_NOT_GRANTED`)
const methodUnusable = setOf(`TOKEN_ID_NOT_FOUND TOKEN_EXPIRED TOKEN_NOT_APPROVED TOKEN_ALREADY_USED
  AGREEMENT_ALREADY_CANCELLED BILLING_AGREEMENT_NOT_FOUND BILLING_AGREEMENT_ID_MISMATCH
  MISMATCHED_VAULT_ID_TO_PAYMENT_SOURCE`)
const otherState = setOf(`ORDER_ALREADY_CAPTURED ORDER_ALREADY_COMPLETED ORDER_ALREADY_AUTHORIZED
  ORDER_COMPLETED_OR_VOIDED ORDER_COMPLETION_IN_PROGRESS ORDER_EXPIRED DUPLICATE_INVOICE_ID CAPTURE_FULLY_REFUNDED
  REFUND_AMOUNT_EXCEEDED PENDING_CAPTURE`)
const notRefundable = setOf(`REFUND_TIME_LIMIT_EXCEEDED REFUND_NOT_ALLOWED PARTIAL_REFUND_NOT_ALLOWED
  REFUND_AMOUNT_TOO_LOW MAX_NUMBER_OF_REFUNDS_EXCEEDED`)
const disputed = setOf('TRANSACTION_DISPUTED REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK')
const keyReused = setOf('PAYPAL_REQUEST_ID_PREVIOUSLY_USED DUPLICATE_REQUEST_ID')

/**
 * Returns the name and the issue of an error response. They come from its text, because the SDK sets `result` only for
 * documented statuses. Anything that does not look like a name is dropped: it could be personal data.
 */
export function refusalOf(error: ApiError): { name: string; issue: string } {
  const fallback = `http_${error.statusCode}`
  try {
    const body = JSON.parse(String(error.body)) as { name?: unknown; details?: { issue?: unknown }[] | null }
    const name = asName(body.name) ?? fallback
    return { name, issue: asName(body.details?.[0]?.issue) ?? name }
  } catch {
    return { name: fallback, issue: fallback }
  }
}

const asName = (value: unknown) =>
  typeof value === 'string' && /^[A-Z][A-Z0-9_]{1,79}$/.test(value) ? value : undefined

/** Returns what a rejected payment means to the customer; undefined if it is not a decline. */
export function declineOf(error: unknown): { code: DeclineCode; issue: string } | undefined {
  if (!(error instanceof ApiError) || error.statusCode < 400 || error.statusCode >= 500) return undefined
  const { issue } = refusalOf(error)
  if (fundingDeclined.has(issue)) return { code: 'paypal_declined', issue }
  if (approvalNeeded.has(issue)) return { code: 'paypal_approval_needed', issue }
  if (accountRefused.has(issue)) return { code: 'paypal_account', issue }
  return undefined
}

/** Converts an SDK error to a GatewayError. The vendor's message is dropped: it can contain personal data. */
export function toGatewayError(error: unknown): unknown {
  if (error instanceof GatewayError) return error
  if (error instanceof ArgumentsValidationError) return new GatewayError('refused', 'arguments')
  if (cannotBeSent(error)) return new GatewayError('refused', 'cannot_be_sent', { rejectsAccount: true })
  // Broken, late, too large or unreadable responses: the SDK throws many classes, some with the body as message.
  if (!(error instanceof ApiError)) return new GatewayError('unknown', 'no_answer')
  const { issue } = refusalOf(error)
  const status = error.statusCode
  if (status === 429) return new GatewayError('not_now', issue)
  // 409: the first request with this id is in progress. 3xx and below: the response is not from PayPal.
  if (status >= 500 || status === 408 || status === 409 || status < 400) return new GatewayError('unknown', issue)
  if (keyReused.has(issue)) return new GatewayError('key_reused', issue)
  if (methodUnusable.has(issue)) return new GatewayError('method_unusable', issue)
  if (notRefundable.has(issue)) return new GatewayError('not_refundable', issue)
  if (disputed.has(issue)) return new GatewayError('disputed', issue)
  if (otherState.has(issue)) return new GatewayError('unexpected_state', issue)
  if (status === 404) return new GatewayError('not_found', issue)
  return new GatewayError('refused', issue, {
    rejectsAccount: status === 401 || status === 403 || merchantRefused.has(issue),
  })
}

/** Treats "not found" as success of a deletion. */
export async function ignoreNotFound(work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!isGatewayError(error, 'not_found', 'method_unusable')) throw error
  }
}

/** Converts `not_found` to another kind, for calls that name only one object. */
export async function whereMissing<T>(kind: GatewayError['kind'], work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw isGatewayError(error, 'not_found') ? new GatewayError(kind, error.vendorCode) : error
  }
}
