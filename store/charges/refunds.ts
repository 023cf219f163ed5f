import { chargeData, refundData } from '../../domain/events/charge-events.ts'
import { unsettledChargeStates, type ChargeState } from '../../domain/lifecycle.ts'
import type { GatewayRefund } from '../../domain/payment/decide-refund.ts'
import type { Database, Sql, Transaction } from '../database/database.ts'
import { newId } from '../database/new-id.ts'
import { insertEvent } from '../events/events.ts'
import { underLock } from '../database/lock.ts'
import { makeLiveRunDue } from '../onboardings/wake.ts'
import { reportTaskUnderLock } from '../onboardings/operator-tasks.ts'
import { findCharge, isKeptAside, type ChargeRow } from './charges.ts'
import { insertRefundOfRest } from './insert-refund.ts'
import { sumRefunds, type RefundRow, type RefundSums } from './refund-rows.ts'

/**
 * Records the decision to refund all of a charge, before the gateway is called. Returns false, without a change, unless
 * the onboarding still owns the charge and is being undone, or the charge is late. If another onboarding adopts the
 * charge concurrently, only one of the two succeeds.
 */
export async function beginRefund(database: Database, charge: ChargeRow): Promise<boolean> {
  return underLock(database, charge.billingCustomerId, async (sql) => {
    const rows = await sql`
      update charges c set state = 'refund_pending'
      where id = ${charge.id} and state = 'succeeded' and onboarding_id = ${charge.onboardingId}
        -- A delayed step may have read the onboarding while it was closing.
        and (late or exists (
          select 1 from onboardings o
          where o.id = c.onboarding_id
            and (o.closing is not null or (o.ended_at is not null and o.result <> 'completed'))))
      returning id`
    if (rows.length === 0) return false
    await insertRefundOfRest(sql, charge, 'undo')
    return true
  })
}

/**
 * Adds a refund of what is left of a charge that is to be refunded completely, if none is pending: an earlier release
 * wrote no refund, or a refund of a part failed.
 */
export async function ensureRefundOfRest(database: Database, charge: ChargeRow): Promise<void> {
  await underLock(database, charge.billingCustomerId, async (sql) => {
    const current = (await findCharge(sql, charge.id))!
    if (current.state === 'refund_pending') await insertRefundOfRest(sql, current, 'undo')
  })
}

/**
 * Gives a pending refund its next number, to request it again after the gateway stored a failure as its response.
 */
export async function nextRefundNumber(database: Database, charge: ChargeRow, refund: RefundRow): Promise<void> {
  await underLock(database, charge.billingCustomerId, async (sql) => {
    const pending = await sql`
      select id from refunds where id = ${refund.id} and state = 'pending' and r = ${refund.refundNumber}`
    if (pending.length === 0) return
    await sql`
      with numbered as (update charges set r = r + 1 where id = ${charge.id} returning r)
      update refunds set r = numbered.r from numbered where id = ${refund.id}`
  })
}

/** How a refund of ours is at the gateway, or why it is not there. */
export type RefundOutcome =
  Pick<GatewayRefund, 'id' | 'amount' | 'state'> | { state: 'failed' | 'canceled'; why: string }

/**
 * Records the state of a refund, unless it changed since `refund` was read: a delayed response may be outdated. The
 * state of the charge follows. Success and failure write an event and make the live run due; a failure of a refund that
 * nobody requested by API is reported to operators.
 */
export async function recordRefund(
  database: Database,
  charge: ChargeRow,
  refund: RefundRow,
  outcome: RefundOutcome,
): Promise<void> {
  await underLock(database, charge.billingCustomerId, async (sql) => {
    const { state } = outcome
    const [amount, atGateway] = 'id' in outcome ? [outcome.amount, outcome.id] : [refund.amount, refund.gatewayRefundId]
    // A read before this one may have taken it for somebody else's.
    if (atGateway !== null)
      await sql`
        delete from refunds
        where charge_id = ${charge.id} and gateway_refund_id = ${atGateway} and source = 'gateway'
          and id <> ${refund.id}`
    const rows = await sql`
      update refunds set state = ${state}, amount = ${amount}, gateway_refund_id = ${atGateway},
        failure = ${state === 'failed' ? ('why' in outcome ? outcome.why : 'failed_at_gateway') : null}
      where id = ${refund.id} and state = ${refund.state} returning id`
    if (rows.length > 0 && state !== refund.state) await follow(sql, charge, { ...refund, amount, state })
  })
}

/** Records a refund that someone made at the gateway. Repeatable: a refund at the gateway is recorded once. */
export async function addGatewayRefund(database: Database, charge: ChargeRow, found: GatewayRefund): Promise<void> {
  await underLock(database, charge.billingCustomerId, async (sql) => {
    // One of ours that another step has made since the rows were read: it records it, or the next look does.
    const ours = await sql`
      select 1 from refunds
      where charge_id = ${charge.id} and id = ${found.refundId}
        and coalesce(gateway_refund_id, ${found.id}) = ${found.id}`
    if (ours.length > 0) return
    const current = (await findCharge(sql, charge.id))!
    const { id: gatewayRefundId, amount, state } = found
    const added = { chargeId: charge.id, source: 'gateway' as const, amount, rest: false, state, r: 0, gatewayRefundId }
    const [refund] = await sql<{ id: string }[]>`
      insert into refunds ${sql({ id: newId('refund'), ...added })}
      on conflict (charge_id, gateway_refund_id) do nothing returning id`
    // An operator or an earlier release recorded the return of the whole charge already.
    if (!refund || current.state === 'refunded') return
    await follow(sql, current, { id: refund.id, amount, state, source: 'gateway' })
  })
}

type Changed = Pick<RefundRow, 'id' | 'amount' | 'state' | 'source'>

/** Changes the state of a charge after one of its refunds changed, with the event. */
async function follow(sql: Transaction, charge: ChargeRow, refund: Changed): Promise<void> {
  const current = (await findCharge(sql, charge.id))!
  const before = current.state
  const { returned, pending } = await sumRefunds(sql, charge.id)
  const isDown = refund.state === 'failed' || refund.state === 'canceled'
  const after = isDown
    ? await afterFailure(sql, { ...charge, state: before }, refund, { returned, pending })
    : stateWith(current, { returned, pending })
  if (after !== before) await sql`update charges set state = ${after} where id = ${charge.id}`
  const data = { ...chargeData(charge), ...refundData(refund, Math.min(returned, charge.amount)) }
  const by = refund.source === 'gateway' ? { by: refund.source } : {}
  const type = after === 'refunded' ? 'charge.refunded' : 'charge.partially_refunded'
  if (refund.state === 'succeeded') await insertEvent(sql, charge, { type, data: { ...data, ...by } })
  if (refund.state === 'failed') await insertEvent(sql, charge, { type: 'charge.refund_failed', data })
  if (after === 'refund_failed' && before !== after) await reportTaskUnderLock(sql, charge, 'refund_failed')
  if (refund.state !== 'pending') await makeLiveRunDue(sql, charge.billingCustomerId)
}

/** Returns the state of a charge of which more is refunded, or being refunded, than before. */
function stateWith(before: ChargeRow, { returned, pending }: RefundSums): ChargeState {
  if (returned >= before.amount) return 'refunded'
  const stays = before.state === 'refunded' || isKeptAside(before)
  return returned + pending >= before.amount && !stays ? 'refund_pending' : before.state
}

/**
 * Returns the state of a charge of which less is refunded than before. It stands again, unless all of it has to be
 * returned: then an operator must act. So must one if the customer has paid another initial charge since: then this one
 * no longer counts as the customer's, like a late payment.
 */
async function afterFailure(
  sql: Sql,
  { id, billingCustomerId, amount, state }: ChargeRow,
  { source }: Changed,
  { returned, pending }: RefundSums,
): Promise<ChargeState> {
  if (returned + pending >= amount || (state !== 'refund_pending' && state !== 'refunded')) return state
  const [row] = await sql<{ isOwed: boolean; isFollowed: boolean }[]>`
    select exists (select 1 from refunds where charge_id = ${id} and source in ('undo', 'policy')) as is_owed,
      exists (
        select 1 from charges c
        where c.billing_customer_id = ${billingCustomerId} and c.id <> ${id} and not c.late
          and c.state = any(${unsettledChargeStates})) as is_followed`
  const { isOwed, isFollowed } = row!
  if (isFollowed) await sql`update charges set late = true where id = ${id}`
  // Nobody wants the rest back if a refund by hand fails beside one that was requested.
  if (!isOwed && !isFollowed && (source === 'request' || pending > 0)) return 'succeeded'
  return pending > 0 ? 'refund_pending' : 'refund_failed'
}
