import { Failure } from '../domain/failures.ts'
import { settingsFrom, type Settings } from '../domain/settings.ts'
import { findApiKey, type ApiKey } from '../store/api-keys.ts'
import type { ApiDependencies } from './dependencies.ts'

/** Who calls: one organization in one environment, with what it set there. */
export interface Caller extends ApiKey {
  /** The organization's own, ISO 4217. */
  currency: string
  settings: Settings
}

/** Finds whose secret key this is. Throws `unauthorized`, or `forbidden` for a publishable key. */
export async function authenticate(
  { database, settingDefaults }: ApiDependencies,
  key: unknown,
  param?: string,
): Promise<Caller> {
  const where = param ? { param } : {}
  if (typeof key !== 'string' || key === '') throw new Failure('unauthorized', 'an API key is required', where)
  const found = await findApiKey(database, key)
  if (!found) throw new Failure('unauthorized', 'the API key is not valid', where)
  if (found.kind !== 'secret')
    throw new Failure('forbidden', 'a publishable key cannot be used here; use a secret key', where)
  return { ...found, settings: settingsFrom(found.settings, settingDefaults) }
}
