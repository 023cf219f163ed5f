/** What a saved payment method is known by, beside its label. Nothing can be paid with it. */
export type MethodDetails =
  | { type: 'card'; brand: string; last4: string; expMonth: number; expYear: number }
  | { type: 'paypal'; payerId: string | null }

/** A saved payment method as people know it: `label` is such as `Visa •••• 4242`. */
export interface DescribedMethod {
  id: string
  label: string
  details?: MethodDetails | undefined
}
