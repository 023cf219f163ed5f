import Stripe from 'stripe'
import { apiVersion } from './api-version.ts'

export interface StripeOptions {
  secretKey: string
  webhookSecrets: string[]
  /** Base URL; Stripe's own if unset. */
  apiUrl?: string | undefined
  /** Sent with every confirm: without it Stripe can reject the confirm for any payment method. */
  returnUrl: string
  /** Timeout of one call in milliseconds. */
  timeout: number
}

/** Returns the SDK client, without retries and telemetry. */
export function openClient({ secretKey, apiUrl, timeout }: StripeOptions): Stripe {
  const url = apiUrl ? new URL(apiUrl) : undefined
  const protocol = url?.protocol === 'http:' ? 'http' : 'https'
  return new Stripe(secretKey, {
    apiVersion,
    maxNetworkRetries: 0, // Temporal retries, and the object prevents a second payment
    timeout,
    telemetry: false,
    ...(url ? { host: url.hostname, port: url.port || (protocol === 'https' ? '443' : '80'), protocol } : {}),
  })
}
