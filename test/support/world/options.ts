import type { RateLimit } from '../../../api/call/limits/rate-limit.ts'
import type { CustomerOwnership } from '../../../domain/payment/customer-ownership.ts'
import type { Settings } from '../../../domain/tenant/settings.ts'

export interface WorldOptions {
  settings?: Partial<Settings>
  /** Timeout of a call to the gateway in milliseconds. */
  gatewayTimeout?: number
  longestRetryPause?: number
  /** Calls in flight to one gateway account. Default: no limit. */
  callsPerAccount?: number
  /** How customers of the accounts are recognized as an organization's. Default: `proven`. */
  ownership?: CustomerOwnership
  /** Whether a worker runs from the start. */
  worker?: boolean
  /** Milliseconds between two searches for lost runs. Default: that of the worker. */
  lostRunsEvery?: number
  /** Whether to set up the environment `live` too. It uses the same simulator, where mix-ups would be detected. */
  live?: boolean
  /** Whether the installation has an account at Stripe. Default: true. */
  stripe?: boolean
  /** Whether customers can pay with PayPal too. */
  paypal?: boolean
  /** Whether no key encrypts the keys of gateway accounts. */
  withoutGatewayKeys?: boolean
  /** Whether the root of PayPal's event certificates is not trusted. */
  distrustsPayPal?: boolean
  trustedProxies?: string[]
  rateLimit?: Partial<RateLimit>
  hstsSeconds?: number
  /** Milliseconds between two looks for changes of which no hint arrived. */
  looksEvery?: { hinted: number; unhinted: number }
  /** Whether the API's process is about to end. */
  isDraining?: () => boolean
  /** Whether to keep what the API logs. */
  listen?: boolean
  /** Whether `edge` and `asNative` return the first response, even a 503 after a call waited too long for its turn. */
  asksOnce?: boolean
  /** Separate servers, for worlds that stop them. */
  temporalAddress?: string
  templateUrl?: string
}
