import type { PendingQuery, Row } from 'postgres'
import type { OnboardingFacts } from '../../domain/onboarding/onboarding.ts'
import {
  mostWaiting,
  orderQueue,
  presence,
  sentToEnd,
  waitFor,
  type Admitted,
  type Pace,
  type Waiting,
} from '../../domain/payment/admission-queue.ts'
import type { OnboardingReference } from '../../domain/reference.ts'
import type { Sql } from '../database/database.ts'

// The queue of an organization at its limit of declines. Only the organization's lock makes it exact.

/** What a contact asks for. */
export interface Asking {
  /** Whether it opens a form of a caller, rather than submitting a payment method. Each has its own queue. */
  opensForm: boolean
  /** The keyed hash of the client's network; undefined for an API caller. */
  networkHash?: string | undefined
  /** When the oldest attempt that counts began to count. Contacts from before it are known. */
  limitedSince: Date
  /** Whether an attempt of this contact counts. */
  hasTried: boolean
}

type Place = Waiting & {
  isWaiting: boolean
  admittedAgo: number | null
  /** Of the turn that was taken. */
  admittedSource: string | null
  admittedKnown: boolean | null
}

/**
 * Takes a place in the queue, or keeps it. Returns the seconds to wait; 0 if it is the contact's turn, which is then
 * taken. Call it under the organization's lock.
 */
export async function takeTurn(sql: Sql, facts: OnboardingFacts, asking: Asking, pace: Pace): Promise<number> {
  const { billingCustomerId } = facts
  const { opensForm } = asking
  await enqueue(sql, facts, asking)
  const rows = await listQueue(sql, facts, opensForm)
  const admitted: Admitted[] = rows
    .filter(({ admittedAgo }) => admittedAgo !== null && admittedAgo <= presence)
    .map(({ source, isKnown, admittedSource, admittedKnown, admittedAgo }) => ({
      source: admittedSource ?? source,
      isKnown: admittedKnown ?? isKnown,
      ago: admittedAgo!,
    }))
  const queue = orderQueue(
    rows.filter(({ isWaiting }) => isWaiting),
    admitted,
  )
  const wait = waitFor(billingCustomerId, queue, admitted, pace)
  if (wait === 0) {
    await sql`
      update admission_queue
      set admitted_at = asked_at, admitted_source = source, admitted_known = is_known, passed_at = null
      where billing_customer_id = ${billingCustomerId} and opens_form = ${opensForm}`
    const place = queue.findIndex(({ id }) => id === billingCustomerId)
    await passOver(sql, queue.slice(0, place), opensForm)
  } else if (queue.length > mostWaiting) {
    const last = queue.slice(mostWaiting).map(({ id }) => id)
    await sql`delete from admission_queue where billing_customer_id = any(${last}) and opens_form = ${opensForm}`
  }
  return wait
}

/** Records that these contacts let a turn pass. The first pass without a question in between is the one that counts. */
async function passOver(sql: Sql, passed: Waiting[], opensForm: boolean): Promise<void> {
  if (passed.length === 0) return
  const toEnd = sentToEnd(passed).map(({ id }) => id)
  const ids = passed.filter(({ passedAgo }) => passedAgo === null).map(({ id }) => id)
  await sql`
    update admission_queue
    set passed_at = statement_timestamp(),
      waits_since = case when billing_customer_id = any(${toEnd}) then statement_timestamp() else waits_since end
    where billing_customer_id = any(${[...ids, ...toEnd]}) and opens_form = ${opensForm}`
}

const absent = (sql: Sql) => sql`asked_at < clock_timestamp() - ${presence} * interval '1 second'`

/** The contact's first question since its last turn begins its wait. A contact that left begins again. */
async function enqueue(
  sql: Sql,
  { billingCustomerId, organizationId, environment, customerId }: OnboardingFacts,
  { opensForm, networkHash, limitedSince, hasTried }: Asking,
): Promise<void> {
  await deleteAbsent(sql, sql`organization_id = ${organizationId} and environment = ${environment} and ${absent(sql)}`)
  await sql`
    insert into admission_queue as place
      (billing_customer_id, opens_form, organization_id, environment, source, is_known)
    select ${billingCustomerId}, ${opensForm}, ${organizationId}, ${environment}, ${networkHash ?? billingCustomerId},
      ${!hasTried} and created_at < ${limitedSince}
    from customers where id = ${customerId}
    on conflict (billing_customer_id, opens_form) do update
    set source = excluded.source, is_known = excluded.is_known, asked_at = excluded.asked_at,
      waits_since = case when place.admitted_at >= place.asked_at then excluded.waits_since else place.waits_since end`
}

const listQueue = (sql: Sql, { organizationId, environment }: OnboardingFacts, opensForm: boolean) => sql<Place[]>`
  select billing_customer_id as id, source, is_known, coalesce(admitted_at < asked_at, true) as is_waiting,
    extract(epoch from clock_timestamp() - waits_since)::float8 as waited,
    extract(epoch from clock_timestamp() - asked_at)::float8 as asked_ago,
    extract(epoch from clock_timestamp() - passed_at)::float8 as passed_ago,
    coalesce(waits_since >= passed_at, false) as is_sent_back,
    extract(epoch from clock_timestamp() - admitted_at)::float8 as admitted_ago, admitted_source, admitted_known
  from admission_queue
  where organization_id = ${organizationId} and environment = ${environment} and opens_form = ${opensForm}`

/** Returns a turn to a contact whose form could not be opened: it keeps its place. */
export async function returnTurn(sql: Sql, { billingCustomerId }: OnboardingReference): Promise<void> {
  await sql`
    update admission_queue set admitted_at = null where billing_customer_id = ${billingCustomerId} and opens_form`
}

/** Deletes the places of contacts that no longer ask. */
export const forgetQueues = (sql: Sql): Promise<void> => deleteAbsent(sql, absent(sql))

/** A call and the housekeeping can delete the same rows: without `skip locked` they could wait for each other. */
async function deleteAbsent(sql: Sql, places: PendingQuery<Row[]>): Promise<void> {
  await sql`
    delete from admission_queue where (billing_customer_id, opens_form) in (
      select billing_customer_id, opens_form from admission_queue where ${places} for update skip locked)`
}
