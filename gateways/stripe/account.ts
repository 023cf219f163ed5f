import type { CustomerOwnership } from '../../domain/payment/customer-ownership.ts'
import type { AccountKeys } from '../../domain/tenant/gateway-accounts.ts'

/** A Stripe account and how it is reached. */
export interface StripeAccount {
  ownership?: CustomerOwnership | undefined
  secretKey: string
  publishableKey: string
  webhookSecrets: string[]
  /** Those of the endpoint for connected accounts, if this is the account of a platform. */
  connectWebhookSecrets?: string[] | undefined
  /** Stripe's id of the connected account that calls act on, with the keys of a platform. */
  connectedId?: string | undefined
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

/** Returns an account that is connected to a platform: called with the platform's keys. */
export const stripeAccountOn = (platform: StripeAccount, connectedId: string): StripeAccount => ({
  ...platform,
  ownership: undefined,
  // Its events arrive at the platform's endpoint only.
  webhookSecrets: [],
  connectWebhookSecrets: undefined,
  connectedId,
})
