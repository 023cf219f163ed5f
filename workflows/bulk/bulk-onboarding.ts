import { CancellationScope, allHandlersFinished, condition, upsertSearchAttributes } from '@temporalio/workflow'
import { progressText, whyNotBulkReference, type BulkReference, type BulkState } from '../../domain/bulk/bulk.ts'
import { showDetails } from '../display.ts'
import { handleBulkUpdates } from './bulk-updates.ts'
import { invalidInput, runFailure, whyNotDecoded } from '../input.ts'
import { bulkTexts, recordChanged, searchAttributes } from '../messages.ts'
import { databaseStep, onboardRows } from '../steps.ts'
import { continueRun, listenForReadRequests } from '../read-requests.ts'

const readBulkProgress = databaseStep('readBulkProgress')
/** A paused run reads the record this often, in milliseconds, even without a signal. */
const pausedFor = 3_600_000

/**
 * Onboards the rows of a file in pages of a minute. PostgreSQL stores the rows, their pace and their results; this run
 * holds the id. It can be lost and started again at any time.
 */
export async function bulkOnboarding(bulk: BulkReference): Promise<BulkState['counts']> {
  const wrong = whyNotDecoded(bulk) ?? whyNotBulkReference(bulk)
  if (wrong) throw invalidInput(wrong)
  const requests = listenForReadRequests([{ signal: recordChanged, description: 'The record changed: read it' }], () =>
    continueRun<typeof bulkOnboarding>(bulk),
  )
  handleBulkUpdates(bulk, requests)
  const display = createDisplay(bulk)
  // Nothing below is canceled: a cancellation request becomes a `cancel` command.
  return CancellationScope.nonCancellable(async () => {
    for (;;) {
      await requests.shorten()
      const state = await readBulkProgress(bulk)
      if (!state) throw invalidInput('bulkId: no bulk onboarding has this id')
      display.show(state)
      if (state.next === 'nothing') return finish(state)
      if (state.next === 'wait') await requests.sleep(pausedFor, 'wait for the operator')
      else await onboardRows(bulk)
    }
  })
}

/** Shows the progress in the details of the run, and in search attributes whether an operator must act. */
function createDisplay(bulk: BulkReference) {
  let blockedOn: 'operator' | null = null
  return {
    show(state: BulkState) {
      showDetails(bulkTexts(bulk), progressText(state))
      const now = state.status === 'paused' ? 'operator' : null
      if (now !== blockedOn) upsertSearchAttributes([{ key: searchAttributes.blockedOn, value: now }])
      blockedOn = now
    },
  }
}

async function finish({ status, counts }: BulkState): Promise<BulkState['counts']> {
  await condition(allHandlersFinished)
  if (status === 'canceled') throw runFailure('canceled', 'BulkCanceled', counts)
  return counts
}
