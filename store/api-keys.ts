import { createHash, randomBytes } from 'node:crypto'
import type { Environment } from '../domain/lifecycle.ts'
import type { Sql } from './database.ts'
import { newId } from './new-id.ts'

export interface ApiKey {
  id: string
  organizationId: string
  environment: Environment
  kind: 'secret' | 'publishable'
  scopes: string[]
}

const prefixes = {
  secret: { live: 'sk_live_', sandbox: 'sk_test_' },
  publishable: { live: 'pk_live_', sandbox: 'pk_test_' },
}
const hashOf = (key: string) => createHash('sha256').update(key).digest()

/** Makes a key and stores its hash. The key itself is in the answer and nowhere else, ever again. */
export async function insertApiKey(
  sql: Sql,
  { organizationId, environment, kind, name = '' }: Omit<ApiKey, 'id' | 'scopes'> & { name?: string },
): Promise<{ id: string; key: string }> {
  const key = prefixes[kind][environment] + randomBytes(32).toString('base64url')
  const id = newId('apiKey')
  await sql`
    insert into api_keys ${sql({ id, organizationId, environment, kind, name, secretHash: hashOf(key), lastFour: key.slice(-4) })}`
  return { id, key }
}

/** Finds the key that is in force now: not revoked, not expired. Looked up by hash, so there is nothing to time. */
export async function findApiKey(sql: Sql, key: string): Promise<ApiKey | undefined> {
  const [row] = await sql<ApiKey[]>`
    select id, organization_id, environment, kind, scopes
    from api_keys
    where secret_hash = ${hashOf(key)} and revoked_at is null and (expires_at is null or expires_at > now())`
  return row
}

/** Revokes a key at once. Answers false where there is no such key in force. */
export async function revokeApiKey(sql: Sql, id: string): Promise<boolean> {
  const rows = await sql`update api_keys set revoked_at = now() where id = ${id} and revoked_at is null returning id`
  return rows.length === 1
}
