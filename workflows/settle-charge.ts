import { CancellationScope, ParentClosePolicy, patched, startChild, upsertSearchAttributes } from '@temporalio/workflow'
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import { isIdOf } from '../domain/text/ids.ts'
import type { OnboardingReference } from '../domain/reference.ts'
import { moneyWorkflowId } from '../domain/onboarding/run.ts'
import { chargeWaitText, waitSummary } from '../domain/onboarding/shown/summaries.ts'
import { showDetails } from './display.ts'
import { invalidInput, refuseWrong, whyNotDecoded } from './input.ts'
import { chargeTexts, moneyType, recordChanged, searchAttributes } from './messages.ts'
import { createRetryWaits } from './retry-waits.ts'
import { databaseStep, settleMoney } from './steps.ts'
import { continueRun, listenForReadRequests } from './read-requests.ts'

const listRefunding = databaseStep('listRefunding')
const noteMoneyWait = databaseStep('noteMoneyWait')

/**
 * Settles a charge of an onboarding that has ended: refunds a late payment, and follows refunds until they succeed or
 * fail. Started when an onboarding ends, and by events of the gateway.
 */
export async function money(chargeId: string): Promise<{ state: string }> {
  if (typeof chargeId !== 'string' || !isIdOf('charge', chargeId))
    refuseWrong(whyNotDecoded(chargeId) ?? 'chargeId: must be an id such as ch_…')
  const requests = listenForReadRequests(
    [{ signal: recordChanged, description: 'The gateway sent an event about this charge' }],
    () => continueRun<typeof money>(chargeId),
  )
  const retries = createRetryWaits()
  return CancellationScope.nonCancellable(async () => {
    // Older runs look twice for the signal that started them, and not for one that arrives during their last look.
    const looksAgain = patched('looked-again')
    if (looksAgain) requests.begin()
    for (;;) {
      const settled = await retries.attempt(() => settleMoney(chargeId))
      if ('answer' in settled && settled.answer === 'unknown_charge')
        throw invalidInput('chargeId: no charge has this id')
      if ('answer' in settled && settled.answer !== 'refund_pending') {
        // The event may be about what happened after the gateway was read.
        if (looksAgain && requests.begin()) continue
        return { state: settled.answer }
      }
      const wait = 'wait' in settled ? settled.wait : retries.untilReading('gateway')
      const pause = await noteMoneyWait(chargeId, wait)
      showDetails(chargeTexts(chargeId), chargeWaitText(chargeId, wait, pause, new Date()))
      upsertSearchAttributes([{ key: searchAttributes.blockedOn, value: wait.on }])
      await requests.sleep(pause, waitSummary(wait, pause, new Date()))
    }
  })
}

/** Starts a run for each pending refund, before the onboarding that requested it ends. */
export async function watchRefunds(reference: OnboardingReference): Promise<void> {
  await watchCharges(await listRefunding(reference))
}

/** Starts a run for each of these charges. A charge that has an open run keeps it. */
export async function watchCharges(chargeIds: string[]): Promise<void> {
  for (const chargeId of chargeIds) {
    try {
      await startChild(moneyType, {
        workflowId: moneyWorkflowId(chargeId),
        args: [chargeId],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        ...chargeTexts(chargeId),
      })
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
    }
  }
}
