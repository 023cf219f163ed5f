import { apiKeyIfAny, event, oneOf, personalText, text, whole } from './event-fields.ts'

const reason = personalText(500, 'The specified reason', 'Agreed with the customer')

/** Events of an onboarding, and of the replacement of a payment method. */
export const onboardingEvents = {
  'onboarding.completed': event('The onboarding completed: charged, active and enrolled as asked.'),
  'onboarding.canceling': event('A cancellation was requested. What was paid is refunded before it ends.', {
    reason,
    ...apiKeyIfAny,
  }),
  'onboarding.clock_advanced': event('In the sandbox, a test helper moved the times of the onboarding.', {
    seconds: whole('By how many seconds', 86_400),
    ...apiKeyIfAny,
  }),
  'onboarding.retried': event('A waiting onboarding was told to retry now.', apiKeyIfAny),
  'onboarding.initial_charge_waived': event('The initial charge was waived.', { reason, ...apiKeyIfAny }),
  'onboarding.initial_amount_changed': event('The initial charge was changed.', {
    amount: whole("The new amount in minor units of the onboarding's currency", 2000),
    reason,
    ...apiKeyIfAny,
  }),
  'onboarding.price_change_refused': event('A change of the initial charge came too late.', {
    why: oneOf(['paid'], 'The old amount was already paid'),
  }),
  'onboarding.expired': event('The setup link expired before the customer completed the setup.'),
  'onboarding.canceled': event('The onboarding was canceled.'),
  'onboarding.failed': event('The onboarding failed, for example because its item was withdrawn.'),
  'onboarding.needs_person': event('An operator must act, once per reason and charge.', {
    reason: text(100, 'The reason, followed by a slash and the id of the charge if it is about one', 'refund_failed'),
    what_to_do: text(1000, 'What to do', 'The refund failed: return the money by hand, …'),
  }),
  'replacement.expired': event('The link to replace the payment method expired.'),
  'replacement.canceled': event('The replacement of the payment method was canceled.'),
  'replacement.failed': event('The replacement of the payment method failed.'),
}
