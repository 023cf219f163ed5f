import type { AddressRules } from '../domain/webhooks/address-rules.ts'
import type { Settings } from '../domain/tenant/settings.ts'
import type { Gateways } from '../gateways/gateways.ts'
import type { Logger } from '../runtime/log.ts'
import type { ChangeFeed } from '../store/changes/change-feed.ts'
import type { Database } from '../store/database/database.ts'
import type { Sealing } from '../store/database/sealing.ts'
import type { AccountSealing } from '../store/gateway-accounts/account-sealing.ts'
import type { RateLimit } from './call/limits/rate-limit.ts'
import type { CallState } from './call/state.ts'
import type { Runs } from './runs.ts'

/** Dependencies of the API, which `main.ts` creates. */
export interface AppDependencies {
  database: Database
  /** Returns whether the database responds, on a connection of its own. */
  databaseAnswers: () => Promise<boolean>
  /** Wakes the calls of the hosted page that wait for a change. */
  changes: ChangeFeed
  runs: Runs
  gateways: Gateways
  /** Encrypts the keys of gateway accounts that organizations connect. */
  accountSealing: AccountSealing
  settingDefaults: Settings
  /** The start of setup links, such as `https://pay.example.com`. */
  publicUrl: string
  /** The first one signs links; all are accepted. */
  setupLinkSecrets: string[]
  /** Addresses or networks of proxies whose X-Forwarded-For is trusted. */
  trustedProxies: string[]
  /** Address of Temporal UI, for links to a run. */
  temporalUi?: { url: string; namespace: string } | undefined
  rateLimit: RateLimit
  /** Seconds of Strict-Transport-Security. The header is omitted if undefined. */
  hstsSeconds?: number | undefined
  /** What webhook endpoints need: their secrets are sealed, and their URLs checked. */
  webhooks: { sealing: Sealing; rules: AddressRules }
  log: Logger
}

/** Dependencies of the calls of one app. */
export interface ApiDependencies extends AppDependencies {
  /** `createApp` creates it. */
  state: CallState
  /** Whether the process is about to end: calls that wait return. */
  isDraining: () => boolean
}
