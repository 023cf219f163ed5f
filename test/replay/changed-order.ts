import { sleep } from '@temporalio/workflow'
import { onboarding as today } from '../../workflows/onboarding.ts'
import type { RunInput } from '../../domain/onboarding/run.ts'

/** A change that must fail replay: a new command before the first command of old runs. */
export async function onboarding(input: RunInput) {
  await sleep(1)
  return today(input)
}

export const replacePaymentMethod = onboarding
