import {
  ApplicationFailure,
  CancellationScope,
  allHandlersFinished,
  condition,
  continueAsNew,
  patched,
} from '@temporalio/workflow'
import type { Blocker, RunWait } from '../domain/onboarding/waits.ts'
import type { OnboardingKind } from '../domain/lifecycle.ts'
import { whyNotRunInput, type OnboardingResult, type RunInput, type RunState } from '../domain/onboarding/run.ts'
import { referenceOf } from '../domain/reference.ts'
import { createDisplay } from './display.ts'
import { invalidInput, refuseWrong, whyNotDecoded } from './input.ts'
import { actionCompleted, recordChanged, setupCompleted } from './messages.ts'
import { watchCharges, watchRefunds } from './settle-charge.ts'
import { handleOperatorUpdates } from './operator-updates.ts'
import { createRetryWaits } from './retry-waits.ts'
import { changePrice, closeForms, closePayment, databaseStep, readObject, swapMethod, takePayment } from './steps.ts'
import { listenForWakes } from './wakes.ts'

const createRecord = databaseStep('createRecord')
const lookAtRecord = databaseStep('lookAtRecord')
const activateAndEnroll = databaseStep('activateAndEnroll')
const endOnboarding = databaseStep('endOnboarding')

/**
 * Onboards one contact. PostgreSQL stores every decision and the gateway stores the money, so this run holds no state
 * of its own: it reads the next step and runs it. It can be lost and started again at any time.
 */
export async function onboarding(input: RunInput): Promise<OnboardingResult> {
  return drive(input, 'onboarding')
}

/** Executes a run of this kind. Fails with `InvalidInput` if it was started by hand with other input. */
export async function drive(input: RunInput, kind: OnboardingKind): Promise<OnboardingResult> {
  refuseWrong(whyNotDecoded(input) ?? whyNotRunInput(input, kind))
  const wakes = listenForWakes(
    [
      { signal: setupCompleted, description: 'A payment method was submitted' },
      { signal: actionCompleted, description: 'The customer returned from the bank' },
      { signal: recordChanged, description: 'The record changed: read it' },
    ],
    () => continueAsNew<typeof onboarding>(input),
  )
  const updates = handleOperatorUpdates(wakes)
  const display = createDisplay(input)
  const retries = createRetryWaits()

  // Nothing below is canceled: a cancellation request becomes a `cancel` command, and the onboarding ends in order.
  return CancellationScope.nonCancellable(async () => {
    const claimed = await createRecord(input)
    if (claimed && 'wrong' in claimed) throw invalidInput(claimed.wrong)
    const reference = claimed && referenceOf(input, claimed)
    updates.open(reference)
    if (!claimed || !reference) return finish(input, { result: 'superseded' })

    let state = claimed
    do {
      state = await untilPaidOrClosing(state)
      if (state.next === 'activate') state = await (input.kind === 'replacement' ? swap() : activate())
      if (state.next === 'close') state = await closeAndEnd()
    } while (state.next !== 'nothing')
    display.details(state.progress)
    display.columns(state.progress)
    // The customer is active. An unused card that stays saved cannot be charged, and does not fail the run.
    if (state.unusedForms) await retries.attempt(() => closeForms(reference))
    return finish(input, { result: state.progress.status === 'pending' ? 'failed' : state.progress.status })

    async function readRecord(wait: RunWait | null): Promise<RunState> {
      const seen = await lookAtRecord(reference!, wait)
      // The database was restored from an older backup: the first step creates the record again.
      if (!seen) return continueAsNew<typeof onboarding>(input)
      display.details(seen.progress, wait)
      return seen
    }

    async function untilPaidOrClosing(from: RunState): Promise<RunState> {
      let state = from
      display.details(state.progress)
      while (!isDecided(state.next)) state = await stepTowardsPayment(state, state.next)
      return state
    }

    async function stepTowardsPayment(state: RunState, next: UndecidedStep): Promise<RunState> {
      switch (next) {
        case 'wait_for_customer':
          display.columns(state.progress)
          await wakes.sleep(state.wait, 'wait for the customer')
          return readRecord(null)
        case 'change_price':
          return recordStep(next, () => changePrice(reference!))
        case 'read_object':
          return recordStep(next, () => readObject(reference!))
        case 'pay':
        case 'wait_for_bank': {
          const paid = await tryPayment()
          return paid === 'paid' ? { ...state, next: 'activate' } : waitOut(paid, ['pay', 'wait_for_bank'])
        }
        default:
          return unhandled(next)
      }
    }

    /** Executes a step after which the record decides what is next. */
    async function recordStep(next: RunState['next'], step: () => Promise<unknown>): Promise<RunState> {
      const done = await retries.attempt(step)
      return waitOut('wait' in done ? done.wait : retries.untilProgress(), [next])
    }

    /** Reads the record. If `step` still has no outcome, waits before the next attempt, visibly for operators. */
    async function waitOut(wait: RunWait | null, step: RunState['next'][]): Promise<RunState> {
      const state = await readRecord(null)
      if (!wait || !step.includes(state.next)) return state
      const waiting = await readRecord(wait)
      // It expired meanwhile. Earlier versions slept here; the marker lets their histories replay.
      if (!step.includes(waiting.next) && patched('decided-meanwhile')) return waiting
      display.columns(waiting.progress)
      await wakes.sleep(waiting.wait, `wait for the ${wait.on}`)
      return readRecord(null)
    }

    async function tryPayment(): Promise<'paid' | RunWait | null> {
      const tried = await retries.attempt(() => takePayment(reference!))
      if ('wait' in tried) return tried.wait
      const { answer } = tried
      if (answer.outcome === 'needs_customer') return retries.untilReading('customer')
      if (answer.outcome === 'processing') return retries.untilReading('gateway')
      if (answer.outcome === 'blocked') return retries.untilRetry(blockerOf(answer))
      if (answer.outcome === 'nothing_to_do') return retries.untilProgress()
      retries.reset()
      return answer.outcome === 'paid' ? 'paid' : null
    }

    async function activate(): Promise<RunState> {
      const activated = await activateAndEnroll(reference!)
      if (!activated) return readRecord(null)
      await watchCharges(activated.refunding ?? [])
      return activated
    }

    /** Completes a replacement: the customer gets the new method before the old one is detached. */
    async function swap(): Promise<RunState> {
      const swapped = await retries.attempt(() => swapMethod(reference!))
      return waitOut('wait' in swapped ? swapped.wait : retries.untilProgress(), ['activate'])
    }

    async function closeAndEnd(): Promise<RunState> {
      const closed = await retries.attempt(() => closePayment(reference!))
      if ('wait' in closed) return waitOut(closed.wait, ['close'])
      if (closed.answer === 'still_open') return waitOut(retries.untilReading('gateway'), ['close'])
      retries.reset()
      if (closed.answer === 'reopened') return readRecord(null)
      await watchRefunds(reference!)
      const { result } = await endOnboarding(reference!)
      return result === 'not_now'
        ? waitOut(retries.untilRetry({ on: 'operator', reason: 'cannot_end' }), ['close'])
        : readRecord(null)
    }
  })
}

/** Workers of earlier versions return no reason. */
const blockerOf = (blocked: Blocker): Blocker =>
  blocked.on === 'gateway' ? { on: 'gateway' } : { on: 'operator', reason: blocked.reason ?? 'blocked' }

/** The steps after which an onboarding is neither paid nor closing. */
type UndecidedStep = Exclude<RunState['next'], DecidedStep>
type DecidedStep = 'activate' | 'close' | 'nothing'
const isDecided = (next: RunState['next']): next is DecidedStep =>
  next === 'activate' || next === 'close' || next === 'nothing'

/** Does not compile if a step has no branch. A step of a newer version fails the task until a newer worker takes it. */
function unhandled(next: never): never {
  throw new Error(`this version does not know the step ${String(next)}`)
}

/** Ends the run. It succeeds only if the onboarding completed, or there was nothing to do. */
async function finish({ kind }: RunInput, end: OnboardingResult): Promise<OnboardingResult> {
  await condition(allHandlersFinished)
  if (end.result === 'completed' || end.result === 'superseded') return end
  const what = kind ?? 'onboarding'
  const how = { expired: 'expired', canceled: 'was canceled', failed: 'failed' }[end.result]
  const name = { expired: 'Expired', canceled: 'Canceled', failed: 'Failed' }[end.result]
  const type = `${what === 'replacement' ? 'Replacement' : 'Onboarding'}${name}`
  throw ApplicationFailure.nonRetryable(`the ${what} ${how}`, type)
}
