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
import { whyNotRunInput, type OnboardingResult, type RunInput, type Standing } from '../domain/onboarding/run.ts'
import { referenceOf } from '../domain/reference.ts'
import { createDisplay } from './display.ts'
import { invalidInput, refuseWrong, whyNotDecoded } from './input.ts'
import { actionCompleted, recordChanged, setupCompleted } from './messages.ts'
import { watchCharges, watchRefunds } from './settle-charge.ts'
import { openOperatorsDesk } from './operator-updates.ts'
import { createPatience } from './retry-waits.ts'
import { changePrice, closeForms, closePayment, databaseStep, readObject, swapMethod, takePayment } from './steps.ts'
import { listenForWakes } from './wakes.ts'

const createRecord = databaseStep('createRecord')
const lookAtRecord = databaseStep('lookAtRecord')
const activateAndEnroll = databaseStep('activateAndEnroll')
const endOnboarding = databaseStep('endOnboarding')

/**
 * Takes one contact from "known" to "can be billed". The record in PostgreSQL knows what was decided, the gateway knows
 * about money; this run knows what happens next and drives it. It can be lost and begun again at any moment.
 */
export async function onboarding(input: RunInput): Promise<OnboardingResult> {
  return drive(input, 'onboarding')
}

/** Drives a run of this kind. Fails at once with `InvalidInput` where a person started it with something else. */
export async function drive(input: RunInput, kind: OnboardingKind): Promise<OnboardingResult> {
  refuseWrong(whyNotDecoded(input) ?? whyNotRunInput(input, kind))
  const wakes = listenForWakes(
    [
      { signal: setupCompleted, description: 'A payment method was submitted' },
      { signal: actionCompleted, description: 'The customer is back from the bank' },
      { signal: recordChanged, description: 'Look at the record' },
    ],
    () => continueAsNew<typeof onboarding>(input),
  )
  const desk = openOperatorsDesk(wakes)
  const display = createDisplay(input)
  const patience = createPatience()

  // Nothing below is ever cut off: a cancellation request is a command to the desk, and the onboarding ends in order.
  return CancellationScope.nonCancellable(async () => {
    const claimed = await createRecord(input)
    if (claimed && 'wrong' in claimed) throw invalidInput(claimed.wrong)
    const reference = claimed && referenceOf(input, claimed)
    desk.open(reference)
    if (!claimed || !reference) return finish(input, { result: 'superseded' })

    let standing = claimed
    do {
      standing = await untilPaidOrClosing(standing)
      if (standing.next === 'activate') standing = await (input.kind === 'replacement' ? swap() : activate())
      if (standing.next === 'close') standing = await closeAndEnd()
    } while (standing.next !== 'nothing')
    display.details(standing.progress)
    display.columns(standing.progress)
    // The customer is set up, whatever comes of it: a saved card that nobody may charge is not worth a failed run.
    if (standing.unusedForms) await patience.attempt(() => closeForms(reference))
    return finish(input, { result: standing.progress.status === 'pending' ? 'failed' : standing.progress.status })

    async function look(wait: RunWait | null): Promise<Standing> {
      const seen = await lookAtRecord(reference!, wait)
      // Only a database restored from a backup forgets a record: the gate makes it anew.
      if (!seen) return continueAsNew<typeof onboarding>(input)
      display.details(seen.progress)
      return seen
    }

    async function untilPaidOrClosing(from: Standing): Promise<Standing> {
      let standing = from
      display.details(standing.progress)
      while (!isDecided(standing)) {
        if (standing.next === 'wait_for_customer') {
          display.columns(standing.progress)
          await wakes.sleep(standing.wait, 'wait for the customer')
          standing = await look(null)
        } else if (standing.next === 'change_price' || standing.next === 'read_object') {
          const step = standing.next === 'change_price' ? changePrice : readObject
          const done = await patience.attempt(() => step(reference!))
          standing = await waitOut('wait' in done ? done.wait : patience.untilProgress(), [standing.next])
        } else {
          const paid = await tryPayment()
          standing = paid === 'paid' ? { ...standing, next: 'activate' } : await waitOut(paid, ['pay', 'wait_for_bank'])
        }
      }
      return standing
    }

    /** Looks, and where a step could not be brought to an end, waits visibly before it is tried again. */
    async function waitOut(wait: RunWait | null, step: Standing['next'][]): Promise<Standing> {
      const standing = await look(null)
      if (!wait || !step.includes(standing.next)) return standing
      const waiting = await look(wait)
      // It expired just now. Earlier versions slept here; the marker lets their histories replay.
      if (!step.includes(waiting.next) && patched('decided-meanwhile')) return waiting
      display.columns(waiting.progress)
      await wakes.sleep(waiting.wait, `wait for the ${wait.on}`)
      return look(null)
    }

    async function tryPayment(): Promise<'paid' | RunWait | null> {
      const taken = await patience.attempt(() => takePayment(reference!))
      if ('wait' in taken) return taken.wait
      const { answer } = taken
      if (answer.outcome === 'needs_customer') return patience.untilReading('customer')
      if (answer.outcome === 'processing') return patience.untilReading('gateway')
      if (answer.outcome === 'blocked') return patience.untilRetry(blockerOf(answer))
      if (answer.outcome === 'nothing_to_do') return patience.untilProgress()
      patience.reset()
      return answer.outcome === 'paid' ? 'paid' : null
    }

    async function activate(): Promise<Standing> {
      const activated = await activateAndEnroll(reference!)
      if (!activated) return look(null)
      await watchCharges(activated.refunding ?? [])
      return activated
    }

    /** How a replacement ends: the new method is the customer's before the old one is detached. */
    async function swap(): Promise<Standing> {
      const swapped = await patience.attempt(() => swapMethod(reference!))
      return waitOut('wait' in swapped ? swapped.wait : patience.untilProgress(), ['activate'])
    }

    async function closeAndEnd(): Promise<Standing> {
      const closed = await patience.attempt(() => closePayment(reference!))
      if ('wait' in closed) return waitOut(closed.wait, ['close'])
      if (closed.answer === 'still_open') return waitOut(patience.untilReading('gateway'), ['close'])
      patience.reset()
      if (closed.answer === 'reopened') return look(null)
      await watchRefunds(reference!)
      const { result } = await endOnboarding(reference!)
      return result === 'not_now'
        ? waitOut(patience.untilRetry({ on: 'operator', reason: 'cannot_end' }), ['close'])
        : look(null)
    }
  })
}

/** Workers of earlier versions return no reason. */
const blockerOf = (blocked: Blocker): Blocker =>
  blocked.on === 'gateway' ? { on: 'gateway' } : { on: 'operator', reason: blocked.reason ?? 'blocked' }
const isDecided = ({ next }: Standing) => next === 'activate' || next === 'close' || next === 'nothing'

/** How a run ends: green only where it completed, or had nothing to do. */
async function finish({ kind }: RunInput, end: OnboardingResult): Promise<OnboardingResult> {
  await condition(allHandlersFinished)
  if (end.result === 'completed' || end.result === 'superseded') return end
  const what = kind ?? 'onboarding'
  const how = { expired: 'Expired', canceled: 'Canceled', failed: 'Failed' }[end.result]
  const type = `${what === 'replacement' ? 'Replacement' : 'Onboarding'}${how}`
  throw ApplicationFailure.nonRetryable(`the ${what} was ${end.result === 'failed' ? 'given up' : end.result}`, type)
}
