import type { Sql } from '../database/database.ts'
import type { Tenant } from '../database/tenant.ts'

/** Seconds for which a try has its key; after that another may take it over. */
const lease = 60
/** Hours for which a key is known. */
export const lifeOfKey = 24

export interface KeyOf extends Tenant {
  door: string
  key: string
}

/** What a stored answer needs to be given again; the setup link in it is made anew. */
export interface StoredAnswer {
  status: number
  contentType: string | null
  body: string
  link: LinkPlace | null
}

/** Whose setup link stands in an answer, and where. */
export interface LinkPlace {
  /** The text in the body that stands for the link, and for nothing else. */
  place: string
  brandId: string | null
  organizationId: string
  billingCustomerId: string
  onboardingId: string
  linkVersion: number
}

export type Reservation =
  | { outcome: 'ours'; reservedId: string; try: number }
  | { outcome: 'replay'; answer: StoredAnswer }
  | { outcome: 'other_request' }
  /** Seconds until the key can be taken over. */
  | { outcome: 'running'; retryIn: number }

type Row = StoredAnswer & { status: number | null; leasedFor: number; same: boolean }

/**
 * Takes the key for a call, or says what stands against it: another call had it, the first try still runs, or it has an
 * answer. A try that left no answer is taken over when its lease is over, with the id that it had reserved.
 */
export async function reserveKey(
  sql: Sql,
  { organizationId, environment, door, key }: KeyOf,
  { requestHash, reservedId }: { requestHash: Buffer; reservedId: string },
): Promise<Reservation> {
  const [taken] = await sql<{ reservedId: string; try: number }[]>`
    insert into idempotency_keys as k (organization_id, environment, door, key, request_hash, reserved_id, leased_until)
    values (${organizationId}, ${environment}, ${door}, ${key}, ${requestHash}, ${reservedId}, now() + ${lease} * interval '1 second')
    on conflict (organization_id, environment, door, key) do update set
      request_hash = excluded.request_hash, leased_until = excluded.leased_until, try = k.try + 1,
      reserved_id = case when ${tooOld(sql)} then excluded.reserved_id else k.reserved_id end,
      created_at = case when ${tooOld(sql)} then now() else k.created_at end,
      status = null, content_type = null, body = null, link = null
    where ${tooOld(sql)} or (k.status is null and k.leased_until <= now() and k.request_hash = excluded.request_hash)
    returning reserved_id, try`
  if (taken) return { outcome: 'ours', ...taken }
  const [row] = await sql<Row[]>`
    select status, content_type, body, link, request_hash = ${requestHash} as same,
      ceil(extract(epoch from leased_until - now()))::int as leased_for
    from idempotency_keys
    where organization_id = ${organizationId} and environment = ${environment} and door = ${door} and key = ${key}`
  if (!row) return { outcome: 'running', retryIn: 1 }
  if (!row.same) return { outcome: 'other_request' }
  if (row.status === null) return { outcome: 'running', retryIn: Math.max(1, row.leasedFor) }
  return { outcome: 'replay', answer: row as StoredAnswer }
}

const tooOld = (sql: Sql) => sql`k.created_at <= now() - ${lifeOfKey} * interval '1 hour'`

const ofTry = (sql: Sql, { organizationId, environment, door, key }: KeyOf, number: number) => sql`
  organization_id = ${organizationId} and environment = ${environment} and door = ${door} and key = ${key} and try = ${number}`

/** Keeps the answer of a try, unless another try has the key by now. */
export async function keepAnswer(sql: Sql, key: KeyOf, number: number, answer: StoredAnswer): Promise<void> {
  const { status, contentType, body, link } = answer
  await sql`
    update idempotency_keys set status = ${status}, content_type = ${contentType}, body = ${body},
      link = ${link && sql.json(link as never)}
    where ${ofTry(sql, key, number)}`
}

/** Frees the key for the next try at once: this one came to no answer that counts. */
export async function freeKey(sql: Sql, key: KeyOf, number: number): Promise<void> {
  await sql`update idempotency_keys set leased_until = now() where ${ofTry(sql, key, number)}`
}

/** Forgets keys that are known no more. */
export async function forgetKeys(sql: Sql): Promise<void> {
  await sql`delete from idempotency_keys k where ${tooOld(sql)} and leased_until < now()`
}
