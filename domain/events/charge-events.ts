import { apiKeyIfAny, event, flag, id, newer, oneOf, sometimes, text, whole } from './event-fields.ts'

const charge = {
  charge_id: id('charge', 'The charge'),
  amount: newer(whole('The amount of the charge in minor units', 1500)),
  currency: newer(text(3, 'ISO 4217', 'USD')),
}

/** Returns the fields that every event of a charge has. `amount` is in minor units. */
export const chargeData = ({ id, amount, currency }: { id: string; amount: number; currency: string }) => ({
  charge_id: id,
  amount,
  currency,
})

/** Events of a charge. */
export const chargeEvents = {
  'charge.succeeded': event('A charge succeeded.', {
    ...charge,
    late: flag('Whether it was paid after its payment had been closed: it is refunded'),
  }),
  'charge.canceled': event('A charge will never be paid.', charge),
  'charge.disputed': event('The customer disputes a charge with the bank. An operator must respond.', charge),
  'charge.refund_requested': event('A charge is being refunded.', {
    ...charge,
    why: sometimes(oneOf(['policy'], 'Present if the setting initial_charge_policy is refund')),
  }),
  'charge.refunded': event('A charge was refunded.', {
    ...charge,
    by: sometimes(oneOf(['gateway'], "Present if it was refunded in the gateway's dashboard")),
  }),
  'charge.refund_failed': event('A refund failed. An operator must return the money.', charge),
  'charge.resolved': event('An operator resolved a charge whose outcome the gateway does not report.', {
    ...charge,
    outcome: oneOf(['never_happened', 'keep', 'returned_by_hand'], 'What the operator found out'),
    reason: text(500, 'The specified reason', 'Checked in the dashboard'),
    ...apiKeyIfAny,
  }),
}
