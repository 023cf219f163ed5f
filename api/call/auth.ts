import { Failure } from '../../domain/failure/failures.ts'
import { settingsFrom, type Settings } from '../../domain/tenant/settings.ts'
import { findApiKey, hashOf, type ApiKey } from '../../store/tenants/api-keys.ts'
import { callerMemory } from '../../store/tenants/caller-cache.ts'
import type { ApiDependencies } from '../dependencies.ts'

/** Who calls: one organization in one environment, with what it set there. */
export interface Caller extends ApiKey {
  /** The organization's own, ISO 4217. */
  currency: string
  settings: Settings
}

/** Who called lately, by the hash of the key: the key itself is kept nowhere. */
type Known = Map<string, { caller: Caller; until: number }>
const known = new WeakMap<ApiDependencies, Known>()
/** With so many it begins anew: it must not grow for ever. */
const most = 10_000

function remember(d: ApiDependencies, hash: string, caller: Caller, until: number): void {
  let callers = known.get(d)
  if (!callers || callers.size >= most) known.set(d, (callers = new Map()))
  callers.set(hash, { caller, until })
}

/** Finds whose secret key this is. Throws `unauthorized`, or `forbidden` for a publishable key. */
export async function authenticate(d: ApiDependencies, key: unknown, param?: string): Promise<Caller> {
  const where = param ? { param } : {}
  if (typeof key !== 'string' || key === '') throw new Failure('unauthorized', 'an API key is required', where)
  // The time counts from before the database is asked: what it tells may be old when it arrives.
  const asked = performance.now()
  const hash = hashOf(key).toString('base64url')
  const met = known.get(d)?.get(hash)
  if (met && met.until > asked) return met.caller
  const found = await findApiKey(d.database, key)
  if (!found) throw new Failure('unauthorized', 'the API key is not valid', where)
  if (found.kind !== 'secret')
    throw new Failure('forbidden', 'a publishable key cannot be used here; use a secret key', where)
  const caller = { ...found, settings: settingsFrom(found.settings, d.settingDefaults) }
  remember(d, hash, caller, asked + callerMemory)
  return caller
}
