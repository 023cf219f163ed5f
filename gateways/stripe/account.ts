import type { CustomerOwnership } from '../../domain/payment/customer-ownership.ts'
import type { AccountKeys } from '../../domain/tenant/gateway-accounts.ts'

/** A Stripe account and how it is reached. */
export interface StripeAccount {
  ownership?: CustomerOwnership | undefined
  secretKey: string
  publishableKey: string
  webhookSecrets: string[]
  /** Base URL; Stripe's own if unset. */
  apiUrl?: string | undefined
  /** The script that shows the card form in browsers. */
  jsUrl: string
  /**
   * Where Stripe redirects a customer whose bank does not support frames. Sent with every confirm: without it Stripe
   * can reject the confirm for any payment method.
   */
  returnUrl: string
}

/** How Stripe is reached from this installation. */
export type StripePlace = Pick<StripeAccount, 'apiUrl' | 'jsUrl' | 'returnUrl'>

/** Returns an account with these keys. */
export const stripeAccountWith = (
  { secretKey, publishableKey, webhookSecrets }: AccountKeys,
  place: StripePlace,
): StripeAccount => ({ ...place, secretKey, publishableKey, webhookSecrets })
