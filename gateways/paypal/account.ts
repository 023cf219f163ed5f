import type { CustomerOwnership } from '../../domain/payment/customer-ownership.ts'

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
