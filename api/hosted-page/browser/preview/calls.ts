import type { StepName, StepState, SubmissionRefusal } from '../../../../domain/lifecycle.ts'
import type { PageProgress } from '../../view/model.ts'
import type { Answer } from '../calls.ts'
import { bankAsks } from '../gateways/previewed.ts'
import { page } from '../page-data.ts'
import { say } from '../show.ts'
import { playedState } from '../played-state.ts'

// What the service responds in a preview.

export type { Answer }

const never = new Promise<never>(() => {})
export const pause = (): Promise<void> => never

const steps = (states: Partial<Record<StepName, StepState>>): PageProgress['steps'] =>
  (['payment_method', 'initial_charge', 'activation', 'enrollment'] as const).map((name) => ({
    name,
    state: states[name] ?? 'waiting',
    attempts: 0,
    message: null,
    next_retry_at: null,
  }))

const progress = (changes: Partial<PageProgress>): Answer => ({
  status: 200,
  retryAfter: 5,
  answer: {
    status: 'pending',
    steps: steps({ payment_method: 'done', initial_charge: 'running' }),
    blocked_on: null,
    gateway: page.gateways[0]!.name,
    gateways: page.gateways.map(({ name }) => name),
    amount: page.amount,
    currency: page.currency,
    paying: true,
    decline: null,
    ...changes,
  },
})

const refused = (status: number, refusal: SubmissionRefusal, changes: Partial<PageProgress> = {}): Answer => ({
  ...progress({ paying: false, refusal, ...changes }),
  status,
  retryAfter: 600,
})

const allDone = steps({ payment_method: 'done', initial_charge: 'done', activation: 'done', enrollment: 'done' })

/** Whether the next call returns progress: after a submission. What the server has drawn stays. */
let isDue = false

/** Returns the response to the submission. */
function submitted(): Promise<Answer> | Answer {
  if (playedState === 'submitting' || playedState === 'offline') return never
  if (playedState === 'price_changed') return refused(409, 'price_changed', { amount: page.amount + 500 })
  if (playedState === 'cool_down') return refused(429, 'cool_down')
  isDue = true
  return { ...progress({}), status: 202 }
}

/** Returns the progress after it. */
function followed(): Answer {
  if (playedState === 'done') return progress({ status: 'completed', paying: false, steps: allDone })
  if (playedState === 'action') return progress({ steps: steps({}), action: bankAsks })
  if (playedState === 'declined')
    return progress({ paying: false, steps: steps({}), decline: { code: 'insufficient_funds', attempts_left: 4 } })
  return progress({})
}

export async function call(name: string): Promise<Answer> {
  if (name === 'new-link') return { status: 202, answer: null, retryAfter: 0 }
  // The progress changes once. All other held calls wait.
  if (!isDue) return never
  isDue = false
  return followed()
}

export async function callUntilAnswered(name: string): Promise<Answer> {
  if (playedState === 'offline') say(page.words.status.offline)
  return name === 'setup-completed' ? submitted() : never
}
