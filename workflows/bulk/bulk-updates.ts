import { ApplicationFailure, CancellationScope, currentUpdateInfo, setHandler } from '@temporalio/workflow'
import type { BulkReference } from '../../domain/bulk/bulk.ts'
import { rowRates, startRates } from '../../domain/bulk/pace.ts'
import { findCardNumbers } from '../../domain/text/card-numbers.ts'
import { whyNotDecoded } from '../input.ts'
import { cancelBulkUpdate, pauseBulkUpdate, resumeBulkUpdate, setBulkRateUpdate } from '../messages.ts'
import { databaseStep } from '../steps.ts'
import type { Wakes } from '../wakes.ts'

const applyBulkCommand = databaseStep('applyBulkCommand')
type Command = Parameters<typeof applyBulkCommand>[1]
interface Rates {
  rowsPerSecond?: number
  startsPerSecond?: number
}

function refuse(message: string): never {
  throw ApplicationFailure.nonRetryable(message, 'InvalidArgument')
}

/** The history contains every accepted update, so that it must contain no card number. */
function checkContent(...args: unknown[]): void {
  const wrong = whyNotDecoded(...args)
  if (wrong) refuse(wrong)
  if (findCardNumbers({ id: currentUpdateInfo()?.id, args }).length > 0)
    refuse('an update must not contain a card number')
}

function checkRates(input: Rates): void {
  checkContent(input)
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    refuse('input: must be an object such as {"rowsPerSecond": 50}')
  const allowed = { rowsPerSecond: rowRates, startsPerSecond: startRates }
  const given = Object.entries(input as Record<string, unknown>)
  if (given.length === 0) refuse('input: must have rowsPerSecond or startsPerSecond')
  for (const [name, value] of given) {
    if (!Object.hasOwn(allowed, name)) refuse('input: must have rowsPerSecond or startsPerSecond, and nothing else')
    const { least, most } = allowed[name as keyof typeof allowed]
    if (!Number.isInteger(value) || (value as number) < least || (value as number) > most)
      refuse(`${name}: must be a whole number from ${least} to ${most}`)
  }
}

/**
 * Handles the updates that operators send in Temporal UI: the commands of the API, applied to the record. A
 * cancellation request is handled as `cancel`.
 */
export function handleBulkUpdates(bulk: BulkReference, wakes: Wakes): void {
  const carryOut = (command: Command): Promise<string> =>
    CancellationScope.nonCancellable(async () => {
      const answer = await applyBulkCommand(bulk, command)
      wakes.wake()
      return answer
    })
  setHandler(pauseBulkUpdate, () => carryOut({ name: 'pause' }), {
    validator: checkContent,
    description: 'Pause. Rows that are done stay done.',
  })
  setHandler(resumeBulkUpdate, () => carryOut({ name: 'resume' }), {
    validator: checkContent,
    description: 'Resume.',
  })
  setHandler(cancelBulkUpdate, () => carryOut({ name: 'cancel' }), {
    validator: checkContent,
    description: 'Cancel. Rows that are done stay done; the others are skipped.',
  })
  setHandler(setBulkRateUpdate, (rates) => carryOut({ name: 'setRate', ...rates }), {
    validator: checkRates,
    description: 'Change the pace. {"rowsPerSecond": 50, "startsPerSecond": 5}',
  })
  void CancellationScope.current().cancelRequested.catch(() => carryOut({ name: 'cancel' }))
}
