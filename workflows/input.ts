import { ApplicationFailure } from '@temporalio/workflow'

/** The failure of a run whose input is wrong: for good, and with a sentence that names the field. */
export const invalidInput = (problem: string): ApplicationFailure =>
  ApplicationFailure.nonRetryable(problem, 'InvalidInput')
