import type { CustomerOwnership } from '../../domain/payment/customer-ownership.ts'
import type { AccountKeys } from '../../domain/tenant/gateway-accounts.ts'

/** A PayPal account and how it is reached. */
export interface PayPalAccount {
  ownership?: CustomerOwnership | undefined
  clientId: string
  clientSecret: string
  /** PayPal's id of the webhook endpoint; it is part of the signature of its events. */
  webhookId: string
  /** Base URL; PayPal's own if unset. */
  apiUrl?: string | undefined
  /** The script that shows PayPal's button in browsers. */
  jsUrl: string
  /** PEM of an additional trusted root, for a simulator. Ignored if the account is live. */
  webhookRoot?: string | undefined
}

/** What the client and the verification of events need of it. */
export type PayPalOptions = Omit<PayPalAccount, 'jsUrl'> & {
  live: boolean
  /** Timeout of one call in milliseconds. */
  timeout: number
}

/** How PayPal is reached from this installation. */
export type PayPalPlace = Pick<PayPalAccount, 'apiUrl' | 'jsUrl' | 'webhookRoot'>

/** Returns an account with these keys. */
export const paypalAccountWith = (
  { publishableKey: clientId, secretKey: clientSecret, webhookEndpointId }: AccountKeys,
  place: PayPalPlace,
): PayPalAccount => ({ ...place, clientId, clientSecret, webhookId: webhookEndpointId ?? '' })
