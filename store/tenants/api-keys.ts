import { hash as digest, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Author } from '../../domain/events/author.ts'
import { Failure } from '../../domain/failure/failures.ts'
import type { Environment } from '../../domain/lifecycle.ts'
import { ownAccountsRow, type StoredSetting } from '../../domain/tenant/settings.ts'
import type { Database, Sql, Transaction } from '../database/database.ts'
import { throwFirstTryEnded } from '../../domain/failure/first-try-ended.ts'
import { newId } from '../database/new-id.ts'
import type { Tenant } from '../../domain/reference.ts'
import { insertTenantEvent } from '../events/events.ts'
import { ownAccountsOf } from './settings.ts'

export interface ApiKey {
  id: string
  organizationId: string
  environment: Environment
  kind: 'secret' | 'publishable'
  scopes: string[]
  expiresAt: Date | null
}

/** A valid key, with the data of its organization that nearly every call needs; read in one statement. */
export interface ApiKeyInForce extends ApiKey {
  /** The organization's currency, ISO 4217. */
  currency: string
  /** The organization's settings for the key's environment, with its own gateway accounts. */
  settings: StoredSetting[]
}

const prefixes = {
  secret: { live: 'sk_live_', sandbox: 'sk_test_' },
  publishable: { live: 'pk_live_', sandbox: 'pk_test_' },
}
/** Returns the SHA-256 hash of a key, the form in which it is stored. */
export const hashOf = (key: string) => digest('sha256', key, 'buffer')

export interface NewApiKey extends Omit<ApiKey, 'id' | 'scopes' | 'expiresAt'> {
  id?: string
  name?: string
  /** All scopes by default. */
  scopes?: string[]
  expiresAt?: Date | null
  rotatedFrom?: string | null
}

/** Maximum number of valid keys of an organization in one environment: each has its own rate limit. */
export const mostApiKeys = 500

/**
 * Creates a key, stores its hash and returns the key, which is never shown again. If the id exists, an earlier attempt
 * of this call lost its response: the key gets a new secret. Throws `conflict` if there are `mostApiKeys` already, or
 * if that key is no longer valid.
 */
export const insertApiKey = async (
  database: Database,
  wanted: NewApiKey,
  author: Author,
): Promise<{ id: string; key: string }> =>
  (await database.begin((sql) => insertKeyWithin(sql, wanted, author))) as { id: string; key: string }

/** As `insertApiKey`, within a transaction. */
export async function insertKeyWithin(
  sql: Transaction,
  wanted: NewApiKey,
  author: Author,
): Promise<{ id: string; key: string }> {
  const { id = newId('apiKey'), name = '', scopes = ['*'], expiresAt = null, rotatedFrom = null } = wanted
  const { organizationId, environment, kind } = wanted
  await refuseTooMany(sql, { organizationId, environment }, id)
  const key = prefixes[kind][environment] + randomBytes(32).toString('base64url')
  const secret = { secretHash: hashOf(key), lastFour: key.slice(-4) }
  const row = { id, organizationId, environment, kind, name, scopes, expiresAt, rotatedFrom, ...secret }
  const [made] = await sql<{ isNew: boolean }[]>`
    insert into api_keys ${sql(row)}
    on conflict (id) do update set secret_hash = excluded.secret_hash, last_four = excluded.last_four
      where api_keys.revoked_at is null and (api_keys.expires_at is null or api_keys.expires_at > now())
    -- 0 in a row that was inserted, not updated.
    returning xmax = 0 as is_new`
  if (!made) throwFirstTryEnded('an API key that was revoked or has expired')
  if (made.isNew) {
    const data = { api_key_id: id, ...(rotatedFrom === null ? {} : { rotated_from: rotatedFrom }) }
    await insertTenantEvent(sql, wanted, { type: 'api_key.created', ...author, data })
  }
  return { id, key }
}

/** The lock makes concurrent calls count each other's keys. A key that is created again is not counted twice. */
async function refuseTooMany(sql: Transaction, { organizationId, environment }: Tenant, id: string): Promise<void> {
  await sql`select 1 from organizations where id = ${organizationId} for no key update`
  const [row] = await sql<{ inForce: number }[]>`
    select count(*)::int as in_force from api_keys
    where organization_id = ${organizationId} and environment = ${environment} and id <> ${id}
      and revoked_at is null and (expires_at is null or expires_at > now())`
  if (row!.inForce < mostApiKeys) return
  const text = `The organization has the maximum of ${mostApiKeys} valid API keys in this environment. Revoke one.`
  throw new Failure('conflict', text, { conflict: 'limit_reached' })
}

/**
 * Finds a valid key: not revoked and not expired. It is looked up by its hash, so that timing reveals nothing about it.
 */
export async function findApiKey(sql: Sql, key: string): Promise<ApiKeyInForce | undefined> {
  const hash = hashOf(key)
  const [row] = await sql<(ApiKeyInForce & { secretHash: Buffer; stale: boolean })[]>`
    select k.id, k.organization_id, k.environment, k.kind, k.scopes, k.expires_at, k.secret_hash, o.currency,
      k.last_used_at is null or k.last_used_at < now() - interval '1 minute' as stale,
      (
        select coalesce(jsonb_agg(jsonb_build_object('name', s.name, 'value', s.value)), '[]') || jsonb_build_object(
          'name', ${ownAccountsRow}::text,
          'value', ${ownAccountsOf(sql, sql`k.organization_id`, sql`k.environment`)})
        from settings s where s.organization_id = k.organization_id and s.environment = k.environment
      ) as settings
    from api_keys k join organizations o on o.id = k.organization_id
    where k.secret_hash = ${hash} and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())`
  if (!row || !timingSafeEqual(row.secretHash, hash)) return undefined
  if (row.stale) await touch(sql, row.id)
  return row
}

/** Records the last use of the key, to the minute. */
async function touch(sql: Sql, id: string): Promise<void> {
  await sql`
    update api_keys set last_used_at = now()
    where id = (
      select id from api_keys where id = ${id} and (last_used_at is null or last_used_at < now() - interval '1 minute')
      for no key update skip locked
    )`
}

/**
 * Revokes a key immediately, of any tenant or of this one, with the event. Returns false if there is no such key or it
 * was already revoked.
 */
export async function revokeApiKey(database: Database, id: string, author: Author, tenant?: Tenant): Promise<boolean> {
  return (await database.begin(async (sql) => {
    const of = tenant
      ? sql`and organization_id = ${tenant.organizationId} and environment = ${tenant.environment}`
      : sql``
    const [revoked] = await sql<Tenant[]>`
      update api_keys set revoked_at = now() where id = ${id} and revoked_at is null ${of}
      returning organization_id, environment`
    if (revoked) await insertTenantEvent(sql, revoked, { type: 'api_key.revoked', ...author, data: { api_key_id: id } })
    return revoked !== undefined
  })) as boolean
}
