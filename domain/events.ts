/** What can happen to a billing customer, its onboardings and its charges. */
export type EventType =
  | 'billing_customer.created'
  | 'billing_customer.setup_started'
  | 'billing_customer.setup_reminder'
  | 'billing_customer.setup_link_requested'
  | 'billing_customer.setup_link_replaced'
  | 'billing_customer.setup_link_extended'
  | 'billing_customer.requires_action'
  | 'billing_customer.payment_failed'
  | 'billing_customer.activated'
  | 'billing_customer.enrolled'
  | 'billing_customer.suspended'
  | 'billing_customer.restored'
  | 'onboarding.completed'
  | 'onboarding.canceling'
  | 'onboarding.retried'
  | 'onboarding.expired'
  | 'onboarding.canceled'
  | 'onboarding.failed'
  | 'onboarding.needs_person'
  | 'charge.succeeded'
  | 'charge.canceled'
  | 'charge.refund_requested'
  | 'charge.refunded'
  | 'charge.refund_failed'

/** Who caused an event: us, the customer on the page, an API client, or an operator with a name of theirs. */
export type Actor = 'system' | 'customer' | 'api' | `operator${string}`
