/** Display details of a saved payment method. They cannot be used to pay. */
export type MethodDetails =
  | { type: 'card'; brand: string; last4: string; expMonth: number; expYear: number }
  | { type: 'paypal'; payerId: string | null }

/** A saved payment method for display; `label` is, for example, `Visa •••• 4242`. */
export interface DescribedMethod {
  id: string
  label: string
  details?: MethodDetails | undefined
}
