import { ApplicationFailure, patched } from '@temporalio/workflow'
import { Undecodable } from './payload-converter.ts'

/** The failure of a run whose input is wrong: for good, and with a sentence that names the field. */
export const invalidInput = (problem: string): ApplicationFailure =>
  ApplicationFailure.nonRetryable(problem, 'InvalidInput')

const cannotBeDecoded = 'input: cannot be decoded; send JSON with the encoding json/plain'

/** Returns a sentence if one of the arguments that a person sent cannot be decoded; undefined otherwise. */
export const whyNotDecoded = (...args: unknown[]): string | undefined =>
  args.some((arg) => arg instanceof Undecodable) ? cannotBeDecoded : undefined

/**
 * Throws `InvalidInput` if something is wrong with the input that a run was started with. A run that began before
 * inputs were checked goes on as it did, so that its history replays. Right inputs leave no marker in the history.
 */
export function refuseWrong(problem: string | undefined): void {
  if (problem !== undefined && patched('input-is-checked')) throw invalidInput(problem)
}
