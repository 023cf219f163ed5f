import type { RateLimit } from '../../../api/dependencies.ts'
import type { Settings } from '../../../domain/tenant/settings.ts'

export interface WorldOptions {
  settings?: Partial<Settings>
  /** Milliseconds for a call to the gateway. */
  gatewayTimeout?: number
  longestRetryPause?: number
  /** Whether a worker runs from the start. */
  worker?: boolean
  /** Whether the environment live is set up too; at the same simulator, so that whatever crosses would be found there. */
  live?: boolean
  /** Whether customers can pay with PayPal too. */
  paypal?: boolean
  /** Whether nothing here vouches for the certificates of PayPal's events. */
  distrustsPayPal?: boolean
  trustedProxies?: string[]
  rateLimit?: Partial<RateLimit>
  hstsSeconds?: number
  /** Whether to keep what the API logs. */
  listen?: boolean
  /** Whether `edge` and `asNative` return the first answer, also where the API gave a call up that waited too long. */
  asksOnce?: boolean
  /** Servers of its own, for worlds that stop them. */
  temporalAddress?: string
  templateUrl?: string
}
