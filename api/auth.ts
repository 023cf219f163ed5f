import { Failure } from '../domain/failures.ts'
import { findApiKey, type ApiKey } from '../store/api-keys.ts'
import type { Sql } from '../store/database.ts'

/** Who calls: one organization in one environment. */
export type Caller = ApiKey

/** Finds whose secret key this is. Throws `unauthorized`, or `forbidden` for a publishable key. */
export async function authenticate(sql: Sql, key: unknown, param?: string): Promise<Caller> {
  const where = param ? { param } : {}
  if (typeof key !== 'string' || key === '') throw new Failure('unauthorized', 'an API key is required', where)
  const found = await findApiKey(sql, key)
  if (!found) throw new Failure('unauthorized', 'the API key is not valid', where)
  if (found.kind !== 'secret')
    throw new Failure('forbidden', 'a publishable key cannot be used here; use a secret key', where)
  return found
}
