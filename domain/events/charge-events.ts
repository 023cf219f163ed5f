import { apiKeyIfAny, event, flag, id, newer, oneOf, personalText, sometimes, text, whole } from './event-fields.ts'

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

const refund = {
  refund_id: sometimes(id('refund', 'The refund. Absent in events from before refunds had ids')),
  refund_amount: sometimes(whole('The amount of the refund in minor units. Present if refund_id is', 500)),
  refunded_amount: sometimes(whole('What was refunded of the charge so far, in minor units. Present likewise', 500)),
}

const by = sometimes(oneOf(['gateway'], "Present if it was refunded in the gateway's dashboard"))

/** Returns the fields that every event of a refund has, beside those of its charge. Amounts are in minor units. */
export const refundData = (refund: { id: string; amount: number }, refundedAmount: number) => ({
  refund_id: refund.id,
  refund_amount: refund.amount,
  refunded_amount: refundedAmount,
})

/** Events of a charge. */
export const chargeEvents = {
  'charge.succeeded': event('A charge succeeded.', {
    ...charge,
    late: flag('Whether it was paid after its payment had been closed: it is refunded'),
  }),
  'charge.canceled': event('A charge will never be paid.', charge),
  'charge.disputed': event('The customer disputes a charge with the bank. An operator must respond.', charge),
  'charge.refund_requested': event('A charge is being refunded, in whole or part.', {
    ...charge,
    ...refund,
    ...apiKeyIfAny,
    why: sometimes(oneOf(['policy'], 'Present if the setting initial_charge_policy is refund')),
  }),
  'charge.refunded': event('A charge was refunded: all of it has been returned.', {
    ...charge,
    ...refund,
    by,
  }),
  'charge.partially_refunded': event('A part of a charge was refunded. The charge stands.', {
    ...charge,
    ...refund,
    by,
  }),
  'charge.refund_failed': event(
    'A refund failed, possibly days after it succeeded. If the API requested it, its amount can be refunded again; ' +
      'otherwise an operator must return the money.',
    { ...charge, ...refund },
  ),
  'charge.resolved': event('An operator resolved a charge whose outcome the gateway does not report.', {
    ...charge,
    outcome: oneOf(['never_happened', 'keep', 'returned_by_hand'], 'What the operator found out'),
    reason: personalText(500, 'The specified reason', 'Checked in the dashboard'),
    ...apiKeyIfAny,
  }),
}
