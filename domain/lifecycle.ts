export type Environment = 'live' | 'sandbox'
export const gatewayNames = ['stripe', 'paypal'] as const
export type GatewayName = (typeof gatewayNames)[number]
/** The default gateway. It supports every currency. */
export const defaultGateway: GatewayName = gatewayNames[0]

/** Returns the gateway of what names none: the default if it is offered or none is, otherwise the first that is. */
export const usualGateway = (offered: readonly GatewayName[]): GatewayName =>
  offered.includes(defaultGateway) ? defaultGateway : (offered[0] ?? defaultGateway)

/** `closed`: ended for good. Asked for again, it is `pending` with its next onboarding. */
export const billingCustomerStatuses = ['pending', 'active', 'suspended', 'closed'] as const
export type BillingCustomerStatus = (typeof billingCustomerStatuses)[number]

/** Whether an onboarding is under way, or begins, when such a billing customer is asked for. */
export const isOnboardedWhenAsked = (status: BillingCustomerStatus): boolean =>
  status === 'pending' || status === 'closed'

/** A replacement is an onboarding that charges nothing and replaces the payment method of an active customer. */
export const onboardingKinds = ['onboarding', 'replacement'] as const
export type OnboardingKind = (typeof onboardingKinds)[number]

/** Why an onboarding ends without success. The first reason applies, but `canceled` replaces `expired`. */
export type Closing = 'expired' | 'canceled' | 'failed'
export const results = ['completed', 'expired', 'canceled', 'failed'] as const
export type Result = (typeof results)[number]

/** Whom the onboarding waits for. */
export type BlockedOn = 'customer' | 'gateway' | 'operator'

export const stepNames = ['record', 'payment_method', 'initial_charge', 'activation', 'enrollment'] as const
export type StepName = (typeof stepNames)[number]
export type StepState = 'waiting' | 'running' | 'done' | 'skipped' | 'failed'

/**
 * Where a submitted payment method comes from: the hosted page; a call or form of the caller, who obtained the consent;
 * or it was saved at the gateway before and is brought along.
 */
export const methodSources = ['page', 'api', 'imported'] as const
export type MethodSource = (typeof methodSources)[number]

export type AttemptState = 'open' | 'needs_customer' | 'processing' | 'paid' | 'declined' | 'void' | 'abandoned'
export type ObjectState = 'creating' | 'open' | 'paid' | 'dead'
export const chargeStates = [
  'open',
  'unknown',
  'canceled',
  'succeeded',
  'refund_pending',
  'refunded',
  'refund_failed',
  'kept',
] as const
export type ChargeState = (typeof chargeStates)[number]
/** States in which a charge may still be paid, or in which money has moved and may still be refunded. */
export const unsettledChargeStates: readonly ChargeState[] = [
  'open',
  'unknown',
  'succeeded',
  'refund_pending',
  'refund_failed',
]

/** `canceled`: it was not made, because the charge had been refunded at the gateway in the meantime. */
export const refundStates = ['pending', 'succeeded', 'failed', 'canceled'] as const
export type RefundState = (typeof refundStates)[number]
/**
 * Why there is a refund: an API request, an onboarding that did not complete, the setting `initial_charge_policy`, or
 * someone at the gateway.
 */
export const refundSources = ['request', 'undo', 'policy', 'gateway'] as const
export type RefundSource = (typeof refundSources)[number]

/** Why a submission is not accepted. */
export const submissionRefusals = [
  'ended',
  'suspended',
  'expired',
  'price_changed',
  'account_changed',
  'busy',
  'too_many_attempts',
  'cool_down',
  'slow_down',
  'reference_used',
  'method_removed',
] as const
export type SubmissionRefusal = (typeof submissionRefusals)[number]
