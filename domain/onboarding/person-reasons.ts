import { own } from '../text/own.ts'

/** What an operator is told to do, by the reason why the service cannot decide alone. Rows contain the reasons. */
const advice = {
  disputed:
    'The charge was or is disputed. Respond to the dispute in the dashboard of the gateway if it is open. When it is ' +
    'decided, resolve the charge: keep or returned_by_hand.',
  outcome_unknown:
    'The gateway cannot report the outcome of this charge: look it up in its dashboard, then resolve the charge.',
  refund_failed:
    'The refund failed: return the money by hand, then resolve the charge as returned_by_hand (or keep, if it stays).',
  not_paid_there:
    'The gateway does not show this charge as paid: look it up in its dashboard, then resolve the charge: keep or ' +
    'never_happened.',
  late_payment: 'Money arrived after the onboarding had ended and is being refunded: check that the refund succeeds.',
  gateway_refused:
    'The gateway rejects our request: fix the key, the permission or the account; or the object there is not the one ' +
    'that we created: correct that in its dashboard. The request is retried automatically; retryNow does it at once.',
  mapped_customer_not_found:
    'The customer that integration_entity_mapping names does not exist at the gateway, or exists in its other mode. ' +
    'Change the mapping of the customer, then retry.',
  mapped_customer_not_ours:
    'The customer that integration_entity_mapping names belongs to another organization or environment, or does not ' +
    'say whose it is. Change the mapping, or write organization_id and environment into the metadata of the customer ' +
    'at the gateway, then retry.',
  earlier_charge: 'A charge of an earlier onboarding blocks this one: resolve that charge.',
  payment_objects_exhausted:
    'Five payments in a row could not be created at the gateway, or could not be paid there. Look them up in its ' +
    'dashboard. Nothing was charged. Another is tried automatically; retryNow does it at once, cancel ends the ' +
    'onboarding.',
  step_failed: 'A step fails for an unexpected reason: see its failure in Temporal UI and the log of the worker.',
  no_progress:
    'A step finds nothing to do, again and again, although the onboarding is not finished: see the run in Temporal ' +
    'UI and the log of the worker, and report it. The step is retried automatically.',
  cannot_end:
    'The onboarding is being ended, but a payment of it is still open, or a charge of it is not settled: see its ' +
    'charges, and the run in Temporal UI. The end is retried automatically.',
  no_sign_of_life:
    'The run does not progress: check whether a worker polls the task queue, and see the run in Temporal UI.',
  blocked: 'The run waits for an operator, and an earlier version did not record why: see the run in Temporal UI.',
} satisfies Record<string, string>

/** Why a person must act. */
export type PersonReason = keyof typeof advice

export const personReasons = Object.keys(advice) as PersonReason[]

/** Returns what an operator is told to do. A newer version may have stored a reason that this one does not know. */
export const whatToDo = (reason: PersonReason): string => own(advice, reason) ?? 'Look at the run in Temporal UI.'
