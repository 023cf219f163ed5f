import Stripe from 'stripe'
import type { StripeAccount } from './account.ts'
import { apiVersion } from './api-version.ts'

export type StripeOptions = Omit<StripeAccount, 'publishableKey' | 'jsUrl'> & {
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
