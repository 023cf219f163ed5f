import { log, proxyActivities, proxyLocalActivities, workflowInfo } from '@temporalio/workflow'
import type { Activities, DatabaseStep } from '../activities/index.ts'
import type { WebhookActivities } from '../activities/webhooks/index.ts'
import { webhookQueue } from '../domain/webhooks/endpoint.ts'
import { paymentTimeLimit } from '../domain/onboarding/waits.ts'

const summaries: Record<DatabaseStep, string> = {
  createRecord: 'claim the record',
  lookAtRecord: 'read the next step',
  activateAndEnroll: 'activate and enroll',
  endOnboarding: 'end the onboarding',
  listRefunding: 'list pending refunds',
  applyCommand: 'apply a command',
  noteMoneyWait: 'record the wait',
  listAccountsToReconcile: 'list gateway accounts',
  recordReconciliation: 'record the round',
  readBulkProgress: 'read the progress',
  applyBulkCommand: 'apply a command',
  readEndpointHealth: 'read the endpoint',
  applyEndpointCommand: 'apply a command',
}

// Steps on our own database run inside the workflow task, well below its 10 seconds. If the database does not respond,
// they become regular activities, which Temporal UI shows and which wait as long as necessary.
const local = {
  startToCloseTimeout: '3s',
  scheduleToCloseTimeout: '7s',
  retry: { initialInterval: '100ms', maximumAttempts: 3 },
} as const
const regular = { startToCloseTimeout: '10s', retry: { initialInterval: '1s', maximumInterval: '15s' } } as const

/**
 * Returns a step on our own database: a local activity first, then a regular one. Steps can be repeated, so the second
 * may start while the first still commits.
 */
export function databaseStep<Name extends DatabaseStep>(name: Name): Activities[Name] {
  const summary = summaries[name]
  const first = proxyLocalActivities<Activities>({ ...local, summary })[name] as (
    ...args: unknown[]
  ) => Promise<unknown>
  const second = proxyActivities<Activities>({ ...regular, summary })[name] as (...args: unknown[]) => Promise<unknown>
  const attempt = async (...args: unknown[]) => {
    try {
      return await first(...args)
    } catch (error) {
      if (wasRefused(error)) throw error
      log.warn('the local activity failed; running it as a regular activity', { step: name })
      return second(...args)
    }
  }
  return ((...args: unknown[]) => inTurn(() => attempt(...args))) as Activities[Name]
}

/**
 * Runs the database steps of a run one after another, those of updates too: concurrent local activities are replayed in
 * the order of their starts, not of their ends (temporalio/sdk-rust#1075), so the run would fail on another worker.
 */
function inTurn<Result>(step: () => Promise<Result>): Promise<Result> {
  const done = previousStep.then(step)
  previousStep = done.catch(() => {})
  return done
}
/** Each run has its own module state. */
let previousStep: Promise<unknown> = Promise.resolve()

const wasRefused = (error: unknown) => (error as { cause?: { type?: string } }).cause?.type === 'Refused'

// A failed step sets the delay of its next attempt (about a minute in total); then the run itself waits, visibly for
// operators. The intervals here apply if a worker died.
const series = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '20s', maximumAttempts: 5 } as const

const gatewayStep = (summary: string) =>
  proxyActivities<Activities>({
    startToCloseTimeout: paymentTimeLimit,
    heartbeatTimeout: '15s',
    retry: series,
    summary,
  })

type Step<Name extends keyof Activities> = (
  reference: Parameters<Activities[Name]>[0],
  summary: string,
) => ReturnType<Activities[Name]>

export const takePayment: Step<'takePayment'> = (reference, summary) => gatewayStep(summary).takePayment(reference)
export const closePayment: Step<'closePayment'> = (reference, summary) => gatewayStep(summary).closePayment(reference)
export const { readObject } = gatewayStep('read objects with new events')
export const { changePrice } = gatewayStep('change the price')
export const { swapMethod } = gatewayStep('swap the payment method, detach the old one')
export const { settleMoney } = gatewayStep('settle a charge of an ended onboarding')
export const { reconcileAccount } = gatewayStep('compare an account with the record')

/** A page of rows, about a minute. Temporal retries it until the database is available again. */
export const { onboardRows } = proxyActivities<Activities>({
  startToCloseTimeout: '3m',
  heartbeatTimeout: '8s',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '20s' },
  summary: 'onboard rows',
})

/** Nothing waits for it, so Temporal retries it for a day if the gateway is unavailable. */
export const { closeForms } = proxyActivities<Activities>({
  startToCloseTimeout: '60s',
  scheduleToCloseTimeout: '1 day',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '10m' },
  summary: 'remove saved cards that are not used',
})

/** On a task queue of its own: receivers that do not respond take no slots from payments. */
export const tryEndpoint: WebhookActivities['tryEndpoint'] = ((endpoint) =>
  proxyActivities<WebhookActivities>({
    taskQueue: webhookQueue(workflowInfo().taskQueue),
    startToCloseTimeout: '30s',
    retry: { initialInterval: '1s', maximumInterval: '1m' },
    summary: 'try the receiver',
  }).tryEndpoint(endpoint)) as WebhookActivities['tryEndpoint']
