import type { Settings } from '../domain/tenant/settings.ts'
import type { Gateways } from '../gateways/gateway.ts'
import type { Logger } from '../runtime/log.ts'
import type { Database } from '../store/database/database.ts'
import type { Runs } from './runs.ts'

export interface RateLimit {
  /**
   * `memory` counts in each API process by itself, `postgres` across all of them at the price of a statement per call.
   */
  store: 'memory' | 'postgres'
  /** Calls per API key. */
  perMinute: number
  /** Calls with a wrong API key, and events that no gateway signed, per address. */
  failuresPerMinute: number
}

/** What the API works with; `main.ts` wires it. */
export interface ApiDependencies {
  database: Database
  /** Whether the database is there, asked beside all that waits for it. */
  databaseAnswers: () => Promise<boolean>
  runs: Runs
  gateways: Gateways
  settingDefaults: Settings
  /** What setup links begin with. */
  publicUrl: string
  /** The first signs, all are accepted. */
  setupLinkSecrets: string[]
  /** Addresses or networks of proxies whose X-Forwarded-For is believed. */
  trustedProxies: string[]
  /** Where operators find Temporal UI, for links to a run. */
  temporalUi?: { url: string; namespace: string } | undefined
  rateLimit: RateLimit
  /** Seconds of Strict-Transport-Security; the header is not sent where undefined. */
  hstsSeconds?: number | undefined
  log: Logger
}
