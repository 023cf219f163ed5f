import type { Database, Transaction } from '../database/database.ts'
import { SealError, type Sealing } from '../database/sealing.ts'
import { headersOwner } from './headers.ts'

/** The result of encrypting the secrets and headers of all endpoints again. */
export interface Resealed {
  /** Number that were encrypted again with the first key. */
  resealed: number
  /** Endpoints with a secret or headers that no key decrypts: they stay as they are. */
  unreadable: string[]
}

/** Number of endpoints read in one batch. */
const batch = 100

/** Encrypts everything again that another key than the first encrypted. Safe to repeat and to run during deliveries. */
export async function resealAll(database: Database, sealing: Sealing): Promise<Resealed> {
  const all: Resealed = { resealed: 0, unreadable: [] }
  for (let last = ''; ;) {
    const ids = await database<{ id: string }[]>`
      select id from webhook_endpoints where deleted_at is null and id > ${last} order by id limit ${batch}`
    for (const { id } of ids) {
      const { resealed, isReadable } = await database.begin((sql) => resealEndpoint(sql, sealing, id))
      all.resealed += resealed
      if (!isReadable) all.unreadable.push(id)
    }
    if (ids.length < batch) return all
    last = ids.at(-1)!.id
  }
}

async function resealEndpoint(sql: Transaction, sealing: Sealing, id: string) {
  // Every transaction that changes secrets or headers locks the endpoint first.
  const [endpoint] = await sql<{ sealedHeaders: Buffer | null }[]>`
    select sealed_headers from webhook_endpoints where id = ${id} and deleted_at is null for no key update`
  const secrets = await sql<{ number: number; sealed: Buffer }[]>`
    select number, sealed from webhook_secrets where endpoint_id = ${id}`
  const result = { resealed: 0, isReadable: true }
  const reseal = async (owner: string, sealed: Buffer, write: (again: Buffer) => Promise<unknown>) => {
    const again = resealed(sealing, owner, sealed)
    if (again === 'unreadable') result.isReadable = false
    else if (again) {
      await write(again)
      result.resealed++
    }
  }
  for (const { number, sealed } of secrets)
    await reseal(
      id,
      sealed,
      async (again) =>
        sql`update webhook_secrets set sealed = ${again} where endpoint_id = ${id} and number = ${number}`,
    )
  if (endpoint?.sealedHeaders)
    await reseal(
      headersOwner(id),
      endpoint.sealedHeaders,
      async (again) => sql`update webhook_endpoints set sealed_headers = ${again} where id = ${id}`,
    )
  return result
}

/** Returns undefined if the first key encrypted it. */
function resealed(sealing: Sealing, owner: string, sealed: Buffer): Buffer | 'unreadable' | undefined {
  try {
    return sealing.reseal(owner, sealed)
  } catch (error) {
    if (error instanceof SealError) return 'unreadable'
    throw error
  }
}
