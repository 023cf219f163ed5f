import type { ChargeState } from '../lifecycle.ts'
import { whatToDo, type PersonReason } from './person-reasons.ts'

/** What an operator has to do, and why. */
export interface OperatorTask {
  reason: PersonReason
  whatToDo: string
  /** The charge that it is about, if it is about one. */
  chargeId: string | null
}

/** A charge that may need an operator. */
export interface ChargeToReview {
  id: string
  state: ChargeState
  late: boolean
  disputed: boolean
  /** Whether a refund of it, also of a part, is pending. */
  refunding?: boolean
  /** Reasons that were reported to operators, newest last. */
  raised: PersonReason[]
}

const needed = (reason: PersonReason, chargeId: string | null = null): OperatorTask => ({
  reason,
  whatToDo: whatToDo(reason),
  chargeId,
})

/** Returns what an operator has to do about a charge; undefined if nothing is left to do. */
export function taskForCharge({
  id,
  state,
  late,
  disputed,
  refunding,
  raised,
}: ChargeToReview): OperatorTask | undefined {
  if (state === 'unknown') return needed('outcome_unknown', id)
  if (state === 'refund_failed') return needed(disputed ? 'disputed' : 'refund_failed', id)
  const blocking = raised.findLast((reason) => !ofReconciliation.has(reason))
  if ((refunding || state === 'refund_pending') && blocking) return needed(blocking, id)
  if (late && (state === 'succeeded' || state === 'refund_pending')) return needed('late_payment', id)
  // A canceled charge was paid after all: with another amount it is not recorded as a late payment.
  if (state === 'canceled' && raised.includes('amount_differs')) return needed('amount_differs', id)
  if (state !== 'succeeded') return undefined
  if (disputed) return needed('disputed', id)
  const differing = raised.findLast((reason) => reason === 'not_paid_there' || reason === 'amount_differs')
  return differing && needed(differing, id)
}

/** These prevent no refund. */
const ofReconciliation = new Set<PersonReason>(['disputed', 'not_paid_there', 'amount_differs'])

/** Returns what an operator has to do for an onboarding. Old rows have no reason. */
export const taskForOnboarding = (reason: PersonReason | null): OperatorTask => needed(reason ?? 'blocked')
