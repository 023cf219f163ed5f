// The exact texts of PayPal's OpenAPI documents, including double spaces and missing periods: its schemas require them.
const texts: Record<string, string> = {
  INVALID_PARAMETER_SYNTAX: 'The value of a field does not conform to the expected format.',
  INVALID_STRING_LENGTH: 'The value of a field is either too short or too long',
  MALFORMED_REQUEST_JSON: 'The request JSON is not well formed.',
  MISSING_REQUIRED_PARAMETER: 'A required parameter is missing.',
  NOT_SUPPORTED: 'This field is not currently supported.',
  PAYPAL_REQUEST_ID_REQUIRED:
    "A PayPal-Request-Id is required if you are trying to process payment for an Order. Please specify a PayPal-Request-Id or Create the Order without a 'payment_source' specified.",
  INCOMPATIBLE_PARAMETER_VALUE: 'The value of the field is incompatible/redundant with other fields in the order.',
  PERMISSION_DENIED: 'You do not have permission to access or perform operations on this resource.',
  INVALID_RESOURCE_ID: 'Specified resource ID does not exist. Please check the resource ID and try again.',
  PREVIOUS_REQUEST_IN_PROGRESS:
    'A previous request on this resource is currently in progress. Please wait for sometime and try again. It is best to space out the initial and the subsequent request(s) to avoid receiving this error.',

  CANNOT_BE_ZERO_OR_NEGATIVE:
    'Must be greater than zero. If the currency supports decimals, only two decimal place precision is supported.',
  DECIMAL_PRECISION: 'If the currency supports decimals, only two decimal place precision is supported.',
  INVALID_CURRENCY_CODE:
    'Currency code is invalid or is not currently supported. Please refer https://developer.paypal.com/api/rest/reference/currency-codes/ for list of supported currency codes.',

  CARD_EXPIRED: 'The card is expired',
  INSTRUMENT_DECLINED:
    "The instrument presented  was either declined by the processor or bank, or it can't be used for this payment.",
  MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED: 'You have exceeded the maximum number of payment attempts.',
  PAYER_CANNOT_PAY: 'Combination of payer and payee settings mean that this buyer cannot pay this seller.',
  PAYMENT_SOURCE_DECLINED_BY_PROCESSOR:
    'The provided payment source is declined by the processor. Please try again with a different payment source by creating a new order.',
  REDIRECT_PAYER_FOR_ALTERNATE_FUNDING: 'Transaction failed. Redirect the payer to select another funding source.',
  TRANSACTION_LIMIT_EXCEEDED: 'Total payment amount exceeded transaction limit.',
  TRANSACTION_REFUSED: 'The request was refused.',

  CONSENT_NEEDED: 'CONSENT_NEEDED',
  PAYER_ACTION_REQUIRED: 'Transaction cannot complete successfully, instruct the buyer to return to PayPal.',

  AGREEMENT_ALREADY_CANCELLED: 'The requested agreement is already canceled.',
  BILLING_AGREEMENT_NOT_FOUND: 'The requested Billing Agreement token was not found.',
  TOKEN_EXPIRED: 'The token is expired and cannot be used for payment.',
  TOKEN_ID_NOT_FOUND: 'Specified token was not found. Verify the token and try the request again.',

  DOMESTIC_TRANSACTION_REQUIRED:
    'This transaction requires the payee and payer to be resident in the same country, a domestic transaction is required to create this payment.',
  PAYMENT_SOURCE_CANNOT_BE_USED:
    'The provided payment source cannot be used to pay for the order. Please try again with a different payment source by creating a new order.',
  PAYMENT_SOURCE_INFO_CANNOT_BE_VERIFIED:
    'The combination of the payment_source name, billing address, shipping name and shipping address could not be verified. Please correct this information and try again by creating a new order.',
  COMPLIANCE_VIOLATION: 'Transaction is declined due to compliance violation.',
  PAYER_ACCOUNT_LOCKED_OR_CLOSED: 'The payer account cannot be used for this transaction.',
  PAYER_ACCOUNT_RESTRICTED: 'PAYER_ACCOUNT_RESTRICTED',
  TRANSACTION_BLOCKED_BY_PAYEE: 'Transaction blocked by Payee’s Fraud Protection settings.',

  PAYEE_ACCOUNT_LOCKED_OR_CLOSED: 'The merchant account is locked or closed.',
  PAYEE_ACCOUNT_RESTRICTED: 'The merchant account is restricted.',
  PAYEE_BLOCKED_TRANSACTION: 'The Fraud settings for this seller are such that this payment cannot be executed.',

  DUPLICATE_INVOICE_ID:
    'Duplicate Invoice ID detected. To avoid a potential duplicate transaction your account setting requires that Invoice Id be unique for each transaction.',
  ORDER_ALREADY_CAPTURED: "Order already captured.If 'intent=CAPTURE' only one capture per order is allowed.",
  ORDER_COMPLETION_IN_PROGRESS:
    'The order was created with processing_instruction of ORDER_COMPLETE_ON_PAYMENT_APPROVAL. The customer has approved the payment and PayPal is still in the process of capturing the order on your behalf as instructed. Please try your request again.',
  ORDER_NOT_APPROVED:
    "Payer has not yet approved the Order for payment. Please redirect the payer to the 'rel':'approve' url returned as part of the HATEOAS links within the Create Order call or provide a valid `payment_source` in the request.",

  CAPTURE_FULLY_REFUNDED: 'The capture has already been fully refunded',
  PENDING_CAPTURE:
    'Cannot initiate a refund as the capture is pending. Capture is typically pending when the payer has funded the transaction using e-check/bank funded.',
  REFUND_AMOUNT_EXCEEDED:
    'The refund amount must be less than or equal to the capture amount that has not yet been refunded.',
  REFUND_CAPTURE_CURRENCY_MISMATCH: 'Refund must be in the same currency as the capture',
  REFUND_FAILED_INSUFFICIENT_FUNDS:
    'Capture could not be refunded due to insufficient funds. Please check to see if you have sufficient funds in your PayPal account or if the bank account linked to your PayPal account is verified and has sufficient funds.',
  REFUND_NOT_ALLOWED: 'Capture cannot be refunded.',
  REFUND_TIME_LIMIT_EXCEEDED: 'You are over the time limit to perform a refund on this capture',

  // Not in the documents; seen in responses of the vendor.
  ORDER_ALREADY_COMPLETED: 'Order already completed.',
  PAYPAL_REQUEST_ID_PREVIOUSLY_USED:
    'PayPal-Request-Id header was previously used with a different request. Use another id for this request.',
  DUPLICATE_REQUEST_ID: 'The value of PayPal-Request-Id header has already been used',
  TOKEN_NOT_APPROVED: 'The setup token was not approved by the payer.',
  TOKEN_ALREADY_USED: 'The setup token was already exchanged for a payment token.',
}

const byOperation: Record<string, Record<string, string>> = {
  capture: {
    MISSING_REQUIRED_PARAMETER: 'A required field / parameter is missing',
    PAYER_CANNOT_PAY:
      'Payer cannot pay for this transaction. Please contact the payer to find other ways to pay for this transaction.',
  },
  refund: {
    DUPLICATE_INVOICE_ID: 'Invoice ID was previously used to refund a capture.',
    TRANSACTION_DISPUTED:
      'Partial refunds cannot be offered at this time because there is an open case on this transaction. Visit the PayPal Resolution Center to review this case.',
    PAYEE_ACCOUNT_LOCKED_OR_CLOSED: 'Transaction could not complete because payee account is locked or closed.',
    PAYEE_ACCOUNT_RESTRICTED: 'Payee account is restricted.',
  },
}

/** Returns the text of an issue. An unknown issue returns its name, so that an invented one is recognizable. */
export function textOf(issue: string, operation = 'create'): string {
  const own = (table: Record<string, string> | undefined) =>
    table && Object.hasOwn(table, issue) ? table[issue] : undefined
  return own(byOperation[operation]) ?? own(texts) ?? issue
}
