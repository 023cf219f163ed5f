import { Counter } from 'prom-client'
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
  help: 'Charges that reconciliation compared with their gateway, by their state afterwards.',
  labelNames: ['state'],
  registers: [registry],
})

for (const outcome of ['sent', 'failed']) pushes.inc({ outcome }, 0)

/** Since when in milliseconds all pushes failed; undefined after a success. */
let failingSince: number | undefined

/** Records that the run dispatcher started or signaled an overdue run, or could not reach Temporal. */
export function starterPushed(outcome: 'sent' | 'failed'): void {
  pushes.inc({ outcome })
  if (outcome === 'sent') failingSince = undefined
  else failingSince ??= Date.now()
}

/** Returns for how many seconds no overdue run could be started or signaled; 0 if the last one could. */
export const pushesFailingFor = (): number => (failingSince === undefined ? 0 : (Date.now() - failingSince) / 1_000)

/** Lets the count of unexpected failures of a step begin with 0 (metrics/billing.ts). */
export const stepKnown = (step: string): void => failures.inc({ step, code: 'StepFailed' }, 0)

/** Records that an attempt of a step failed. */
export const stepFailed = (step: string, code: string): void => failures.inc({ step, code })

/** Records that reconciliation compared a charge. */
export const chargeChecked = (state: string): void => checked.inc({ state })
