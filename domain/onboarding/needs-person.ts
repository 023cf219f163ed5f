import type { ChargeState } from '../lifecycle.ts'
import { own } from '../text/own.ts'

/** What a person has to do: a code of ours, and what to do about it in words. */
export interface PersonNeeded {
  reason: string
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
  raised: string[]
}

const advice: Record<string, string> = {
  disputed:
    'The charge was or is disputed. Answer the dispute in the dashboard of the gateway if it is open. When it ' +
    'is decided, resolve the charge: keep or returned_by_hand.',
  outcome_unknown:
    'The gateway does not tell what became of this charge: look it up in its dashboard, then resolve the charge.',
  refund_failed:
    'The refund failed: return the money by hand, then resolve the charge as returned_by_hand (or keep, where ' +
    'it stays).',
  not_paid_there:
    'The gateway does not show this charge as paid: look it up in its dashboard, then resolve the charge: ' +
    'keep or never_happened.',
  late_payment: 'Money came after the onboarding had ended and is being returned: see that the refund goes through.',
  gateway_refused:
    'The gateway refuses our request as such: mend the key, the permission or the account; or what it shows ' +
    'is not the object that we made: put that right in its dashboard. It is tried again by itself; retry cuts ' +
    'the wait short.',
  mapped_customer_not_found:
    'The customer that integration_entity_mapping names is not at the gateway, or in its other mode. Change ' +
    'the mapping of the customer, then retry.',
  mapped_customer_not_ours:
    'The customer that integration_entity_mapping names belongs to another organization or environment, or ' +
    'says of nobody whose it is. Change the mapping, or write organization_id and environment into the ' +
    'metadata of the customer at the gateway, then retry.',
  earlier_charge: 'A charge of an earlier onboarding stands in the way: resolve that charge.',
  step_failed: 'A step fails for a reason nobody foresaw: see its failure in Temporal UI and the log of the worker.',
  no_sign_of_life: 'The run does not move: see whether a worker polls the task queue, and the run in Temporal UI.',
}

/** What a person is told to do for a reason (`disputed/ch_…` is `disputed`). */
export const whatToDo = (reason: string): string =>
  own(advice, reason.split('/')[0]!) ?? 'Look at the run in Temporal UI.'

const needed = (reason: string, chargeId: string | null = null): PersonNeeded => ({
  reason,
  whatToDo: whatToDo(reason),
  chargeId,
})

/** What a person has to do about a charge as it stands; undefined where nothing (any more). */
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

/** What a person has to do for an onboarding that waits for an operator. */
export const neededForOnboarding = (reason: string | null): PersonNeeded => needed(reason ?? 'blocked')
