import Stripe from 'stripe'
import { apiVersion } from './api-version.ts'

export interface StripeOptions {
  secretKey: string
  webhookSecrets: string[]
  /** Where Stripe is; its own address unless set. */
  apiUrl?: string | undefined
  /** Sent with every confirm: without one Stripe can refuse it, whatever method is charged. */
  returnUrl: string
  /** Milliseconds for one call. */
  timeout: number
}

/** The SDK, without retries of its own and without telemetry. */
export function openClient({ secretKey, apiUrl, timeout }: StripeOptions): Stripe {
  const url = apiUrl ? new URL(apiUrl) : undefined
  const protocol = url?.protocol === 'http:' ? 'http' : 'https'
  return new Stripe(secretKey, {
    apiVersion,
    maxNetworkRetries: 0, // Temporal does the retrying, and the object is the guard
    timeout,
    telemetry: false,
    ...(url ? { host: url.hostname, port: url.port || (protocol === 'https' ? '443' : '80'), protocol } : {}),
  })
}
