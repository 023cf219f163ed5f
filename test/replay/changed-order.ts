import { sleep } from '@temporalio/workflow'
import { onboarding as today } from '../../workflows/onboarding.ts'
import type { RunInput } from '../../domain/onboarding/run.ts'

/** A change that must not pass: something new comes before what old runs did first. */
export async function onboarding(input: RunInput) {
  await sleep(1)
  return today(input)
}

export const replacePaymentMethod = onboarding
