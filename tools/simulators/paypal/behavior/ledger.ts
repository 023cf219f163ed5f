import { hasMoney, leftOf, shownStatus, type Order, type PayPalState } from './state.ts'

/** Returns completed and pending captures, with amounts in minor units. Declined captures are not included. */
export function ledgerCharges({ journal }: PayPalState): object[] {
  return journal
    .list<Order>('orders')
    .filter(hasMoney)
    .map((order) => ({
      id: order.capture.id,
      order: order.id,
      customer: order.customer,
      amount: order.minor,
      currency: order.unit.amount.currency_code,
      status: shownStatus(order),
      refunded_amount: order.minor - leftOf(order),
      metadata: { onboarding_id: order.unit.invoice_id, ...customFields(order.unit.custom_id) },
      created: order.capture.created,
      said: order.said,
    }))
}

export function ledgerRefunds({ journal }: PayPalState): object[] {
  return journal
    .list<Order>('orders')
    .filter(hasMoney)
    .flatMap(({ capture }) =>
      capture.refunds.map(({ id, amount, status }) => ({ id, charge: capture.id, amount, status })),
    )
}

/** Returns the fields of a `custom_id` that is JSON or a query string. */
function customFields(custom: string | undefined): object {
  if (!custom) return {}
  try {
    const parsed: unknown = JSON.parse(custom)
    if (typeof parsed === 'object' && parsed) return parsed
  } catch {
    if (custom.includes('=')) return Object.fromEntries(new URLSearchParams(custom))
  }
  return { custom_id: custom }
}
