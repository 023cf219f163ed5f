import type { ChargeState } from '../lifecycle.ts'
import { whatToDo, type PersonReason } from './person-reasons.ts'

/** What a person has to do, and why. */
export interface PersonNeeded {
  reason: PersonReason
  whatToDo: string
  /** The charge that it is about, if it is about one. */
  chargeId: string | null
}

/** What is known of a charge that may need a person. */
export interface ChargeInQuestion {
  id: string
  state: ChargeState
  late: boolean
  disputed: boolean
  /** Reasons for which a person was called about it, newest last. */
  raised: PersonReason[]
}

const needed = (reason: PersonReason, chargeId: string | null = null): PersonNeeded => ({
  reason,
  whatToDo: whatToDo(reason),
  chargeId,
})

/** Returns what a person has to do about a charge; undefined if nothing, or nothing any more. */
export function neededForCharge({ id, state, late, disputed, raised }: ChargeInQuestion): PersonNeeded | undefined {
  if (state === 'unknown') return needed('outcome_unknown', id)
  if (state === 'refund_failed') return needed(disputed ? 'disputed' : 'refund_failed', id)
  const standsInTheWay = raised.findLast((reason) => reason !== 'disputed' && reason !== 'not_paid_there')
  if (state === 'refund_pending' && standsInTheWay) return needed(standsInTheWay, id)
  if (late && (state === 'succeeded' || state === 'refund_pending')) return needed('late_payment', id)
  if (state !== 'succeeded') return undefined
  if (disputed) return needed('disputed', id)
  return raised.includes('not_paid_there') ? needed('not_paid_there', id) : undefined
}

/** Returns what a person has to do for an onboarding that waits for an operator. Old rows have no reason. */
export const neededForOnboarding = (reason: PersonReason | null): PersonNeeded => needed(reason ?? 'blocked')
