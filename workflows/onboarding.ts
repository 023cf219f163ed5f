import { CancellationScope, allHandlersFinished, condition } from '@temporalio/workflow'
import type { OnboardingKind } from '../domain/lifecycle.ts'
import { whyNotRunInput, type OnboardingResult, type RunInput } from '../domain/onboarding/run.ts'
import { referenceOf } from '../domain/reference.ts'
import { createDisplay } from './display.ts'
import { invalidInput, refuseWrong, runFailure, whyNotDecoded } from './input.ts'
import { actionCompleted, recordChanged, setupCompleted } from './messages.ts'
import { activate, closeAndEnd, swap, untilPaidOrClosing, type Run } from './onboarding-steps.ts'
import { handleOperatorUpdates } from './operator-updates.ts'
import { createRetryWaits } from './retry-waits.ts'
import { closeForms, databaseStep } from './steps.ts'
import { continueRun, listenForReadRequests } from './read-requests.ts'

const createRecord = databaseStep('createRecord')

const signals = [
  { signal: setupCompleted, description: 'A payment method was submitted' },
  { signal: actionCompleted, description: 'The customer returned from the bank' },
  { signal: recordChanged, description: 'The record changed: read it' },
]

/**
 * Onboards one contact. PostgreSQL stores every decision and the gateway stores the money, so this run holds no state
 * of its own: it reads the next step and runs it. It can be lost and started again at any time.
 */
export async function onboarding(input: RunInput): Promise<OnboardingResult> {
  return runOnboarding(input, 'onboarding')
}

/** Executes a run of this kind. Fails with `InvalidInput` if it was started by hand with other input. */
export async function runOnboarding(input: RunInput, kind: OnboardingKind): Promise<OnboardingResult> {
  refuseWrong(whyNotDecoded(input) ?? whyNotRunInput(input, kind))
  const restart = () => continueRun<typeof onboarding>(input)
  const requests = listenForReadRequests(signals, restart)
  const updates = handleOperatorUpdates(requests)
  const display = createDisplay(input)
  const retries = createRetryWaits()

  // Nothing below is canceled: a cancellation request becomes a `cancel` command, and the onboarding ends in order.
  return CancellationScope.nonCancellable(async () => {
    const claimed = await createRecord(input)
    if (claimed && 'wrong' in claimed) throw invalidInput(claimed.wrong)
    const reference = claimed && referenceOf(input, claimed)
    updates.open(reference)
    if (!claimed || !reference) return finish(input, { result: 'superseded' })

    const run: Run = { reference, requests, display, retries, restart }
    let state = claimed
    do {
      state = await untilPaidOrClosing(run, state)
      if (state.next === 'activate') state = await (input.kind === 'replacement' ? swap(run) : activate(run))
      if (state.next === 'close') state = await closeAndEnd(run, state)
    } while (state.next !== 'nothing')
    const { progress, unusedForms } = state
    display.details(state)
    display.columns(progress)
    // The customer is active. An unused card that stays saved cannot be charged, and does not fail the run.
    if (unusedForms) await retries.attempt(() => closeForms(reference))
    return finish(input, { result: progress.status === 'pending' ? 'failed' : progress.status })
  })
}

/** Ends the run. It succeeds only if the onboarding completed, or there was nothing to do. */
async function finish({ kind }: RunInput, end: OnboardingResult): Promise<OnboardingResult> {
  await condition(allHandlersFinished)
  if (end.result === 'completed' || end.result === 'superseded') return end
  const what = kind ?? 'onboarding'
  const how = { expired: 'expired', canceled: 'was canceled', failed: 'failed' }[end.result]
  const name = { expired: 'Expired', canceled: 'Canceled', failed: 'Failed' }[end.result]
  const type = `${what === 'replacement' ? 'Replacement' : 'Onboarding'}${name}`
  throw runFailure(`the ${what} ${how}`, type)
}
