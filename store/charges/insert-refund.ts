import type { Author } from '../../domain/events/author.ts'
import { chargeData, refundData } from '../../domain/events/charge-events.ts'
import type { RefundSource } from '../../domain/lifecycle.ts'
import type { Transaction } from '../database/database.ts'
import { newId } from '../database/new-id.ts'
import { insertEvent } from '../events/events.ts'
import type { ChargeRow } from './charges.ts'
import { sumRefunds } from './refund-rows.ts'

export interface NewRefund {
  source: Exclude<RefundSource, 'gateway'>
  /** Minor units. */
  amount: number
  /** Whether it is for all that is left: it may become smaller until it is requested. */
  rest: boolean
  reason?: string
  createdBy?: string
  author?: Author
}

type RefundedCharge = Pick<ChargeRow, 'id' | 'billingCustomerId' | 'onboardingId' | 'amount' | 'currency'>

/** Writes a refund that is to be made, with its event. Returns its id. Call it under the billing customer's lock. */
export async function insertRefund(sql: Transaction, charge: RefundedCharge, refund: NewRefund): Promise<string> {
  const { source, amount, rest, reason = null, createdBy = null, author = { actor: 'system' as const } } = refund
  const id = newId('refund')
  await sql`
    with numbered as (update charges set r = r + 1 where id = ${charge.id} returning r)
    insert into refunds (id, charge_id, source, amount, rest, reason, r, created_by, actor, actor_key_id)
    select ${id}, ${charge.id}, ${source}, ${amount}, ${rest}, ${reason}, r, ${createdBy}, ${author.actor},
      ${author.actorKeyId ?? null}
    from numbered`
  const { returned } = await sumRefunds(sql, charge.id)
  await insertEvent(sql, charge, {
    type: 'charge.refund_requested',
    ...author,
    data: {
      ...chargeData(charge),
      ...refundData({ id, amount }, returned),
      ...(source === 'policy' ? { why: source } : {}),
    },
  })
  return id
}

/** Writes a refund of all that is left of a charge, unless nothing is. */
export async function insertRefundOfRest(
  sql: Transaction,
  charge: RefundedCharge,
  source: NewRefund['source'],
): Promise<void> {
  const { returned, pending } = await sumRefunds(sql, charge.id)
  const amount = charge.amount - returned - pending
  if (amount > 0) await insertRefund(sql, charge, { source, amount, rest: true })
}
