import { Failure } from '../../domain/failure/failures.ts'
import type { CallAuthor } from '../../domain/events/author.ts'
import type { Tenant } from '../../domain/reference.ts'
import { mostSecrets } from '../../domain/webhooks/endpoint.ts'
import type { Database, Sql } from '../database/database.ts'
import { writeEvent } from './endpoint-state.ts'
import { revokeLease } from './leases.ts'

/** A secret that signs. Its text is shown once, when it is created. */
export interface SecretState {
  number: number
  /** The time until which it signs; null for the newest. */
  endsAt: Date | null
}

const isAlive = (sql: Sql) => sql`(ends_at is null or ends_at > now())`

/** Lists the secrets of these endpoints that sign, newest first. */
export async function listSecrets(sql: Sql, endpointIds: string[]): Promise<Map<string, SecretState[]>> {
  const rows = await sql<(SecretState & { endpointId: string })[]>`
    select endpoint_id, number, ends_at from webhook_secrets
    where endpoint_id = any(${endpointIds}) and ${isAlive(sql)}
    order by number desc`
  const found = new Map<string, SecretState[]>()
  for (const { endpointId, number, endsAt } of rows)
    found.set(endpointId, [...(found.get(endpointId) ?? []), { number, endsAt }])
  return found
}

/** What a request of an endpoint is made with, sealed. */
export interface SealedCredentials {
  /** The secrets that sign, newest first. */
  secrets: Buffer[]
  /** Its own request headers; null if it has none. */
  headers: Buffer | null
}

export async function readSealedCredentials(sql: Sql, endpointId: string): Promise<SealedCredentials> {
  const rows = await sql<{ sealed: Buffer; sealedHeaders: Buffer | null }[]>`
    select s.sealed, w.sealed_headers from webhook_secrets s join webhook_endpoints w on w.id = s.endpoint_id
    where s.endpoint_id = ${endpointId} and ${isAlive(sql)} order by s.number desc`
  return { secrets: rows.map(({ sealed }) => sealed), headers: rows[0]?.sealedHeaders ?? null }
}

/**
 * Adds a secret. The previous one continues to sign for `overlap` seconds. Throws `conflict` if the maximum number of
 * secrets already signs. Returns false if the endpoint was deleted.
 */
export async function rotateSecret(
  database: Database,
  endpoint: Tenant & { id: string },
  sealed: Buffer,
  overlap: number,
  by: CallAuthor,
): Promise<boolean> {
  return database.begin(async (sql) => {
    const { id } = endpoint
    const found = await sql`
      select id from webhook_endpoints where id = ${id} and deleted_at is null for no key update`
    if (found.length === 0) return false
    const alive = await sql<{ number: number; endsAt: Date | null }[]>`
      select number, ends_at from webhook_secrets where endpoint_id = ${id} and ${isAlive(sql)} order by number desc`
    const oldest = alive.at(-1)?.endsAt
    if (alive.length >= mostSecrets && overlap > 0) {
      const text = `${mostSecrets} secrets sign already; one ends at ${oldest?.toISOString()}`
      throw new Failure('conflict', text, { conflict: 'limit_reached' })
    }
    await sql`
      update webhook_secrets set ends_at = now() + ${overlap} * interval '1 second'
      where endpoint_id = ${id} and ends_at is null`
    if (overlap === 0)
      await sql`update webhook_secrets set ends_at = now() where endpoint_id = ${id} and ends_at > now()`
    await sql`
      insert into webhook_secrets (endpoint_id, number, sealed)
      select ${id}, 1 + max(number), ${sealed} from webhook_secrets where endpoint_id = ${id}`
    // The next attempt is signed with the new secret.
    await revokeLease(sql, id)
    await writeEvent(sql, endpoint, 'webhook_endpoint.secret_rotated', by)
    return true
  })
}
