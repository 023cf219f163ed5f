import Stripe from 'stripe'
import { GatewayError } from '../../domain/payment/gateway-errors.ts'
import type { StripeAccount } from './account.ts'
import { apiVersion } from './api-version.ts'

export type StripeOptions = Omit<StripeAccount, 'publishableKey' | 'jsUrl'> & {
  /** Timeout of one call in milliseconds. */
  timeout: number
}

/** An account at Stripe, in live mode or in a sandbox. */
export interface StripeConnection {
  stripe: Stripe
  livemode: boolean
  /** Returns an object of this mode unchanged. Throws `refused` for one of the other mode. */
  ofThisMode: <T extends { livemode: boolean }>(object: T) => T
}

/** Returns the connection to an account. Nothing is sent before the first call. */
export function connect(options: StripeOptions): StripeConnection {
  const livemode = options.secretKey.includes('_live_')
  return {
    stripe: openClient(options),
    livemode,
    ofThisMode: (object) => {
      if (object.livemode !== livemode) throw new GatewayError('refused', 'other_mode')
      return object
    },
  }
}

/** Returns the SDK client, without retries and telemetry. */
export function openClient({ secretKey, apiUrl, timeout, connectedId }: StripeOptions): Stripe {
  const url = apiUrl ? new URL(apiUrl) : undefined
  const protocol = url?.protocol === 'http:' ? 'http' : 'https'
  return new Stripe(secretKey, {
    apiVersion,
    maxNetworkRetries: 0, // Temporal retries, and the object prevents a second payment
    timeout,
    telemetry: false,
    // The header Stripe-Account of every call: no call can forget it.
    ...(connectedId ? { stripeAccount: connectedId } : {}),
    ...(url ? { host: url.hostname, port: url.port || (protocol === 'https' ? '443' : '80'), protocol } : {}),
  })
}
