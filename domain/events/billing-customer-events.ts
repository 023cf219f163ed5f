import {
  actorKey,
  apiKeyIfAny,
  changed,
  event,
  flag,
  id,
  nullable,
  oneOf,
  personalText,
  sometimes,
  text,
  whole,
} from './event-fields.ts'

const attempt = whole('The number of the attempt within its onboarding', 1)
const enrollment = {
  enrollment_id: id('enrollment', 'The enrollment'),
  billable_item_id: id('billableItem', 'The item'),
  ...apiKeyIfAny,
}
const linkLife = 'The life of the link in seconds, from now'

/** Events of a billing customer and its setup. */
export const billingCustomerEvents = {
  'billing_customer.created': event('The record of a contact was created.', apiKeyIfAny),
  'billing_customer.updated': event('The billing customer or its live onboarding was changed.', {
    changed: changed('notes', 'page.return_url'),
    ...actorKey,
  }),
  'billing_customer.setup_started': event('An onboarding began: the customer can open the setup link.', {
    n: whole('The number of the onboarding within its billing customer', 1),
  }),
  'billing_customer.setup_reminder': event('A reminder is due: send the customer the setup link again.', {
    number: whole('The number of the reminder', 1),
  }),
  'billing_customer.setup_link_requested': event(
    'The customer asked for a new setup link on the page of an expired one, at most once per link.',
  ),
  'billing_customer.setup_link_replaced': event('The setup link was replaced; the old one no longer works.', {
    seconds: sometimes(whole(`${linkLife}; absent if the setting link_life_seconds applied`, 86_400)),
    ...apiKeyIfAny,
  }),
  'billing_customer.setup_link_extended': event('The setup link expires later.', {
    seconds: whole(linkLife, 86_400),
    ...apiKeyIfAny,
  }),
  'billing_customer.requires_action': event("The customer's bank requires an action, such as 3-D Secure.", { attempt }),
  'billing_customer.payment_failed': event('A payment attempt failed. The customer can try again.', {
    attempt,
    code: nullable(
      text(100, 'Why (docs/declines.md); null if another card was tried while the bank asked', 'insufficient_funds'),
    ),
    counts: flag('Whether it counts toward the limits on unsuccessful attempts'),
  }),
  'billing_customer.guard_tripped': event('A limit that protects against card testing was reached.', {
    limit: oneOf(['link', 'contact', 'refused', 'address', 'organization'], 'The limit'),
  }),
  'billing_customer.payment_method_removed': event(
    'The billing customer no longer has a saved payment method: it was removed here or at the gateway.',
    apiKeyIfAny,
  ),
  'billing_customer.payment_method_updated': event('The bank issued a new card for the saved payment method.', {
    label: personalText(255, 'How the method is shown', 'Visa •••• 4242'),
  }),
  'billing_customer.payment_method_replaced': event('A replacement saved another payment method.'),
  'billing_customer.replacement_started': event('A replacement of the payment method began.', apiKeyIfAny),
  'billing_customer.activated': event('The billing customer is active and can be charged.'),
  'billing_customer.enrolled': event('The billing customer was enrolled in an item.', enrollment),
  'billing_customer.enrollment_canceled': event('An enrollment was canceled.', enrollment),
  'billing_customer.suspended': event('An active billing customer was suspended.', apiKeyIfAny),
  'billing_customer.restored': event('A suspended billing customer is active again.', apiKeyIfAny),
  'billing_customer.closed': event(
    'A billing customer was closed: its enrollments are canceled and its payment method is removed.',
    {
      reason: personalText(500, 'The specified reason', 'The contract has ended'),
      refund_initial: flag('Whether the rest of its initial charge is refunded'),
      ...apiKeyIfAny,
    },
  ),
  'billing_customer.evidence_retrieved': event(
    'What is recorded about the billing customer was retrieved, for a dispute.',
    apiKeyIfAny,
  ),
  'billing_customer.reopened': event('A closed billing customer is pending again, with a new onboarding.', apiKeyIfAny),
}
