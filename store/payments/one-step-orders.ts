import type { Database, Sql } from '../database/database.ts'
import { underLock } from '../database/lock.ts'
import { makeRunDue } from '../onboardings/wake.ts'
import type { ObjectAtGateway, OnboardingReference } from '../../domain/reference.ts'
import { findObject, type PaymentObject } from './objects.ts'

export interface OneStepSend {
  object: PaymentObject
  /** Whether the call was made before. */
  again: boolean
}

/** An object that is about to be created and paid in one call. */
interface SingleStepCall {
  attempt: number
  objectNumber: number
  methodId: string
  payerPresent: boolean
}

/**
 * Records that an object is about to be created and paid in one call, its method, and whether the payer just approved,
 * so that a retry sends the same values. Returns undefined if the onboarding is closing or has ended, the attempt is
 * not open, or the object is closed or has an id.
 */
export async function recordOneStepSend(
  database: Database,
  reference: OnboardingReference,
  { attempt, objectNumber, methodId, payerPresent }: SingleStepCall,
): Promise<OneStepSend | undefined> {
  const { onboardingId } = reference
  return underLock(database, reference.billingCustomerId, async (sql) => {
    const again = (await findObject(sql, onboardingId, objectNumber))?.sentAt != null
    const rows = await sql`
      update payment_objects p set sent_at = coalesce(p.sent_at, now()), method_id = coalesce(p.method_id, ${methodId}),
        payer_present = case when p.sent_at is null then ${payerPresent} else p.payer_present end
      from onboardings o, payment_attempts a
      where p.onboarding_id = ${onboardingId} and p.k = ${objectNumber} and p.at_once and p.object_id is null
        and p.state = 'creating' and p.closed_at is null
        and o.id = p.onboarding_id and o.ended_at is null and o.closing is null
        and a.onboarding_id = o.id and a.number = ${attempt} and a.state = 'open'
      returning p.k`
    if (rows.length === 0) return undefined
    await sql`
      update payment_attempts
      set k = ${objectNumber}, j = greatest(j, 1), sent_at = coalesce(sent_at, now()), last_sent_at = now(),
        seen_before = ''
      where onboarding_id = ${onboardingId} and number = ${attempt}`
    return { object: (await findObject(sql, onboardingId, objectNumber))!, again }
  })
}

/**
 * Stores the id that the gateway returned, even if the object was closed in the meantime: it may hold money. Returns
 * false if the object has a different id.
 */
export async function storeReturnedId(
  database: Database,
  reference: OnboardingReference,
  objectNumber: number,
  objectId: string,
): Promise<boolean> {
  return underLock(database, reference.billingCustomerId, async (sql) => {
    const rows = await sql`
      update payment_objects
      set object_id = ${objectId}, state = case when state = 'creating' then 'open' else state end
      where onboarding_id = ${reference.onboardingId} and k = ${objectNumber} and at_once
        and coalesce(object_id, ${objectId}) = ${objectId}
      returning k`
    return rows.length === 1
  })
}

/**
 * Records that the outcome of a payment is unknown. Its charge blocks every other charge until the outcome is known.
 */
export async function recordUnknownOutcome(
  database: Database,
  reference: OnboardingReference,
  objectNumber: number,
): Promise<void> {
  await underLock(
    database,
    reference.billingCustomerId,
    (sql) => sql`
      update charges set state = 'unknown'
      where object_onboarding_id = ${reference.onboardingId} and k = ${objectNumber} and state = 'open'`,
  )
}

/**
 * Stores the id of an object whose creation was requested but whose response was lost: the awaited object, or else the
 * newest abandoned one. Makes a live run due. Returns whether there was such an object.
 */
export async function storeFoundId(
  database: Database,
  named: ObjectAtGateway & { onboardingId: string },
): Promise<boolean> {
  const billingCustomerId = await ownerOf(database, named.onboardingId)
  if (!billingCustomerId) return false
  return underLock(database, billingCustomerId, async (sql) => {
    const rows = await sql`
      update payment_objects p
      set object_id = ${named.objectId}, state = case when state = 'creating' then 'open' else state end
      where onboarding_id = ${named.onboardingId} and k = (
        select k from payment_objects
        where onboarding_id = ${named.onboardingId} and account_id = ${named.accountId}
          and at_once and sent_at is not null and object_id is null
        order by state = 'creating' desc, k desc limit 1)
      returning k`
    if (rows.length === 0) return false
    // The run may be waiting for a person, which is a long wait.
    await makeRunDue(sql, named.onboardingId)
    return true
  })
}

async function ownerOf(sql: Sql, onboardingId: string): Promise<string | undefined> {
  const [row] = await sql<{ billingCustomerId: string }[]>`
    select billing_customer_id from onboardings where id = ${onboardingId}`
  return row?.billingCustomerId
}
