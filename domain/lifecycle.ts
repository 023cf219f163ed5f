export type Environment = 'live' | 'sandbox'
export type GatewayName = 'stripe' | 'paypal'
export const gatewayNames: readonly GatewayName[] = ['stripe', 'paypal']

export type BillingCustomerStatus = 'pending' | 'active' | 'suspended'

/** Why an onboarding is on its way out without success. The first reason wins, but `canceled` replaces `expired`. */
export type Closing = 'expired' | 'canceled' | 'failed'
export type Result = 'completed' | Closing

/** Whom the onboarding waits for, where a person could see it wait. */
export type BlockedOn = 'customer' | 'gateway' | 'operator'

export const stepNames = ['record', 'payment_method', 'initial_charge', 'activation', 'enrollment'] as const
export type StepName = (typeof stepNames)[number]
export type StepState = 'waiting' | 'running' | 'done' | 'skipped' | 'failed'

export type AttemptState = 'open' | 'needs_customer' | 'processing' | 'paid' | 'declined' | 'void' | 'abandoned'
export type ObjectState = 'creating' | 'open' | 'paid' | 'dead'
export type ChargeState =
  'open' | 'unknown' | 'canceled' | 'succeeded' | 'refund_pending' | 'refunded' | 'refund_failed' | 'kept'

/** States in which an initial charge stands in the way of another one (the unique index says the same). */
export const unsettledChargeStates: readonly ChargeState[] = [
  'open',
  'unknown',
  'succeeded',
  'refund_pending',
  'refund_failed',
]
