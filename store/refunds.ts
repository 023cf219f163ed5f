import type { ChargeState, Environment, GatewayName, Result } from '../domain/lifecycle.ts'
import { whatToDo } from '../domain/needs-person.ts'
import type { Database, Sql } from './database.ts'
import { insertEvent } from './events.ts'
import { underLock } from './lock.ts'
import { isRemoved } from './method-removals.ts'
import { lowerWake } from './wake.ts'

export interface ChargeRow {
  id: string
  organizationId: string
  environment: Environment
  billingCustomerId: string
  onboardingId: string
  objectOnboardingId: string
  k: number
  objectId: string | null
  gateway: GatewayName
  /** Minor units. */
  amount: number
  currency: string
  state: ChargeState
  late: boolean
  refundId: string | null
  r: number
  /** How the onboarding ended that owns the charge; null while it is live. */
  result: Result | null
  createdAt: Date
}

/** Everything of a charge `c`; also what lists select, with a column `also`. */
export const selectCharges = (sql: Sql, also = sql``) => sql`
  select c.id, c.organization_id, c.environment, c.billing_customer_id, c.onboarding_id, c.object_onboarding_id, c.k, p.object_id, c.gateway,
    c.amount, c.currency, c.state, c.late, c.refund_id, c.r, c.created_at, o.result ${also}
  from charges c
  join payment_objects p on p.onboarding_id = c.object_onboarding_id and p.k = c.k
  join onboardings o on o.id = c.onboarding_id`

export async function findCharge(sql: Sql, id: string): Promise<ChargeRow | undefined> {
  const [row] = await sql<ChargeRow[]>`${selectCharges(sql)} where c.id = ${id}`
  return row
}

/** Charges of this onboarding, also such as it adopted. */
export async function listChargesOf(sql: Sql, onboardingId: string): Promise<ChargeRow[]> {
  return sql<ChargeRow[]>`${selectCharges(sql)} where c.onboarding_id = ${onboardingId} order by c.created_at`
}

/** Unsettled charges of the billing customer that other onboardings left behind. */
export async function listChargesLeftBehind(
  sql: Sql,
  billingCustomerId: string,
  onboardingId: string,
): Promise<ChargeRow[]> {
  return sql<ChargeRow[]>`
    ${selectCharges(sql)}
    where c.billing_customer_id = ${billingCustomerId} and c.onboarding_id <> ${onboardingId} and not c.late
      and c.state in ('open', 'unknown', 'succeeded', 'refund_pending', 'refund_failed')`
}

/**
 * Decides that a charge goes back, before the gateway is asked: whoever owns it now, and nobody else, and only where its
 * onboarding is being undone or it came too late. Against an adoption at the same moment one of the two gets false.
 */
export async function beginRefund(database: Database, charge: ChargeRow): Promise<boolean> {
  return underLock(database, charge.billingCustomerId, async (sql) => {
    const rows = await sql`
      update charges c set state = 'refund_pending', r = r + 1
      where id = ${charge.id} and state = 'succeeded' and onboarding_id = ${charge.onboardingId}
        -- A step that comes late may believe that the onboarding is still closing.
        and (late or exists (
          select 1 from onboardings o
          where o.id = c.onboarding_id and (o.closing is not null or (o.ended_at is not null and o.result <> 'completed'))))
      returning id`
    if (rows.length === 0) return false
    const { billingCustomerId, onboardingId } = charge
    return insertEvent(sql, {
      type: 'charge.refund_requested',
      billingCustomerId,
      onboardingId,
      data: { charge_id: charge.id },
    })
  })
}

/** A refund whose stored answer is a failure of the gateway is asked for again under the next number. */
export async function nextRefundNumber(database: Database, charge: ChargeRow): Promise<void> {
  await underLock(database, charge.billingCustomerId, async (sql) => {
    await sql`update charges set r = ${charge.r + 1} where id = ${charge.id} and state = 'refund_pending' and r = ${charge.r}`
  })
}

export type RefundState = 'pending' | 'succeeded' | 'failed'

/**
 * Writes what the gateway says of a refund, where the charge still stands as when that was asked: an answer that comes late
 * may be outdated. A failed one needs a person; either end frees a waiting next onboarding.
 */
export async function recordRefund(
  database: Database,
  charge: ChargeRow,
  refund: { id: string | null; state: RefundState },
): Promise<void> {
  const { billingCustomerId, onboardingId } = charge
  await underLock(database, billingCustomerId, async (sql) => {
    const rows = await sql`
      update charges set refund_id = ${refund.id} where id = ${charge.id} and state = ${charge.state} returning id`
    const state = refund.state === 'succeeded' ? 'refunded' : 'refund_failed'
    if (rows.length === 0 || refund.state === 'pending' || charge.state === state) return
    await sql`update charges set state = ${state} where id = ${charge.id}`
    const data = { charge_id: charge.id }
    await insertEvent(sql, { type: `charge.${state}`, billingCustomerId, onboardingId, data })
    if (state === 'refund_failed') await needsPerson(sql, { billingCustomerId, onboardingId }, 'refund_failed')
    await wakeLive(sql, billingCustomerId)
  })
}

/** Asks the live onboarding's run to look, where there is one: a charge that stood in its way has moved. */
export async function wakeLive(sql: Sql, billingCustomerId: string): Promise<void> {
  const [live] = await sql<{ id: string }[]>`
    select id from onboardings where billing_customer_id = ${billingCustomerId} and ended_at is null`
  if (live) await lowerWake(sql, live.id)
}

/** Raises that a person must look, with what to do; once per reason and onboarding. */
export async function needsPerson(
  sql: Sql,
  { billingCustomerId, onboardingId }: { billingCustomerId: string; onboardingId: string },
  reason: string,
): Promise<void> {
  await insertEvent(sql, {
    type: 'onboarding.needs_person',
    billingCustomerId,
    onboardingId,
    data: { reason, what_to_do: whatToDo(reason) },
    updateId: `needs_person/${reason}`,
  })
}

/** A charge that an ended onboarding left succeeded becomes the charge of this one, where it is what this one would charge. */
export async function adoptCharge(database: Database, charge: ChargeRow, onboardingId: string): Promise<boolean> {
  return underLock(database, charge.billingCustomerId, async (sql) => {
    const rows = await sql`
      update charges c set onboarding_id = ${onboardingId}
      from onboardings mine, onboardings theirs
      where c.id = ${charge.id} and c.state = 'succeeded'
        and theirs.id = c.onboarding_id and theirs.ended_at is not null and theirs.result <> 'completed'
        and mine.id = ${onboardingId} and mine.ended_at is null and mine.closing is null
        and mine.require_initial and mine.amount = c.amount and mine.currency = c.currency and mine.gateway = c.gateway
      returning c.id`
    if (rows.length === 0) return false
    await adoptMethod(sql, charge)
    return true
  })
}

/** The method that paid an adopted charge becomes the customer's, if it was not taken back meanwhile. */
async function adoptMethod(sql: Sql, charge: ChargeRow): Promise<void> {
  const [object] = await sql<{ methodId: string | null }[]>`
    select method_id from payment_objects where onboarding_id = ${charge.objectOnboardingId} and k = ${charge.k}`
  const { environment, gateway } = charge
  const methodId = object?.methodId ?? null
  const kept = methodId !== null && !(await isRemoved(sql, { environment, gateway, methodId })) ? methodId : null
  await sql`
    update billing_customers b
    set gateway = p.gateway, gateway_customer_id = p.gateway_customer_id, payment_method_id = ${kept},
      payment_method_details = case when ${kept}::text is not null then p.method_details end,
      payment_method_label = case when b.payment_method_id = ${kept} then b.payment_method_label end
    from payment_objects p
    where b.id = ${charge.billingCustomerId} and p.onboarding_id = ${charge.objectOnboardingId} and p.k = ${charge.k}`
}
