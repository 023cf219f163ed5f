import {
  CancellationScope,
  ParentClosePolicy,
  continueAsNew,
  setCurrentDetails,
  startChild,
  upsertSearchAttributes,
} from '@temporalio/workflow'
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import { isIdOf } from '../domain/text/ids.ts'
import type { OnboardingReference } from '../domain/reference.ts'
import { moneyWorkflowId } from '../domain/onboarding/run.ts'
import { invalidInput, refuseWrong, whyNotDecoded } from './input.ts'
import { moneyType, recordChanged, searchAttributes } from './messages.ts'
import { createPatience } from './retry-waits.ts'
import { databaseStep, settleMoney } from './steps.ts'
import { listenForWakes } from './wakes.ts'

const listRefunding = databaseStep('listRefunding')
const noteMoneyWait = databaseStep('noteMoneyWait')

/**
 * Looks after the money of an onboarding that has ended: returns what came too late and watches refunds until they are
 * through or need a person. Begun by the end of an onboarding and by the gateway's news.
 */
export async function money(chargeId: string): Promise<{ state: string }> {
  if (typeof chargeId !== 'string' || !isIdOf('charge', chargeId))
    refuseWrong(whyNotDecoded(chargeId) ?? 'chargeId: must be an id such as ch_…')
  const wakes = listenForWakes([{ signal: recordChanged, description: 'The gateway has news of this charge' }], () =>
    continueAsNew<typeof money>(chargeId),
  )
  const patience = createPatience()
  return CancellationScope.nonCancellable(async () => {
    for (;;) {
      const settled = await patience.attempt(() => settleMoney(chargeId))
      if ('answer' in settled && settled.answer === 'unknown_charge')
        throw invalidInput('chargeId: no charge has this id')
      if ('answer' in settled && settled.answer !== 'refund_pending') return { state: settled.answer }
      const wait = 'wait' in settled ? settled.wait : patience.untilReading('gateway')
      const pause = await noteMoneyWait(chargeId, wait)
      setCurrentDetails(`Charge \`${chargeId}\`: waits for the **${wait.on}**`)
      upsertSearchAttributes([{ key: searchAttributes.blockedOn, value: wait.on }])
      await wakes.sleep(pause, `wait for the ${wait.on}`)
    }
  })
}

/** Sets somebody to watch each refund that is still under way, before the onboarding that asked for it ends. */
export async function watchRefunds(reference: OnboardingReference): Promise<void> {
  await watchCharges(await listRefunding(reference))
}

export async function watchCharges(chargeIds: string[]): Promise<void> {
  for (const chargeId of chargeIds) {
    try {
      await startChild(moneyType, {
        workflowId: moneyWorkflowId(chargeId),
        args: [chargeId],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        staticSummary: `Money of charge ${chargeId}`,
      })
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
    }
  }
}
