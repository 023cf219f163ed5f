import { amountDue, openAttempt } from '../domain/onboarding.ts'
import type { Environment, GatewayName } from '../domain/lifecycle.ts'
import type { Database, Sql } from './database.ts'
import { insertEvent } from './events.ts'
import { underLock } from './lock.ts'
import { isRemoved } from './method-removals.ts'
import { newId } from './new-id.ts'
import { readFacts } from './onboarding-facts.ts'
import { listObjects, objectColumns, type PaymentObject } from './payment-rows.ts'

export interface PaymentReference {
  billingCustomerId: string
  onboardingId: string
}

/**
 * Writes the row of the next object, and of its charge where one is due, before anything is created at the gateway:
 * only while nobody ends the onboarding, this attempt is open and every older object is dead. Answers undefined otherwise.
 */
export async function beginObject(
  database: Database,
  reference: PaymentReference,
  { gatewayCustomerId, attempt, atOnce: paidAtOnce }: { gatewayCustomerId: string; attempt: number; atOnce: boolean },
): Promise<PaymentObject | undefined> {
  return underLock(database, reference.billingCustomerId, async (sql) => {
    const facts = await readFacts(sql, reference.onboardingId)
    if (!facts || facts.endedAt || facts.closing || openAttempt(facts)?.number !== attempt) return undefined
    const amount = amountDue(facts)
    if (facts.objects.some((object) => object.state !== 'dead')) return undefined
    if (amount > 0 && facts.unsettledCharges.length > 0) return undefined
    const k = facts.objects.length + 1
    const { id: onboardingId, environment, gateway, currency, organizationId, billingCustomerId } = facts
    const kind = amount > 0 ? 'payment' : 'setup'
    const atOnce = paidAtOnce && kind === 'payment'
    const [object] = await sql<PaymentObject[]>`
      insert into payment_objects ${sql({ onboardingId, k, environment, kind, gateway, gatewayCustomerId, amount, currency, atOnce })}
      returning ${objectColumns(sql)}`
    if (kind === 'payment') {
      const charge = {
        id: newId('charge'),
        organizationId,
        environment,
        billingCustomerId,
        onboardingId,
        objectOnboardingId: onboardingId,
      }
      await sql`insert into charges ${sql({ ...charge, k, kind: 'initial', gateway, amount, currency })}`
    }
    return object
  })
}

/** Keeps the id of what was created. Answers false where the object was closed meanwhile: then cancel what was made. */
export async function storeObjectId(
  database: Database,
  reference: PaymentReference,
  k: number,
  objectId: string,
): Promise<boolean> {
  return underLock(database, reference.billingCustomerId, async (sql) => {
    const rows = await sql`
      update payment_objects set object_id = ${objectId}, state = 'open'
      where onboarding_id = ${reference.onboardingId} and k = ${k} and closed_at is null
        and state in ('creating', 'open') and (object_id is null or object_id = ${objectId})
      returning k`
    return rows.length === 1
  })
}

/**
 * Keeps the payment method that was made of what the customer approved. Where the attempt is over it answers `known` if the
 * method stands in the record, so that whoever ends the onboarding takes it back, and `unknown` if only the caller knows of it.
 * `removed`: it is a method that is being removed, or was, and must not be taken.
 */
export async function storeMethod(
  database: Database,
  { billingCustomerId, onboardingId }: PaymentReference,
  number: number,
  methodId: string,
): Promise<'kept' | 'known' | 'unknown' | 'removed'> {
  return underLock(database, billingCustomerId, async (sql) => {
    const [attempt] = await sql<{ environment: Environment; gateway: GatewayName; methodId: string | null }[]>`
      select environment, gateway, method_id from payment_attempts
      where onboarding_id = ${onboardingId} and number = ${number}`
    const { environment, gateway } = attempt!
    const removed = await isRemoved(sql, { environment, gateway, methodId })
    if (removed) return attempt!.methodId === methodId ? 'known' : 'removed'
    const rows = await sql`
      update payment_attempts a set method_id = ${methodId}
      from onboardings o
      where a.onboarding_id = ${onboardingId} and a.number = ${number} and a.closed_at is null
        and (a.method_id is null or a.method_id = ${methodId})
        and o.id = a.onboarding_id and o.closing is null and o.ended_at is null
      returning a.number`
    if (rows.length === 1) return 'kept'
    const known = await sql`
      select 1 from payment_attempts where onboarding_id = ${onboardingId} and number = ${number} and method_id = ${methodId}`
    return known.length === 1 ? 'known' : 'unknown'
  })
}

/** Writes that an object can never pay: read so at the gateway, or never made. Its charge is canceled with it. */
export async function buryObject(database: Database, reference: PaymentReference, k: number): Promise<void> {
  await underLock(database, reference.billingCustomerId, (sql) => buryUnderLock(sql, reference, k))
}

export async function buryUnderLock(
  sql: Sql,
  { billingCustomerId, onboardingId }: PaymentReference,
  k: number,
): Promise<void> {
  await sql`
    update payment_objects set state = 'dead', closed_at = coalesce(closed_at, now())
    where onboarding_id = ${onboardingId} and k = ${k} and state in ('creating', 'open')`
  const [charge] = await sql<{ id: string }[]>`
    update charges set state = 'canceled'
    where object_onboarding_id = ${onboardingId} and k = ${k} and state in ('open', 'unknown')
    returning id`
  if (charge)
    await insertEvent(sql, { type: 'charge.canceled', billingCustomerId, onboardingId, data: { charge_id: charge.id } })
}

/**
 * Notes that the attempt is about to be sent to object k under number j, and what the object showed before. Only while
 * nobody ends the onboarding and the attempt still stands at `oldJ`: of two copies of a step one gets false.
 */
export async function noteSending(
  database: Database,
  reference: PaymentReference,
  sending: {
    attempt: number
    oldJ: number
    k: number
    j: number
    seenBefore: string
    customerPresent: boolean
    /** Whether the method is saved with the payment. */
    keep: boolean
  },
): Promise<boolean> {
  const { onboardingId } = reference
  return underLock(database, reference.billingCustomerId, async (sql) => {
    const rows = await sql`
      update payment_attempts a
      set k = ${sending.k}, j = ${sending.j}, sent_at = coalesce(a.sent_at, now()), last_sent_at = now(), customer_present = ${sending.customerPresent},
        seen_before = case when a.j = ${sending.j} then coalesce(a.seen_before, ${sending.seenBefore}) else ${sending.seenBefore} end
      from onboardings o, payment_objects p
      where a.onboarding_id = ${onboardingId} and a.number = ${sending.attempt} and a.state = 'open' and a.j = ${sending.oldJ}
        and o.id = a.onboarding_id and o.ended_at is null and o.closing is null
        and p.onboarding_id = o.id and p.k = ${sending.k} and p.state = 'open' and p.closed_at is null
      returning a.number`
    if (rows.length === 0) return false
    if (sending.keep)
      await sql`
        update payment_objects set kept_for_later = true
        where onboarding_id = ${onboardingId} and k = ${sending.k} and not kept_for_later`
    return true
  })
}

/** Forbids every object of the onboarding to be paid from now on. Answers all of them. */
export async function closeObjects(database: Database, reference: PaymentReference): Promise<PaymentObject[]> {
  return underLock(database, reference.billingCustomerId, async (sql) => {
    await sql`
      update payment_objects p set closed_at = coalesce(p.closed_at, now())
      from onboardings o
      where p.onboarding_id = ${reference.onboardingId} and o.id = p.onboarding_id and o.closing is not null and p.state in ('creating', 'open')`
    return listObjects(sql, reference.onboardingId)
  })
}

/** A cancel or detach whose stored answer is a failure of the gateway is sent again under the next number. */
export async function nextCancelNumber(
  database: Database,
  reference: PaymentReference,
  { k, c }: { k: number; c: number },
): Promise<void> {
  await underLock(database, reference.billingCustomerId, async (sql) => {
    await sql`update payment_objects set c = ${c + 1} where onboarding_id = ${reference.onboardingId} and k = ${k} and c = ${c}`
  })
}
