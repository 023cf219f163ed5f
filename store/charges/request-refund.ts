import type { Author } from '../../domain/events/author.ts'
import { conflict, invalid } from '../../domain/failure/failures.ts'
import type { ChargeState } from '../../domain/lifecycle.ts'
import { amountText, whyNotRefundable } from '../../domain/payment/money.ts'
import type { Database, Transaction } from '../database/database.ts'
import { underLock } from '../database/lock.ts'
import { findCharge, findStandingCharge, isKeptAside, type ChargeRow } from './charges.ts'
import { insertRefund } from './insert-refund.ts'
import { listRefunds, sumRefunds } from './refund-rows.ts'
import { makeChargeDue } from './wake.ts'

export interface RefundRequest {
  /** Minor units. Default: all that is left. */
  amount?: number | undefined
  reason: string
  /** Who makes the request: a repeat with the same value finds the refund. */
  createdBy: string
}

/** Maximum number of refunds that were requested for one charge. */
const mostRefunds = 50

/**
 * Writes a refund of a charge, in whole or part, for its run to make. Requests at the same time take turns, so that
 * their sum never exceeds the charge. Throws `conflict` if the charge cannot be refunded or less is left, naming
 * `amount` and what is left; `invalid_request` if the gateway cannot refund such an amount.
 */
export async function requestRefund(
  database: Database,
  { id, billingCustomerId }: ChargeRow,
  request: RefundRequest,
  author: Author,
): Promise<void> {
  await underLock(database, billingCustomerId, async (sql) => {
    const charge = (await findCharge(sql, id))!
    const refunds = await listRefunds(sql, [id])
    if (refunds.some(({ createdBy }) => createdBy === request.createdBy)) return
    refuseUnlessRefundable(charge)
    if (refunds.filter(({ source }) => source === 'request').length >= mostRefunds)
      throw conflict('limit_reached', 'id', `at most ${mostRefunds} refunds of a charge can be requested`)
    await writeRefund(sql, charge, request, author)
  })
}

async function writeRefund(
  sql: Transaction,
  charge: ChargeRow,
  { amount: asked, reason, createdBy }: RefundRequest,
  author: Author,
): Promise<void> {
  const { returned, pending } = await sumRefunds(sql, charge.id)
  const left = charge.state === 'refunded' ? 0 : Math.max(0, charge.amount - returned - pending)
  const amount = asked ?? left
  const wrong = whyNotRefundable(amount, charge.currency, charge.gateway)
  if (wrong) throw invalid('amount', wrong)
  if (left === 0)
    throw conflict('refund_exceeds_charge', 'amount', 'nothing is left: all of the charge was or is being refunded')
  if (amount > left)
    throw conflict(
      'refund_exceeds_charge',
      'amount',
      `must be at most ${amountText(left, charge.currency, 'minor')}: that is what is left of the charge`,
    )
  const rest = asked === undefined
  await insertRefund(sql, charge, { source: 'request', amount, rest, reason, createdBy, author })
  if (amount === left && !isKeptAside(charge))
    await sql`update charges set state = 'refund_pending' where id = ${charge.id}`
  await makeChargeDue(sql, charge.id)
}

/**
 * Writes a refund of what is left of the initial charge that stands, if any. Returns its id. Call it under the lock.
 * Throws `conflict` as `requestRefund`.
 */
export async function requestRefundOfInitial(
  sql: Transaction,
  billingCustomerId: string,
  request: Omit<RefundRequest, 'amount'>,
  author: Author,
): Promise<string | undefined> {
  const id = await findStandingCharge(sql, billingCustomerId)
  const charge = id && (await findCharge(sql, id))
  if (!charge) return undefined
  const isRepeat = (await listRefunds(sql, [charge.id])).some(({ createdBy }) => createdBy === request.createdBy)
  const { returned, pending } = await sumRefunds(sql, charge.id)
  if (isRepeat || returned + pending >= charge.amount) return undefined
  refuseUnlessRefundable(charge)
  await writeRefund(sql, charge, request, author)
  return charge.id
}

const refundable = new Set<ChargeState>(['succeeded', 'kept', 'refund_pending', 'refund_failed', 'refunded'])

/** The undo of an onboarding refunds its charge itself. */
function refuseUnlessRefundable({ state, result, late, objectId }: ChargeRow): void {
  const refuse = (why: string) => conflict('charge_not_refundable', 'id', why)
  if (!refundable.has(state)) throw refuse(`a charge with the status ${state} cannot be refunded`)
  if (result === null) throw refuse('its onboarding is live: cancel the onboarding, which refunds the charge')
  if (state === 'succeeded' && (late || result !== 'completed')) throw refuse('it is being refunded already')
  if (objectId === null) throw refuse('its payment is not known at the gateway: refund it there')
}
