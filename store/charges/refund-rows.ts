import type { RefundSource, RefundState } from '../../domain/lifecycle.ts'
import type { Sql } from '../database/database.ts'

/** A refund of a charge, in whole or part. */
export interface RefundRow {
  id: string
  chargeId: string
  source: RefundSource
  /** Minor units. */
  amount: number
  /** Whether it is for all that is left of the charge: it may become smaller until it is requested. */
  rest: boolean
  state: RefundState
  /** Why it failed: the gateway's code or ours. */
  failure: string | null
  /** The reason that the caller gave. */
  reason: string | null
  /** Numbers the idempotency key. */
  refundNumber: number
  gatewayRefundId: string | null
  createdBy: string | null
  actorKeyId: string | null
  createdAt: Date
}

/** Lists the refunds of these charges, oldest first. */
export const listRefunds = (sql: Sql, chargeIds: string[]): Promise<RefundRow[]> =>
  sql<RefundRow[]>`
    select id, charge_id, source, amount, rest, state, failure, reason, r as refund_number, gateway_refund_id,
      created_by, actor_key_id, created_at
    from refunds where charge_id = any(${chargeIds}) order by id`

/** A refund as part of a charge: JSON has its time as text. */
export type ShownRefund = Omit<RefundRow, 'chargeId' | 'createdBy' | 'createdAt'> & { createdAt: string }

/**
 * The refunds of a charge `c` as JSON, oldest first: read in the charge's statement, so that both are as of one point
 * in time.
 */
export const refundsOf = (sql: Sql) => sql`
  coalesce((
    select json_agg(json_build_object('id', f.id, 'source', f.source, 'amount', f.amount, 'rest', f.rest,
      'state', f.state, 'failure', f.failure, 'reason', f.reason, 'refundNumber', f.r,
      'gatewayRefundId', f.gateway_refund_id, 'actorKeyId', f.actor_key_id, 'createdAt', f.created_at) order by f.id)
    from refunds f where f.charge_id = c.id), '[]'::json)`

/** Condition on a charge `c`: one of its refunds is pending, or it is to be refunded completely. */
export const isRefunding = (sql: Sql) => sql`
  (c.state = 'refund_pending' or exists (select 1 from refunds f where f.charge_id = c.id and f.state = 'pending'))`

/** What was refunded of a charge `c`, in minor units. An operator may have returned it in another way. */
export const refundedAmountOf = (sql: Sql) => sql`
  case when c.state = 'refunded' then c.amount else least(c.amount, coalesce((
    select sum(f.amount)::bigint from refunds f where f.charge_id = c.id and f.state = 'succeeded'), 0)) end`

/** Sums of the refunds of a charge, in minor units. */
export interface RefundSums {
  returned: number
  pending: number
}

export async function sumRefunds(sql: Sql, chargeId: string): Promise<RefundSums> {
  const [sums] = await sql<RefundSums[]>`
    select coalesce(sum(amount) filter (where state = 'succeeded'), 0)::bigint as returned,
      coalesce(sum(amount) filter (where state = 'pending'), 0)::bigint as pending
    from refunds where charge_id = ${chargeId}`
  return sums!
}
