import type { GatewayName } from '../lifecycle.ts'

/** Display details of a saved payment method. They cannot be used to pay. */
export type MethodDetails =
  | { type: 'card'; brand: string; last4: string; expMonth: number; expYear: number }
  /** A wallet, which has the name of its gateway. */
  | { type: GatewayName; payerId: string | null }

/** A saved payment method for display; `label` is, for example, `Visa •••• 4242`. */
export interface DescribedMethod {
  id: string
  label: string
  details?: MethodDetails | undefined
}
