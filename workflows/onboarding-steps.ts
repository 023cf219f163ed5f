import { patched } from '@temporalio/workflow'
import type { OnboardingReference } from '../domain/reference.ts'
import type { Blocker, RunWait } from '../domain/onboarding/waits.ts'
import { closeSummary, customerWaitSummary, paySummary, waitSummary } from '../domain/onboarding/shown/summaries.ts'
import type { RunState } from '../domain/onboarding/run.ts'
import type { createDisplay } from './display.ts'
import type { createRetryWaits } from './retry-waits.ts'
import { watchCharges, watchRefunds } from './settle-charge.ts'
import { changePrice, closePayment, databaseStep, readObject, swapMethod, takePayment } from './steps.ts'
import type { ReadRequests } from './read-requests.ts'

const lookAtRecord = databaseStep('lookAtRecord')
const activateAndEnroll = databaseStep('activateAndEnroll')
const endOnboarding = databaseStep('endOnboarding')

/** What the steps of one run share. */
export interface Run {
  reference: OnboardingReference
  requests: ReadRequests
  display: ReturnType<typeof createDisplay>
  retries: ReturnType<typeof createRetryWaits>
  /** Continues as new with the same input: the first step creates the record again. */
  restart(): Promise<never>
}

type Step = RunState['next']
/** The steps after which an onboarding is neither paid nor closing. */
type UndecidedStep = Exclude<Step, DecidedStep>
type DecidedStep = 'activate' | 'close' | 'nothing'
const isDecided = (next: Step): next is DecidedStep => next === 'activate' || next === 'close' || next === 'nothing'

async function readRecord(run: Run, wait: RunWait | null): Promise<RunState> {
  const seen = await lookAtRecord(run.reference, wait)
  // The database was restored from an older backup.
  if (!seen) return run.restart()
  run.display.details(seen, wait)
  return seen
}

/** Runs steps until the onboarding is paid, closing or ended. Returns its state. */
export async function untilPaidOrClosing(run: Run, from: RunState): Promise<RunState> {
  let state = from
  run.display.details(state)
  while (!isDecided(state.next)) state = await stepTowardsPayment(run, state, state.next)
  return state
}

async function stepTowardsPayment(run: Run, state: RunState, next: UndecidedStep): Promise<RunState> {
  switch (next) {
    case 'wait_for_customer':
      run.display.columns(state.progress)
      await run.requests.sleep(state.wait, customerWaitSummary(state, new Date()))
      return readRecord(run, null)
    case 'change_price':
      return recordStep(run, next, () => changePrice(run.reference))
    case 'read_object':
      return recordStep(run, next, () => readObject(run.reference))
    case 'pay':
    case 'wait_for_bank': {
      const paid = await tryPayment(run, state)
      return paid === 'paid' ? { ...state, next: 'activate' } : waitOut(run, paid, ['pay', 'wait_for_bank'])
    }
    default:
      return unhandled(next)
  }
}

/** Does not compile if a step has no branch. A step of a newer version fails the task until a newer worker takes it. */
function unhandled(next: never): never {
  throw new Error(`this version does not know the step ${String(next)}`)
}

/** Executes a step after which the record determines the next one. */
async function recordStep(run: Run, next: Step, step: () => Promise<unknown>): Promise<RunState> {
  const done = await run.retries.attempt(step)
  return waitOut(run, 'wait' in done ? done.wait : run.retries.untilProgress(), [next])
}

/** Reads the record. If `step` still has no outcome, waits before the next attempt, visibly for operators. */
async function waitOut(run: Run, wait: RunWait | null, step: Step[]): Promise<RunState> {
  const state = await readRecord(run, null)
  if (!wait || !step.includes(state.next)) return state
  const waiting = await readRecord(run, wait)
  // It expired meanwhile. Earlier versions slept here; the marker lets their histories replay.
  if (!step.includes(waiting.next) && patched('decided-meanwhile')) return waiting
  run.display.columns(waiting.progress)
  await run.requests.sleep(waiting.wait, waitSummary(wait, waiting.wait, new Date(), waiting.notes))
  return readRecord(run, null)
}

async function tryPayment({ reference, retries }: Run, { progress }: RunState): Promise<'paid' | RunWait | null> {
  const attempt = progress.steps.find(({ name }) => name === 'payment_method')?.attempts ?? 0
  const tried = await retries.attempt(() => takePayment(reference, paySummary(attempt)))
  if ('wait' in tried) return tried.wait
  const { answer } = tried
  if (answer.outcome === 'needs_customer') return retries.untilReading('customer')
  if (answer.outcome === 'processing') return retries.untilReading('gateway')
  if (answer.outcome === 'blocked') return retries.untilRetry(blockerOf(answer))
  if (answer.outcome === 'nothing_to_do') return retries.untilProgress()
  retries.reset()
  return answer.outcome === 'paid' ? 'paid' : null
}

/** Workers of earlier versions return no reason. */
const blockerOf = (blocked: Blocker): Blocker =>
  blocked.on === 'gateway'
    ? { on: 'gateway', cause: 'earlier_charge' }
    : { on: 'operator', reason: blocked.reason ?? 'blocked' }

/** Activates and enrolls the customer of a paid onboarding. Returns its state. */
export async function activate(run: Run): Promise<RunState> {
  const activated = await activateAndEnroll(run.reference)
  if (!activated) return readRecord(run, null)
  await watchCharges(activated.refunding ?? [])
  return activated
}

/** Completes a replacement: the customer gets the new method before the old one is detached. Returns its state. */
export async function swap(run: Run): Promise<RunState> {
  const swapped = await run.retries.attempt(() => swapMethod(run.reference))
  return waitOut(run, 'wait' in swapped ? swapped.wait : run.retries.untilProgress(), ['activate'])
}

/** Undoes the effects of a closing onboarding and ends it. Returns its state: it can turn out to be paid instead. */
export async function closeAndEnd(run: Run, { notes }: RunState): Promise<RunState> {
  const { reference, retries } = run
  const closed = await retries.attempt(() => closePayment(reference, closeSummary(notes)))
  if ('wait' in closed) return waitOut(run, closed.wait, ['close'])
  if (closed.answer === 'still_open') return waitOut(run, retries.untilReading('gateway'), ['close'])
  retries.reset()
  if (closed.answer === 'reopened') return readRecord(run, null)
  await watchRefunds(reference)
  const { result } = await endOnboarding(reference)
  return result === 'not_now'
    ? waitOut(run, retries.untilRetry({ on: 'operator', reason: 'cannot_end' }), ['close'])
    : readRecord(run, null)
}
