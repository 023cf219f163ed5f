import { createHash } from 'node:crypto'
import { batchSize, inBatches } from '../database/batches.ts'
import type { Sql } from '../database/database.ts'
import type { Tenant } from '../../domain/reference.ts'

/** Seconds for which an attempt of a call owns its key. After that, another attempt can take it over. */
const lease = 60
/** Hours for which a key is kept. */
export const keyLifetime = 24

export interface IdempotencyKey extends Tenant {
  door: string
  key: string
}

/** A stored response for replays. The setup link in it is generated again. */
export interface StoredResponse {
  status: number
  contentType: string | null
  body: string
  link: LinkPlace | null
}

/** The setup link in a response, and where it is. */
export interface LinkPlace {
  /** The placeholder of the link in the body; it occurs nowhere else. */
  place: string
  brandId: string | null
  organizationId: string
  billingCustomerId: string
  onboardingId: string
  linkVersion: number
}

export type Reservation =
  /** `since` is when the first attempt began. */
  | { outcome: 'ours'; reservedId: string; try: number; since: Date }
  | { outcome: 'replay'; answer: StoredResponse }
  | { outcome: 'other_request' }
  /** The response was erased with the customer that it was about. */
  | { outcome: 'erased' }
  /** Seconds until the key can be taken over. */
  | { outcome: 'running'; retryIn: number }

type Row = StoredResponse & { status: number | null; leasedFor: number; same: boolean; erased: boolean }

/**
 * Reserves the key for a call, or returns why it cannot: another request used it, the first attempt is running, or
 * there is a stored response. An attempt without a response is taken over when its lease ends, with the id that it
 * reserved.
 */
export async function reserveKey(
  sql: Sql,
  { organizationId, environment, door, key }: IdempotencyKey,
  { requestHash, reservedId }: { requestHash: Buffer; reservedId: string },
): Promise<Reservation> {
  const [taken] = await sql<{ reservedId: string; try: number; since: Date }[]>`
    insert into idempotency_keys as k (organization_id, environment, door, key, request_hash, reserved_id, leased_until)
    select ${organizationId}, ${environment}, ${door}, ${key}, ${requestHash}::bytea, ${reservedId}::uuid,
      now() + ${lease} * interval '1 second'
    where not exists (
      select from idempotency_keys k where ${erasedRow(sql, { organizationId, environment, door, key })})
    on conflict (organization_id, environment, door, key) do update set
      request_hash = excluded.request_hash, leased_until = excluded.leased_until, try = k.try + 1,
      reserved_id = case when ${tooOld(sql)} then excluded.reserved_id else k.reserved_id end,
      created_at = case when ${tooOld(sql)} then now() else k.created_at end,
      status = null, content_type = null, body = null, link = null
    where ${tooOld(sql)} or (k.status is null and k.leased_until <= now() and k.request_hash = excluded.request_hash)
    returning reserved_id, try, created_at as since`
  if (taken) return { outcome: 'ours', ...taken }
  const [row] = await sql<Row[]>`
    select status, content_type, body, link, request_hash = ${requestHash} as same,
      ceil(extract(epoch from leased_until - now()))::int as leased_for, key = ${erasedKey(key)} as erased
    from idempotency_keys
    where organization_id = ${organizationId} and environment = ${environment} and door = ${door}
      and key in (${key}, ${erasedKey(key)})`
  if (!row) return { outcome: 'running', retryIn: 1 }
  if (row.erased) return { outcome: 'erased' }
  if (!row.same) return { outcome: 'other_request' }
  if (row.status === null) return { outcome: 'running', retryIn: Math.max(1, row.leasedFor) }
  return { outcome: 'replay', answer: row as StoredResponse }
}

const tooOld = (sql: Sql) => sql`k.created_at <= now() - ${keyLifetime} * interval '1 hour'`

/** The name of a key whose response was erased. The key itself may name a person. */
const erasedKey = (key: string) => `erased_${createHash('sha256').update(key).digest('hex')}`

const erasedRow = (sql: Sql, { organizationId, environment, door, key }: IdempotencyKey) => sql`
  k.organization_id = ${organizationId} and k.environment = ${environment} and k.door = ${door}
    and k.key = ${erasedKey(key)} and not ${tooOld(sql)}`

const ofTry = (sql: Sql, { organizationId, environment, door, key }: IdempotencyKey, number: number) => sql`
  organization_id = ${organizationId} and environment = ${environment} and door = ${door} and key = ${key}
    and try = ${number}`

/** Stores the response of an attempt, unless another one has taken over the key. */
export async function storeResponse(
  sql: Sql,
  key: IdempotencyKey,
  number: number,
  answer: StoredResponse,
): Promise<void> {
  const { status, contentType, body, link } = answer
  await sql`
    update idempotency_keys set status = ${status}, content_type = ${contentType}, body = ${body},
      link = ${link && sql.json(link as never)}, subject_ids = ${subjectsOf(body)}
    where ${ofTry(sql, key, number)}`
}

// The ids of customers and billing customers in the forms of all doors.
const subject = /\b(?:bc|cus|bcus|cust)_([0-9a-hjkmnp-tv-z]{26})\b/g
/** Maximum number of subjects of a response: of a customer with its parent, and of a billing customer. */
const mostSubjects = 50

/** Returns the customers and billing customers that a response names, without the prefixes of their ids. */
const subjectsOf = (body: string): string[] =>
  [...new Set([...body.matchAll(subject)].map(([, id]) => id!))].slice(0, mostSubjects)

/**
 * Erases stored responses about a customer. Its keys remain as hashes: a repeat with one of them is rejected until the
 * key expires, because it must not do again what was done for a customer that no longer exists.
 */
export async function eraseAnswers(
  sql: Sql,
  {
    organizationId,
    environment,
    customerId,
    billingCustomerIds,
  }: Tenant & { customerId: string; billingCustomerIds: string[] },
): Promise<void> {
  const ids = [customerId, ...billingCustomerIds].map((id) => id.split('_')[1]!)
  await sql`
    update idempotency_keys k
    set key = 'erased_' || encode(sha256(convert_to(key, 'UTF8')), 'hex'), request_hash = '', status = 409,
      content_type = null, body = '', link = null, subject_ids = '{}'
    where organization_id = ${organizationId} and environment = ${environment}
      and (
        subject_ids && ${ids}
        -- Responses that the version before stored have no subjects.
        or (subject_ids is null and body is not null and body like any(${ids.map((id) => `%${id}%`)}))
      )`
}

/** Releases the key immediately: this attempt has no response to store. */
export async function releaseKey(sql: Sql, key: IdempotencyKey, number: number): Promise<void> {
  await sql`update idempotency_keys set leased_until = now() where ${ofTry(sql, key, number)}`
}

/** Deletes expired keys. After a day without a worker there are many. */
export async function deleteExpiredKeys(sql: Sql): Promise<void> {
  await inBatches(
    () => sql`
      delete from idempotency_keys where ctid = any(array(
        select ctid from idempotency_keys k where ${tooOld(sql)} and leased_until < now()
        order by created_at limit ${batchSize} for update skip locked))`,
  )
}
