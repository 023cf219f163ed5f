import { defineSearchAttributeKey, SearchAttributeType, type SearchAttributePair } from '@temporalio/common'
import { defineSignal, defineUpdate } from '@temporalio/workflow'
import type { BlockedOn } from '../domain/lifecycle.ts'
import { moneyWorkflowId, workflowIdOf, type RunInput } from '../domain/onboarding/run.ts'
import { attributeNames } from '../domain/onboarding/search-attributes.ts'

// What others may send to the runs, and how a run is named and begun. Importing this imports no workflow code.

/** The page or an API caller submitted a payment method. The content is in the record; this only says "look". */
export const setupCompleted = defineSignal('setupCompleted')
/** The customer is back from the bank. */
export const actionCompleted = defineSignal('actionCompleted')
/** Something else about the record changed, or its run was not seen for a while. */
export const recordChanged = defineSignal('recordChanged')

export const cancelUpdate = defineUpdate<string, [{ reason: string }]>('cancel')
export const extendUpdate = defineUpdate<string, [{ seconds: number }]>('extend')
export const replaceLinkUpdate = defineUpdate<string, [{ seconds: number }]>('replaceLink')
export const waiveInitialChargeUpdate = defineUpdate<string, [{ reason: string }]>('waiveInitialCharge')
export const changeInitialAmountUpdate = defineUpdate<string, [{ amount: number; reason: string }]>(
  'changeInitialAmount',
)
export const retryNowUpdate = defineUpdate<string, []>('retryNow')

export const onboardingType = 'onboarding'
export const replacementType = 'replacePaymentMethod'
export const moneyType = 'money'

const keyword = (name: string) => defineSearchAttributeKey(name, SearchAttributeType.KEYWORD)

export const searchAttributes = {
  environment: keyword(attributeNames.environment),
  organizationId: keyword(attributeNames.organizationId),
  customerId: keyword(attributeNames.customerId),
  billingCustomerId: keyword(attributeNames.billingCustomerId),
  gateway: keyword(attributeNames.gateway),
  step: keyword(attributeNames.step),
  blockedOn: keyword(attributeNames.blockedOn),
}

/** The workflow that drives a run of this kind. */
export const workflowTypeOf = ({ kind }: Pick<RunInput, 'kind'>) =>
  kind === 'replacement' ? replacementType : onboardingType

const initialAttributes = (run: RunInput): SearchAttributePair[] => [
  { key: searchAttributes.environment, value: run.environment },
  { key: searchAttributes.organizationId, value: run.organizationId },
  { key: searchAttributes.customerId, value: run.customerId },
  { key: searchAttributes.billingCustomerId, value: run.billingCustomerId },
  { key: searchAttributes.gateway, value: run.gateway },
  { key: searchAttributes.step, value: 'payment_method' },
  { key: searchAttributes.blockedOn, value: 'customer' satisfies BlockedOn },
]

/** How the run of an onboarding is started, and signaled-with-start: always alike, so that either may come first. */
export function onboardingStart(
  { environment, organizationId, customerId, billingCustomerId, onboardingId, n, gateway, kind }: RunInput,
  taskQueue: string,
) {
  const named = kind === 'replacement' ? { kind } : {}
  const run = { environment, organizationId, customerId, billingCustomerId, onboardingId, n, gateway, ...named }
  const what = kind === 'replacement' ? 'Replacement' : 'Onboarding'
  return {
    workflowId: workflowIdOf(run),
    taskQueue,
    args: [run] as [RunInput],
    workflowIdReusePolicy: 'ALLOW_DUPLICATE' as const,
    workflowIdConflictPolicy: 'USE_EXISTING' as const,
    typedSearchAttributes: initialAttributes(run),
    staticSummary: `${what} ${n} of ${billingCustomerId}`,
    staticDetails: `Billing customer \`${billingCustomerId}\`, ${what.toLowerCase()} \`${onboardingId}\`, ${environment}`,
  }
}

/** How somebody is set to look after the money of an onboarding that has ended. */
export function moneyStart(chargeId: string, taskQueue: string) {
  return {
    workflowId: moneyWorkflowId(chargeId),
    taskQueue,
    args: [chargeId] as [string],
    workflowIdReusePolicy: 'ALLOW_DUPLICATE' as const,
    workflowIdConflictPolicy: 'USE_EXISTING' as const,
    staticSummary: `Money of charge ${chargeId}`,
  }
}
