import type { GatewayName, ChargeState, Result } from '../../domain/lifecycle.ts'
import type { OnboardingReference } from '../../domain/reference.ts'
import type { Sql, Database } from '../database/database.ts'
import { underLock } from '../database/lock.ts'
import { isUnsettled, stands } from '../onboardings/facts.ts'
import { isRemoved } from '../methods/method-removals.ts'
import { refundedAmountOf, refundsOf, type ShownRefund } from './refund-rows.ts'

/** A charge, with the reference of the onboarding that owns it. */
export interface ChargeRow extends OnboardingReference {
  id: string
  /** The onboarding that created the payment object; another one if the charge was adopted. */
  objectOnboardingId: string
  objectNumber: number
  objectId: string | null
  gateway: GatewayName
  /** The gateway account of its object. */
  accountId: string
  /** Minor units. */
  amount: number
  currency: string
  state: ChargeState
  late: boolean
  /** What was refunded, in minor units. */
  refundedAmount: number
  /** Oldest first. */
  refunds: ShownRefund[]
  /** The result of the onboarding that owns the charge; null while it is live. */
  result: Result | null
  createdAt: Date
}

/** Selects all columns of a charge `c`. Lists add a column with `also`. */
export const selectCharges = (sql: Sql, also = sql``) => sql`
  select c.id, c.organization_id, c.environment, c.billing_customer_id, c.onboarding_id, c.object_onboarding_id,
    c.k as object_number, p.object_id, c.gateway, c.account_id,
    c.amount, c.currency, c.state, c.late, ${refundedAmountOf(sql)} as refunded_amount,
    ${refundsOf(sql)} as refunds, c.created_at, o.result ${also}
  from charges c
  join payment_objects p on p.onboarding_id = c.object_onboarding_id and p.k = c.k
  join onboardings o on o.id = c.onboarding_id`

export async function findCharge(sql: Sql, id: string): Promise<ChargeRow | undefined> {
  const [row] = await sql<ChargeRow[]>`${selectCharges(sql)} where c.id = ${id}`
  return row
}

/** Lists the charges of this onboarding, including adopted ones. */
export async function listChargesOf(sql: Sql, onboardingId: string): Promise<ChargeRow[]> {
  return sql<ChargeRow[]>`${selectCharges(sql)} where c.onboarding_id = ${onboardingId} order by c.created_at`
}

/**
 * Lists what earlier onboardings of the billing customer left: first the charge that stands (`findStandingCharge`),
 * then the unsettled ones. One statement, because an operator can turn one into the other between two.
 */
export async function listEarlierCharges(
  sql: Sql,
  { billingCustomerId, onboardingId, standingChargeId }: OnboardingReference & { standingChargeId: string | null },
): Promise<ChargeRow[]> {
  return sql<ChargeRow[]>`
    ${selectCharges(sql)}
    where c.billing_customer_id = ${billingCustomerId} and c.onboarding_id <> ${onboardingId}
      and c.id is distinct from ${standingChargeId} and (${isUnsettled(sql)} or ${stands(sql)})
    order by ${stands(sql)} desc, c.created_at desc`
}

/**
 * Assigns a succeeded charge of an ended, uncompleted onboarding to this onboarding if it would charge the same amount,
 * currency and gateway. Returns whether it did.
 */
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

/** Saves the method that paid an adopted charge as the customer's, unless it was removed in the meantime. */
async function adoptMethod(sql: Sql, charge: ChargeRow): Promise<void> {
  const [object] = await sql<{ methodId: string | null }[]>`
    select method_id from payment_objects
    where onboarding_id = ${charge.objectOnboardingId} and k = ${charge.objectNumber}`
  const methodId = object?.methodId ?? null
  const kept = methodId !== null && !(await isRemoved(sql, { ...charge, methodId })) ? methodId : null
  await sql`
    update billing_customers b
    set gateway = p.gateway, account_id = p.account_id, gateway_customer_id = p.gateway_customer_id,
      payment_method_id = ${kept},
      payment_method_details = case when ${kept}::text is not null then p.method_details end,
      payment_method_label = case when b.payment_method_id = ${kept} then b.payment_method_label end
    from payment_objects p
    where b.id = ${charge.billingCustomerId} and p.onboarding_id = ${charge.objectOnboardingId}
      and p.k = ${charge.objectNumber}`
}

/**
 * Returns the id of the initial charge of a completed onboarding that was not fully refunded: it stands even after its
 * billing customer was closed. Undefined if there is none, or while all of it is being refunded.
 */
export async function findStandingCharge(sql: Sql, billingCustomerId: string): Promise<string | undefined> {
  const [row] = await sql<{ id: string }[]>`
    select c.id from charges c join onboardings o on o.id = c.onboarding_id
    where c.billing_customer_id = ${billingCustomerId} and ${stands(sql)}
    order by c.created_at desc limit 1`
  return row?.id
}

/**
 * Whether an operator keeps the charge of an onboarding that did not complete. It stays so while it is refunded, since
 * the customer can have paid another initial charge, until all of it was returned.
 */
export const isKeptAside = ({ state, result }: Pick<ChargeRow, 'state' | 'result'>) =>
  state === 'kept' && result !== 'completed'

/** Returns the id of the initial charge that an onboarding made or adopted, even if it was refunded since. */
export async function findChargeOfOnboarding(sql: Sql, onboardingId: string): Promise<string | null> {
  const [row] = await sql<{ id: string }[]>`
    select id from charges
    where onboarding_id = ${onboardingId} and not late and state not in ('open', 'unknown', 'canceled')
    order by created_at desc limit 1`
  return row?.id ?? null
}

/** Returns whether a payment arrived after the end of an onboarding and is, or will be, refunded. */
export async function isLatePaymentReturned(sql: Sql, onboardingId: string): Promise<boolean> {
  const found = await sql`
    select from charges where onboarding_id = ${onboardingId} and late and state in ('succeeded', 'refund_pending',
      'refunded', 'refund_failed')`
  return found.length > 0
}
