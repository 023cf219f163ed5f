import { chargeData } from '../../domain/events/charge-events.ts'
import { amountDue, openAttempt, type OnboardingFacts } from '../../domain/onboarding/onboarding.ts'
import type { GatewayName, ObjectState } from '../../domain/lifecycle.ts'
import type { Database, Sql, Transaction } from '../database/database.ts'
import { insertEvent } from '../events/events.ts'
import { underLock } from '../database/lock.ts'
import { newId } from '../database/new-id.ts'
import { readFacts, stands } from '../onboardings/facts.ts'
import type { ObjectAtGateway, OnboardingReference } from '../../domain/reference.ts'

interface NewObject {
  /** The gateway account of the attempt. */
  accountId: string
  gatewayCustomerId: string
  attempt: number
  atOnce: boolean
}

/**
 * Inserts the next object, and its charge if an amount is due, before anything is created at the gateway. Returns
 * undefined if the onboarding is closing or has ended, this attempt is not open, an older object is not dead, or an
 * amount is due while another charge is unsettled or stands.
 */
export async function beginObject(
  database: Database,
  reference: OnboardingReference,
  { gatewayCustomerId, attempt, accountId, atOnce: paidAtOnce }: NewObject,
): Promise<PaymentObject | undefined> {
  return underLock(database, reference.billingCustomerId, async (sql) => {
    const facts = await readFacts(sql, reference.onboardingId)
    if (!facts || facts.endedAt || facts.closing || openAttempt(facts)?.number !== attempt) return undefined
    const amount = amountDue(facts)
    if (facts.objects.some((object) => object.state !== 'dead')) return undefined
    if (amount > 0 && facts.unsettledCharges.length > 0) return undefined
    if (amount > 0 && (await hasStandingCharge(sql, facts))) return undefined
    const objectNumber = facts.objects.length + 1
    const { onboardingId, environment, gateway, currency } = facts
    const kind = amount > 0 ? 'payment' : 'setup'
    const atOnce = paidAtOnce && kind === 'payment'
    const row = { environment, kind, gateway, accountId, gatewayCustomerId, amount, currency, atOnce }
    const [object] = await sql<PaymentObject[]>`
      insert into payment_objects ${sql({ onboardingId, k: objectNumber, ...row })}
      returning ${objectColumns(sql)}`
    if (kind === 'payment') await insertInitialCharge(sql, facts, { k: objectNumber, gateway, accountId })
    return object
  })
}

/** The step read this before, but an operator can have kept a charge since. */
async function hasStandingCharge(sql: Sql, facts: OnboardingFacts): Promise<boolean> {
  if (facts.onboardingNumber === 1) return false
  const rows = await sql`
    select 1 from charges c join onboardings o on o.id = c.onboarding_id
    where c.billing_customer_id = ${facts.billingCustomerId} and ${stands(sql)} limit 1`
  return rows.length > 0
}

/** Inserts the charge of an onboarding's object. `k` is the object's number. */
export async function insertInitialCharge(
  sql: Transaction,
  { organizationId, environment, billingCustomerId, onboardingId, amount, currency }: OnboardingFacts,
  { k, gateway, accountId }: { k: number; gateway: GatewayName; accountId: string },
): Promise<void> {
  const owner = { organizationId, environment, billingCustomerId, onboardingId, objectOnboardingId: onboardingId }
  const charge = { id: newId('charge'), ...owner, k, kind: 'initial', gateway, accountId, amount, currency }
  await sql`insert into charges ${sql(charge)}`
}

/** Stores the id of the created object. Returns false if the object was closed in the meantime: then cancel it. */
export async function storeObjectId(
  database: Database,
  reference: OnboardingReference,
  objectNumber: number,
  objectId: string,
): Promise<boolean> {
  return underLock(database, reference.billingCustomerId, async (sql) => {
    const rows = await sql`
      update payment_objects set object_id = ${objectId}, state = 'open'
      where onboarding_id = ${reference.onboardingId} and k = ${objectNumber} and closed_at is null
        and state in ('creating', 'open') and (object_id is null or object_id = ${objectId})
      returning k`
    return rows.length === 1
  })
}

/**
 * Marks an object as dead: the gateway reported that it can never be paid, or it was never created. Cancels its charge.
 */
export async function markObjectDead(
  database: Database,
  reference: OnboardingReference,
  objectNumber: number,
): Promise<void> {
  await underLock(database, reference.billingCustomerId, (sql) => markDeadUnderLock(sql, reference, objectNumber))
}

export async function markDeadUnderLock(
  sql: Transaction,
  reference: OnboardingReference,
  objectNumber: number,
): Promise<void> {
  const { onboardingId } = reference
  await sql`
    update payment_objects set state = 'dead', closed_at = coalesce(closed_at, now())
    where onboarding_id = ${onboardingId} and k = ${objectNumber} and state in ('creating', 'open')`
  const [charge] = await sql<{ id: string; amount: number; currency: string }[]>`
    update charges set state = 'canceled'
    where object_onboarding_id = ${onboardingId} and k = ${objectNumber} and state in ('open', 'unknown')
    returning id, amount, currency`
  if (charge) await insertEvent(sql, reference, { type: 'charge.canceled', data: chargeData(charge) })
}

/**
 * Closes every unpaid object of a closing onboarding, so that none may be paid from now on. Returns all its objects.
 */
export async function closeObjects(database: Database, reference: OnboardingReference): Promise<PaymentObject[]> {
  return underLock(database, reference.billingCustomerId, async (sql) => {
    await sql`
      update payment_objects p set closed_at = coalesce(p.closed_at, now())
      from onboardings o
      where p.onboarding_id = ${reference.onboardingId} and o.id = p.onboarding_id and o.closing is not null
        and p.state in ('creating', 'open')`
    return listObjects(sql, reference.onboardingId)
  })
}

/** Increments the number of a cancel or detach, to send it again after the gateway stored a failure as its response. */
export async function nextCancelNumber(
  database: Database,
  reference: OnboardingReference,
  { objectNumber, cancelNumber }: { objectNumber: number; cancelNumber: number },
): Promise<void> {
  await underLock(database, reference.billingCustomerId, async (sql) => {
    await sql`
      update payment_objects set c = ${cancelNumber + 1}
      where onboarding_id = ${reference.onboardingId} and k = ${objectNumber} and c = ${cancelNumber}`
  })
}

/** A payment object at the gateway (PaymentIntent or SetupIntent). `objectNumber` is 1-based within its onboarding. */
export interface PaymentObject {
  onboardingId: string
  objectNumber: number
  kind: 'payment' | 'setup'
  gateway: GatewayName
  /** The gateway account that it belongs to. */
  accountId: string
  gatewayCustomerId: string
  objectId: string | null
  /** Minor units. */
  amount: number
  currency: string
  state: ObjectState
  methodId: string | null
  methodOurs: boolean | null
  /** Whether it was ever confirmed with the customer present, to be charged again later. */
  keptForLater: boolean
  /** Whether it is created and paid in one call. It has no id until that call returns. */
  atOnce: boolean
  /** When that call was first made. */
  sentAt: Date | null
  /** Whether that call says that its payer just approved; null if nothing was recorded. */
  payerPresent: boolean | null
  /** Numbers the idempotency key of the call that cancels it. */
  cancelNumber: number
  closedAt: Date | null
}

/** A payment object whose gateway id is known. */
export type OpenObject = PaymentObject & { objectId: string }

export const objectColumns = (sql: Sql) => sql`
  onboarding_id, k as object_number, kind, gateway, account_id, gateway_customer_id, object_id, amount, currency, state,
  method_id, method_ours, kept_for_later, at_once, sent_at, payer_present,
  c as cancel_number, closed_at`

export async function listObjects(sql: Sql, onboardingId: string): Promise<PaymentObject[]> {
  return sql<
    PaymentObject[]
  >`select ${objectColumns(sql)} from payment_objects where onboarding_id = ${onboardingId} order by k`
}

export async function findObject(
  sql: Sql,
  onboardingId: string,
  objectNumber: number,
): Promise<PaymentObject | undefined> {
  const [row] = await sql<PaymentObject[]>`
    select ${objectColumns(sql)} from payment_objects where onboarding_id = ${onboardingId} and k = ${objectNumber}`
  return row
}

export interface ObjectOwner {
  onboardingId: string
  objectNumber: number
  ended: boolean
  chargeId: string | null
  /** Whether the charge is final: kept, or succeeded in time for a completed onboarding. */
  settled: boolean
  /** Whether the payment of a live onboarding may still be in progress or is about to be activated. */
  isBecomingPaid: boolean
}

/** Finds the owner of a gateway object by its id, which is all that a webhook provides. */
export async function findOwnerOfObject(sql: Sql, object: ObjectAtGateway): Promise<ObjectOwner | undefined> {
  const [row] = await sql<ObjectOwner[]>`
    select p.onboarding_id, p.k as object_number, o.ended_at is not null as ended, c.id as charge_id,
      coalesce(c.state = 'kept' or (c.state = 'succeeded' and h.result = 'completed' and not c.late), false) as settled,
      coalesce(o.ended_at is null and o.closing is null and c.state in ('open', 'unknown', 'succeeded'), false)
        as is_becoming_paid
    from payment_objects p
    join onboardings o on o.id = p.onboarding_id
    left join charges c on c.object_onboarding_id = p.onboarding_id and c.k = p.k
    left join onboardings h on h.id = c.onboarding_id
    where p.account_id = ${object.accountId} and p.object_id = ${object.objectId}`
  return row
}

export type ObjectWithEvents = PaymentObject & { objectId: string; newsAt: Date }

/** Lists the open objects of the onboarding with gateway events that were not handled yet. */
export async function listObjectsWithEvents(sql: Sql, onboardingId: string): Promise<ObjectWithEvents[]> {
  return sql<ObjectWithEvents[]>`
    select ${objectColumns(sql)}, news_at from payment_objects
    where onboarding_id = ${onboardingId} and state = 'open' and object_id is not null and news_at is not null`
}

/** Records that an object was read. Events that arrived since then stay. */
export async function recordObjectRead(
  sql: Sql,
  { onboardingId, objectNumber, newsAt }: ObjectWithEvents,
): Promise<void> {
  await sql`
    update payment_objects set news_at = null
    where onboarding_id = ${onboardingId} and k = ${objectNumber}
      and date_trunc('milliseconds', news_at) <= ${newsAt}`
}
