import { own } from '../text/own.ts'

/** What an operator is told to do, by the reason why the service cannot decide alone. Rows contain the reasons. */
const advice = {
  disputed:
    'The charge was or is disputed. If the dispute is open, respond to it in the dashboard of the gateway. Once it ' +
    'is decided, resolve the charge: keep or returned_by_hand.',
  outcome_unknown:
    'The gateway cannot report the outcome of this charge: look it up in the dashboard, then resolve the charge.',
  refund_failed:
    'The refund failed: return the money manually, then resolve the charge as returned_by_hand (or keep it).',
  not_paid_there:
    'The gateway does not show this charge as paid: look it up in the dashboard, then resolve it: keep or ' +
    'never_happened.',
  amount_differs:
    'The gateway shows another amount or currency for this charge: compare both in the dashboard and refund there ' +
    'what is too much, then resolve the charge: keep or returned_by_hand.',
  late_payment:
    'A payment succeeded after the onboarding had ended and is being refunded: check that the refund succeeds.',
  gateway_refused:
    'The gateway rejects our request: fix the key, the permission or the account. If its object was changed there, ' +
    'correct it in the dashboard. The request is retried automatically; retryNow retries it immediately.',
  mapped_customer_not_found:
    'The customer that integration_entity_mapping names does not exist at the gateway, or exists in another mode. ' +
    'Change the mapping of the customer, then retry.',
  mapped_customer_not_ours:
    'The customer that integration_entity_mapping names belongs to another organization or environment, or has no ' +
    'metadata that names its owner. Change the mapping, or add organization_id and environment to the metadata of ' +
    'the customer at the gateway, then retry.',
  earlier_charge: 'A charge of an earlier onboarding blocks this one: resolve that charge.',
  payment_objects_exhausted:
    'Five payments in a row could not be created or completed at the gateway. Look them up in its dashboard. Nothing ' +
    'was charged. The next one is tried automatically; retryNow tries it immediately, and cancel ends the onboarding.',
  step_failed: 'A step fails for an unexpected reason: see its failure in Temporal UI and in the log of the worker.',
  no_progress:
    'A step repeatedly finds nothing to do although the onboarding is not complete: see the run in Temporal UI and ' +
    'the log of the worker, and report it. The step is retried automatically.',
  cannot_end:
    'The onboarding is closing, but still has an open payment or an unsettled charge: see its charges, and the run ' +
    'in Temporal UI. Closing is retried automatically.',
  no_sign_of_life:
    'The run does not progress: check whether a worker polls the task queue, and see the run in Temporal UI.',
  blocked:
    'The run waits for an operator, and an earlier version did not record the reason: see the run in Temporal UI.',
} satisfies Record<string, string>

/** Why a person must act. */
export type PersonReason = keyof typeof advice

export const personReasons = Object.keys(advice) as PersonReason[]

/** Returns what an operator is told to do. A newer version may have stored a reason that this one does not know. */
export const whatToDo = (reason: PersonReason): string => own(advice, reason) ?? 'See the run in Temporal UI.'
