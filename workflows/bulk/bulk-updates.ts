import { CancellationScope, setHandler } from '@temporalio/workflow'
import type { BulkReference } from '../../domain/bulk/bulk.ts'
import { rowRates, startRates } from '../../domain/bulk/pace.ts'
import { checkUpdate, rejectUpdate } from '../input.ts'
import { cancelBulkUpdate, pauseBulkUpdate, resumeBulkUpdate, setBulkRateUpdate } from '../messages.ts'
import { databaseStep } from '../steps.ts'
import type { ReadRequests } from '../read-requests.ts'

const applyBulkCommand = databaseStep('applyBulkCommand')
type Command = Parameters<typeof applyBulkCommand>[1]
interface Rates {
  rowsPerSecond?: number
  startsPerSecond?: number
}

function checkRates(input: Rates): void {
  checkUpdate(input)
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    rejectUpdate('input: must be an object such as {"rowsPerSecond": 50}')
  const allowed = { rowsPerSecond: rowRates, startsPerSecond: startRates }
  const given = Object.entries(input as Record<string, unknown>)
  if (given.length === 0) rejectUpdate('input: must have rowsPerSecond or startsPerSecond')
  for (const [name, value] of given) {
    if (!Object.hasOwn(allowed, name))
      rejectUpdate('input: must have rowsPerSecond or startsPerSecond, and nothing else')
    const { least, most } = allowed[name as keyof typeof allowed]
    if (!Number.isInteger(value) || (value as number) < least || (value as number) > most)
      rejectUpdate(`${name}: must be a whole number from ${least} to ${most}`)
  }
}

/**
 * Handles the updates that operators send in Temporal UI: the commands of the API, applied to the record. A
 * cancellation request is handled as `cancel`.
 */
export function handleBulkUpdates(bulk: BulkReference, requests: ReadRequests): void {
  const carryOut = (command: Command): Promise<string> =>
    CancellationScope.nonCancellable(async () => {
      const answer = await applyBulkCommand(bulk, command)
      requests.request()
      return answer
    })
  setHandler(pauseBulkUpdate, () => carryOut({ name: 'pause' }), {
    validator: checkUpdate,
    description: 'Pause. Completed rows are kept.',
  })
  setHandler(resumeBulkUpdate, () => carryOut({ name: 'resume' }), {
    validator: checkUpdate,
    description: 'Resume.',
  })
  setHandler(cancelBulkUpdate, () => carryOut({ name: 'cancel' }), {
    validator: checkUpdate,
    description: 'Cancel. Completed rows are kept; the others are skipped.',
  })
  setHandler(setBulkRateUpdate, (rates) => carryOut({ name: 'setRate', ...rates }), {
    validator: checkRates,
    description: 'Change the pace. {"rowsPerSecond": 50, "startsPerSecond": 5}',
  })
  void CancellationScope.current().cancelRequested.catch(() => carryOut({ name: 'cancel' }))
}
