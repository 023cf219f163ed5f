import { Failure } from '../../domain/failure/failures.ts'
import { settingsFrom, type Settings, type TenantSettings } from '../../domain/tenant/settings.ts'
import type { Database } from '../../store/database/database.ts'
import { findApiKey, hashOf, type ApiKey } from '../../store/tenants/api-keys.ts'

/** The caller of a request: an organization in one environment, with its settings. */
export interface Caller extends ApiKey {
  /** The organization's currency, ISO 4217. */
  currency: string
  settings: TenantSettings
}

/** Milliseconds for which an API process caches a valid key and its organization's settings. */
export const callerLifetime = 250
/** The cache is cleared at this size, to bound memory. */
const maxCallers = 10_000

/** The callers of recent requests, by the hash of their key. The key itself is not stored. */
export interface CallerCache {
  entries: Map<string, { caller: Caller; until: number }>
}

/** Returns an empty cache of callers. */
export const createCallerCache = (): CallerCache => ({ entries: new Map() })

/**
 * Drops all cached callers. Call it after committing a change of a key or of settings: the change then applies to every
 * later request to this process, and to other processes within `callerLifetime` (docs/decisions/0010).
 */
export function dropCallers(cache: CallerCache): void {
  // A new map, because a lookup that began before the change still writes to the old one.
  cache.entries = new Map()
}

interface Dependencies {
  database: Database
  settingDefaults: Settings
  state: { callers: CallerCache }
}

/**
 * Returns the caller that a secret key belongs to. Throws `unauthorized`, or `forbidden` for a publishable key; `param`
 * is the field that the error names.
 */
export async function authenticate(
  { database, settingDefaults, state }: Dependencies,
  key: unknown,
  param?: string,
): Promise<Caller> {
  const where = param ? { param } : {}
  if (typeof key !== 'string' || key === '') throw new Failure('unauthorized', 'an API key is required', where)
  const { entries } = state.callers
  const hash = hashOf(key).toString('base64url')
  // The lifetime begins before the query, whose result can be outdated when it arrives.
  const now = performance.now()
  const cached = entries.get(hash)
  if (cached && cached.until > now) return cached.caller
  const found = await findApiKey(database, key)
  if (!found) throw new Failure('unauthorized', 'the API key is not valid', where)
  if (found.kind !== 'secret')
    throw new Failure('forbidden', 'a publishable key cannot be used here; use a secret key', where)
  const caller = { ...found, settings: settingsFrom(found.settings, settingDefaults) }
  if (entries.size >= maxCallers) entries.clear()
  entries.set(hash, { caller, until: now + callerLifetime })
  return caller
}
