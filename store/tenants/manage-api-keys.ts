import type { Author } from '../../domain/events/author.ts'
import { conflict } from '../../domain/failure/failures.ts'
import { hashOf, insertKeyWithin, type ApiKey } from './api-keys.ts'
import type { Database, Sql } from '../database/database.ts'
import { afterCursor, readPage, type Page, type PageRequest } from '../database/pages.ts'
import type { Tenant } from '../../domain/reference.ts'
import { insertTenantEvent } from '../events/events.ts'

/** An API key without the key itself. */
export interface ShownApiKey extends ApiKey {
  name: string
  lastFour: string
  rotatedFrom: string | null
  revokedAt: Date | null
  /** To the minute. */
  lastUsedAt: Date | null
  createdAt: Date
}

const select = (sql: Sql, { organizationId, environment }: Tenant, also = sql``) => sql`
  select id, organization_id, environment, kind, name, scopes, last_four, rotated_from, expires_at, revoked_at,
    last_used_at, created_at ${also}
  from api_keys where organization_id = ${organizationId} and environment = ${environment}`

/** Returns a page of this tenant's keys, newest first, including revoked and expired ones. */
export async function listApiKeys(
  sql: Sql,
  tenant: Tenant,
  { limit, cursor }: PageRequest,
): Promise<Page<ShownApiKey>> {
  const size = sql`, 500 + octet_length(name || scopes::text) as row_bytes`
  return readPage(sql, sql`${select(sql, tenant, size)} and ${afterCursor(sql, sql`id`, cursor, 'apiKey')}`, { limit })
}

/** Returns a key of this tenant without the key itself; undefined if it does not exist. */
export async function findApiKeyOf(sql: Sql, tenant: Tenant, id: string): Promise<ShownApiKey | undefined> {
  const [row] = await sql<ShownApiKey[]>`${select(sql, tenant)} and id = ${id}`
  return row
}

/** Returns whether a key was revoked. It is looked up by its hash, like a valid key. */
export async function wasRevoked(sql: Sql, key: string): Promise<boolean> {
  const rows = await sql`select 1 from api_keys where secret_hash = ${hashOf(key)} and revoked_at is not null`
  return rows.length > 0
}

/**
 * Replaces a key by a new one with the same name, kind, scopes and lifetime, at most until `latestEnd`. The old key
 * expires after `overlap` seconds at the latest, and counts toward the limit until then. Throws `conflict` if the old
 * key was invalid before the first attempt at this call, if the new one became invalid, or if there are too many keys.
 */
export async function rotateApiKey(
  database: Database,
  tenant: Tenant,
  old: ShownApiKey,
  { id, overlap, latestEnd }: { id: string; overlap: number; latestEnd: Date | null },
  author: Author,
): Promise<{ id: string; key: string }> {
  return (await database.begin(async (sql) => {
    const [ended] = await sql<{ changed: boolean }[]>`
      update api_keys k set expires_at = least(k.expires_at, now() + ${overlap} * interval '1 second')
      from api_keys before
      where k.id = ${old.id} and before.id = k.id and (
        (k.revoked_at is null and (k.expires_at is null or k.expires_at > now()))
        or exists (select 1 from api_keys where id = ${id})
      )
      returning k.expires_at is distinct from before.expires_at as changed`
    if (!ended) throw conflict('api_key_ended', 'id', 'this API key is no longer valid')
    if (ended.changed) {
      const data = { api_key_id: old.id, changed: ['expires_at'] }
      await insertTenantEvent(sql, tenant, { type: 'api_key.updated', ...author, data })
    }
    const { createdAt, expiresAt } = old
    const end = earlier(expiresAt && new Date(Date.now() + expiresAt.getTime() - createdAt.getTime()), latestEnd)
    const { kind, name, scopes } = old
    return insertKeyWithin(sql, { ...tenant, id, kind, name, scopes, expiresAt: end, rotatedFrom: old.id }, author)
  })) as { id: string; key: string }
}

/** Returns the earlier of two times; null means never. */
const earlier = (one: Date | null, other: Date | null) => (one && other ? (one < other ? one : other) : (one ?? other))
