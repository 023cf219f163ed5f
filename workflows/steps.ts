import { log, proxyActivities, proxyLocalActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/index.ts'
import { paymentTimeLimit } from '../domain/onboarding/waits.ts'

type DatabaseStep =
  | 'createRecord'
  | 'lookAtRecord'
  | 'activateAndEnroll'
  | 'endOnboarding'
  | 'listRefunding'
  | 'applyCommand'
  | 'noteMoneyWait'
  | 'listChargesToCheck'

const summaries: Record<DatabaseStep, string> = {
  createRecord: 'record: create what is missing, claim',
  lookAtRecord: 'look at the record',
  activateAndEnroll: 'activate and enroll',
  endOnboarding: 'end the onboarding',
  listRefunding: 'find refunds under way',
  applyCommand: 'carry out a command',
  noteMoneyWait: 'note for whom it waits',
  listChargesToCheck: 'list charges to compare with the gateways',
}

// Steps on our own database run inside the workflow task, well below its 10 seconds; where the database does not answer
// they become regular activities, which are seen in Temporal UI and wait as long as it takes.
const local = {
  startToCloseTimeout: '3s',
  scheduleToCloseTimeout: '7s',
  retry: { initialInterval: '100ms', maximumAttempts: 3 },
} as const
const regular = { startToCloseTimeout: '10s', retry: { initialInterval: '1s', maximumInterval: '15s' } } as const

/**
 * One step on our own database. It is repeatable, so the second way may follow the first, even if that still commits.
 */
export function databaseStep<Name extends DatabaseStep>(name: Name): Activities[Name] {
  const summary = summaries[name]
  const first = proxyLocalActivities<Activities>({ ...local, summary })[name] as (
    ...args: unknown[]
  ) => Promise<unknown>
  const second = proxyActivities<Activities>({ ...regular, summary })[name] as (...args: unknown[]) => Promise<unknown>
  const step = async (...args: unknown[]) => {
    try {
      return await first(...args)
    } catch (error) {
      if (wasRefused(error)) throw error
      log.warn('the local activity failed; running it as a regular activity', { step: name })
      return second(...args)
    }
  }
  return step as Activities[Name]
}

const wasRefused = (error: unknown) => (error as { cause?: { type?: string } }).cause?.type === 'Refused'

// The steps say themselves when they want to be tried again (about a minute in all); after that the run itself waits,
// where everybody can see it. The intervals here count where a worker died and could say nothing.
const series = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '20s', maximumAttempts: 5 } as const

const gatewayStep = (summary: string) =>
  proxyActivities<Activities>({
    startToCloseTimeout: paymentTimeLimit,
    heartbeatTimeout: '15s',
    retry: series,
    summary,
  })

export const { takePayment } = gatewayStep('take the payment')
export const { readObject } = gatewayStep('read what the gateway has news of')
export const { changePrice } = gatewayStep('change the price')
export const { swapMethod } = gatewayStep('swap the payment method, detach the old one')
export const { closePayment } = gatewayStep('close the payment, undo what was begun')
export const { settleMoney } = gatewayStep('settle money of an ended onboarding')
export const { checkCharge } = gatewayStep('compare a charge with the gateway')
export const { findUnknownPayments } = gatewayStep('look for payments that are unknown here')

/** Nobody waits for it, so the gateway may be away for long: Temporal itself tries again, for a day. */
export const { closeForms } = proxyActivities<Activities>({
  startToCloseTimeout: '60s',
  scheduleToCloseTimeout: '1 day',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '10m' },
  summary: 'take back cards that were saved and are not used',
})
