import { ApplicationFailure, currentUpdateInfo, patched } from '@temporalio/workflow'
import { findCardNumbers } from '../domain/text/card-numbers.ts'
import { Undecodable } from './payload-converter.ts'

/** Returns the failure with which a run ends. Operators read it: it has no stack trace. */
export function runFailure(message: string, type: string, ...details: unknown[]): ApplicationFailure {
  const failure = ApplicationFailure.nonRetryable(message, type, ...details)
  failure.stack = ''
  return failure
}

/** Returns the non-retryable failure of a run whose input is invalid. `problem` names the field. */
export const invalidInput = (problem: string): ApplicationFailure => runFailure(problem, 'InvalidInput')

const cannotBeDecoded = 'input: cannot be decoded; send JSON with the encoding json/plain'

/** Returns why one of the arguments cannot be decoded; undefined if all were. */
export const whyNotDecoded = (...args: unknown[]): string | undefined =>
  args.some((arg) => arg instanceof Undecodable) ? cannotBeDecoded : undefined

/**
 * Throws `InvalidInput` if there is a problem with the input of a run. Runs that started before inputs were validated
 * continue, so that their histories replay. Valid input adds no marker to the history.
 */
export function refuseWrong(problem: string | undefined): void {
  if (problem !== undefined && patched('input-is-checked')) throw invalidInput(problem)
}

/** Rejects an update. Whoever sent it sees the message. */
export function rejectUpdate(message: string): never {
  throw runFailure(message, 'InvalidArgument')
}

/**
 * Rejects undecodable input, and card numbers anywhere in an update including its id: the history contains every
 * accepted update.
 */
export function checkUpdate(...args: unknown[]): void {
  const wrong = whyNotDecoded(...args)
  if (wrong) rejectUpdate(wrong)
  if (findCardNumbers({ id: currentUpdateInfo()?.id, args }).length > 0)
    rejectUpdate('an update must not contain a card number')
}
