import { CancellationScope, condition, currentUpdateInfo, setHandler } from '@temporalio/workflow'
import { characters, toStored, whyNotText } from '../domain/text/free-text.ts'
import {
  cancelUpdate,
  changeInitialAmountUpdate,
  extendUpdate,
  replaceLinkUpdate,
  retryNowUpdate,
  waiveInitialChargeUpdate,
} from './messages.ts'
import { checkUpdate, rejectUpdate } from './input.ts'
import { databaseStep } from './steps.ts'
import type { ReadRequests } from './read-requests.ts'
import type { OnboardingReference } from '../domain/reference.ts'

const applyCommand = databaseStep('applyCommand')
type Command = Parameters<typeof applyCommand>[2]

export interface OperatorUpdates {
  /** Lets updates act on this onboarding. With null, each of them returns `ended`. */
  open(reference: OnboardingReference | null): void
}

/** Seconds. */
const longest = 366 * 86_400

/** Input sent by hand can be any JSON, or missing. */
function checkObject(input: unknown, example: string): void {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    rejectUpdate(`input: must be an object such as ${example}`)
}

function checkSeconds(input: { seconds?: unknown } | undefined, required: boolean): void {
  if (input === undefined && !required) return
  checkObject(input, '{"seconds": 604800}')
  const seconds = input!.seconds
  if (seconds === undefined && !required) return
  if (typeof seconds !== 'number' || !(seconds >= 1) || seconds > longest)
    rejectUpdate(`seconds: must be a number from 1 to ${longest}`)
}

/** Drops all other fields of the input. */
const pickSeconds = ({ seconds }: { seconds?: number } = {}) => (seconds === undefined ? {} : { seconds })

function checkReason(input: { reason?: unknown } | undefined): void {
  checkObject(input, '{"reason": "why"}')
  const reason = input!.reason
  if (typeof reason !== 'string' || reason === '' || characters(reason) > 500)
    rejectUpdate('reason: must be a string of 1 to 500 characters')
  const wrong = whyNotText(reason, 'notes')
  if (wrong) rejectUpdate(`reason: ${wrong}`)
}

/** Returns a validator that applies the rules for every update, and then its own rule. */
const withoutCards =
  <Args extends unknown[]>(check: (...args: Args) => void) =>
  (...args: Args): void => {
    checkUpdate(...args)
    check(...args)
  }

function checkAmount(input: { amount?: unknown; reason?: unknown } | undefined): void {
  checkObject(input, '{"amount": 2000, "reason": "why"}')
  if (!Number.isSafeInteger(input!.amount) || (input!.amount as number) < 1)
    rejectUpdate('amount: must be a whole number of minor units')
  checkReason(input)
}

/**
 * Handles the updates that operators send in Temporal UI: the commands of the API, applied to the record. A handler
 * waits at most for the first step of the run. A cancellation request is handled as `cancel`.
 */
export function handleOperatorUpdates(requests: ReadRequests): OperatorUpdates {
  let reference: OnboardingReference | null | undefined
  const carryOut = (updateId: string, command: Command): Promise<string> =>
    CancellationScope.nonCancellable(async () => {
      await condition(() => reference !== undefined)
      if (!reference) return 'ended'
      const answer = await applyCommand(reference, updateId, command)
      requests.request()
      return answer
    })
  const updateId = () => `update/${currentUpdateInfo()?.id ?? 'unknown'}`

  setHandler(cancelUpdate, ({ reason }) => carryOut(updateId(), { name: 'cancel', reason: toStored(reason) }), {
    validator: withoutCards(checkReason),
    description: 'End the onboarding and refund payments. {"reason": "why"}',
  })
  setHandler(extendUpdate, ({ seconds }) => carryOut(updateId(), { name: 'extend', seconds }), {
    validator: withoutCards((input: { seconds: number }) => checkSeconds(input, true)),
    description: 'Set when the setup link expires, in seconds from now. {"seconds": 604800}',
  })
  setHandler(replaceLinkUpdate, (input) => carryOut(updateId(), { ...pickSeconds(input), name: 'replaceLink' }), {
    validator: withoutCards((input: { seconds: number }) => checkSeconds(input, false)),
    description: 'Replace the setup link; the API returns the new one. {"seconds": 604800}',
  })
  setHandler(
    waiveInitialChargeUpdate,
    ({ reason }) => carryOut(updateId(), { name: 'waiveInitialCharge', reason: toStored(reason) }),
    {
      validator: withoutCards(checkReason),
      description: 'Waive the initial charge; only save a payment method. {"reason": "why"}',
    },
  )
  setHandler(
    changeInitialAmountUpdate,
    ({ amount, reason }) => carryOut(updateId(), { name: 'changeInitialAmount', amount, reason: toStored(reason) }),
    {
      validator: withoutCards(checkAmount),
      description: 'Change the amount of the initial charge, in minor units. {"amount": 2000, "reason": "why"}',
    },
  )
  setHandler(retryNowUpdate, () => carryOut(updateId(), { name: 'retryNow' }), {
    validator: checkUpdate,
    description: 'Retry now.',
  })
  void CancellationScope.current().cancelRequested.catch(() =>
    carryOut('cancellation', { name: 'cancel', reason: 'canceled in Temporal UI' }),
  )

  return {
    open: (found) => {
      reference = found
    },
  }
}
