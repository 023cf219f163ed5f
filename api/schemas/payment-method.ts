import { z } from '@hono/zod-openapi'
import type { BillingCustomer } from '../../store/billing-customers/billing-customers.ts'

/** A billing customer's payment method, as the native API shows it. */
export const paymentMethodView = z
  .object({
    id: z.string().openapi({ description: 'The same as gateway_payment_method_id' }),
    label: z.string().openapi({ example: 'Visa •••• 4242' }),
    expires: z.string().nullable().openapi({ description: 'Year and month, of a card', example: '2034-12' }),
  })
  .openapi('PaymentMethod')

/** Returns a billing customer's payment method; null if it has none. */
export function viewPaymentMethod({
  paymentMethodId: id,
  paymentMethodLabel,
  paymentMethodDetails: details,
}: BillingCustomer): z.input<typeof paymentMethodView> | null {
  if (!id) return null
  const expires = details?.type === 'card' ? `${details.expYear}-${String(details.expMonth).padStart(2, '0')}` : null
  return { id, label: paymentMethodLabel ?? '', expires }
}
