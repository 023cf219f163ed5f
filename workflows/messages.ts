import { defineSearchAttributeKey, SearchAttributeType, type SearchAttributePair } from '@temporalio/common'
import { defineSignal, defineUpdate } from '@temporalio/workflow'
import { bulkWorkflowId, type BulkReference } from '../domain/bulk/bulk.ts'
import type { BlockedOn } from '../domain/lifecycle.ts'
import { moneyWorkflowId, workflowIdOf, type RecordedRun, type RunInput } from '../domain/onboarding/run.ts'
import { endpointWorkflowId, type EndpointReference } from '../domain/webhooks/endpoint.ts'
import { attributeNames } from '../domain/onboarding/search-attributes.ts'

// The signals and updates of runs, and how runs are started. Importing this file imports no workflow code.

/** The page or an API client submitted a payment method, which is in the record. */
export const setupCompleted = defineSignal('setupCompleted')
/** The customer returned from the bank. */
export const actionCompleted = defineSignal('actionCompleted')
/** Something else in the record changed, or its run has made no progress for a while. */
export const recordChanged = defineSignal('recordChanged')

export const cancelUpdate = defineUpdate<string, [{ reason: string }]>('cancel')
export const extendUpdate = defineUpdate<string, [{ seconds: number }]>('extend')
export const replaceLinkUpdate = defineUpdate<string, [{ seconds: number }]>('replaceLink')
export const waiveInitialChargeUpdate = defineUpdate<string, [{ reason: string }]>('waiveInitialCharge')
export const changeInitialAmountUpdate = defineUpdate<string, [{ amount: number; reason: string }]>(
  'changeInitialAmount',
)
export const retryNowUpdate = defineUpdate<string, []>('retryNow')
export const disableEndpointUpdate = defineUpdate<string, []>('disable')
export const enableEndpointUpdate = defineUpdate<string, []>('enable')

export const pauseBulkUpdate = defineUpdate<string, []>('pause')
export const resumeBulkUpdate = defineUpdate<string, []>('resume')
export const cancelBulkUpdate = defineUpdate<string, []>('cancel')
export const setBulkRateUpdate = defineUpdate<string, [{ rowsPerSecond?: number; startsPerSecond?: number }]>('setRate')

export const onboardingType = 'onboarding'
export const replacementType = 'replacePaymentMethod'
export const moneyType = 'money'
export const endpointType = 'webhookEndpoint'
export const bulkType = 'bulkOnboarding'

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

/** Returns the workflow type of a run of this kind. */
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

/** What Temporal UI shows at the top of a run. */
export interface RunTexts {
  staticSummary: string
  /** Markdown. */
  staticDetails?: string
}

export function onboardingTexts(run: RunInput): Required<RunTexts> {
  const { kind, n, billingCustomerId, onboardingId, environment } = run
  const what = kind === 'replacement' ? 'Replacement' : 'Onboarding'
  const ids = `Billing customer \`${billingCustomerId}\`, ${what.toLowerCase()} \`${onboardingId}\``
  return { staticSummary: `${what} ${n} of ${billingCustomerId}`, staticDetails: `${ids}, ${environment}` }
}

export const chargeTexts = (chargeId: string): RunTexts => ({ staticSummary: `Settle charge ${chargeId}` })

export const bulkTexts = ({ bulkId, environment }: BulkReference): Required<RunTexts> => ({
  staticSummary: `Bulk onboarding ${bulkId}`,
  staticDetails: `Bulk onboarding \`${bulkId}\`, ${environment}`,
})

export const endpointTexts = ({ endpointId, environment }: EndpointReference): Required<RunTexts> => ({
  staticSummary: `Recover webhook endpoint ${endpointId}`,
  staticDetails: `Webhook endpoint \`${endpointId}\`, ${environment}`,
})

/** At most one run with an id is open; a closed one can be followed by another. */
const oneAtATime = { workflowIdReusePolicy: 'ALLOW_DUPLICATE', workflowIdConflictPolicy: 'USE_EXISTING' } as const

/** Returns the options to start a run, also by signal-with-start: the same each time, as either can come first. */
export function onboardingStart(recorded: RecordedRun, taskQueue: string) {
  const { environment, organizationId, customerId, billingCustomerId, onboardingId, n, gateway, kind } = recorded
  const ids = { environment, organizationId, customerId, billingCustomerId, onboardingId }
  const run: RunInput = { ...ids, n, gateway, ...(kind === 'replacement' ? { kind } : {}) }
  return {
    workflowId: workflowIdOf(recorded),
    taskQueue,
    args: [run] as [RunInput],
    ...oneAtATime,
    typedSearchAttributes: initialAttributes(run),
    ...onboardingTexts(run),
  }
}

/** Returns the options to start the run that settles a charge of an ended onboarding. */
export function moneyStart(chargeId: string, taskQueue: string) {
  return {
    workflowId: moneyWorkflowId(chargeId),
    taskQueue,
    args: [chargeId] as [string],
    ...oneAtATime,
    ...chargeTexts(chargeId),
  }
}

/** Returns the options to start the run of a bulk onboarding. */
export function bulkStart({ environment, organizationId, bulkId }: BulkReference, taskQueue: string) {
  const bulk = { environment, organizationId, bulkId }
  const typedSearchAttributes: SearchAttributePair[] = [
    { key: searchAttributes.environment, value: environment },
    { key: searchAttributes.organizationId, value: organizationId },
    { key: searchAttributes.step, value: 'bulk' },
  ]
  return {
    workflowId: bulkWorkflowId(bulk),
    taskQueue,
    args: [bulk] as [BulkReference],
    ...oneAtATime,
    typedSearchAttributes,
    ...bulkTexts(bulk),
  }
}

/** Returns the options to start the run of a failing webhook endpoint, without its URL, which may contain a token. */
export function endpointStart({ environment, organizationId, endpointId }: EndpointReference, taskQueue: string) {
  const endpoint = { environment, organizationId, endpointId }
  const typedSearchAttributes: SearchAttributePair[] = [
    { key: searchAttributes.environment, value: environment },
    { key: searchAttributes.organizationId, value: organizationId },
    { key: searchAttributes.step, value: 'webhooks' },
    { key: searchAttributes.blockedOn, value: 'receiver' },
  ]
  return {
    workflowId: endpointWorkflowId(endpoint),
    taskQueue,
    args: [endpoint] as [EndpointReference],
    ...oneAtATime,
    typedSearchAttributes,
    ...endpointTexts(endpoint),
  }
}
