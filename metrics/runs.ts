import { Counter } from 'prom-client'
import { chargeStates, type ChargeState } from '../domain/lifecycle.ts'
import { registry } from './registry.ts'

// What concerns runs. "Starter" is the run dispatcher (worker/recovery/run-dispatcher.ts).

const leftToStarter = new Counter({
  name: 'runs_left_to_starter_total',
  help: 'Runs that this API process could not start or signal. The run dispatcher of a worker does it.',
  registers: [registry],
})

/** Records that a start or signal was left to the run dispatcher. */
export const runLeftToStarter = (): void => leftToStarter.inc()

const pushes = new Counter({
  name: 'onboarding_starter_pushes_total',
  help: 'Overdue runs that the run dispatcher started or signaled (sent), or could not (failed).',
  labelNames: ['outcome'],
  registers: [registry],
})

const failures = new Counter({
  name: 'step_failures_total',
  help: 'Failed attempts of workflow steps, by the type of the failure.',
  labelNames: ['step', 'code'],
  registers: [registry],
})

const checked = new Counter({
  name: 'janitor_charges_checked_total',
  help: 'Charges that reconciliation read at their gateway, because the lists differ, by their state afterwards.',
  labelNames: ['state'],
  registers: [registry],
})

for (const outcome of ['sent', 'failed']) pushes.inc({ outcome }, 0)
for (const state of chargeStates) checked.inc({ state }, 0)

/** When in milliseconds the first and the last of consecutive pushes failed; undefined after a success. */
let failing: { since: number; last: number } | undefined
/** A run that could not be started is tried again every 5 seconds: after this many milliseconds, none is overdue. */
const failuresLast = 60_000

const isFailing = (now: number) => failing !== undefined && now - failing.last <= failuresLast

/** Records that the run dispatcher started or signaled an overdue run, or could not reach Temporal. */
export function starterPushed(outcome: 'sent' | 'failed'): void {
  pushes.inc({ outcome })
  const now = Date.now()
  const since = failing && isFailing(now) ? failing.since : now
  failing = outcome === 'failed' ? { since, last: now } : undefined
}

/**
 * Returns for how many seconds no overdue run could be started or signaled. 0 if the last one could, or if none was
 * tried for a minute: another worker may have started it, or its onboarding ended.
 */
export function pushesFailingFor(): number {
  const now = Date.now()
  return failing && isFailing(now) ? (now - failing.since) / 1_000 : 0
}

/** Lets the count of unexpected failures of a step begin with 0 (metrics/billing.ts). */
export const stepKnown = (step: string): void => failures.inc({ step, code: 'StepFailed' }, 0)

/** Records that an attempt of a step failed. */
export const stepFailed = (step: string, code: string): void => failures.inc({ step, code })

/** Records that reconciliation read a charge. */
export const chargeChecked = (state: ChargeState): void => checked.inc({ state })
