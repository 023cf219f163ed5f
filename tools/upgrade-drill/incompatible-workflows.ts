import { sleep, type Workflow } from '@temporalio/workflow'
import * as release from '../../workflows/index.ts'

// What a build that cannot replay the runs of this one has: a timer before the first step.

const afterTimer =
  <Run extends Workflow>(run: Run) =>
  async (...args: Parameters<Run>): Promise<unknown> => {
    await sleep(1)
    return run(...args)
  }

export const bulkOnboarding = afterTimer(release.bulkOnboarding)
export const janitor = afterTimer(release.janitor)
export const money = afterTimer(release.money)
export const onboarding = afterTimer(release.onboarding)
export const replacePaymentMethod = afterTimer(release.replacePaymentMethod)
export const webhookEndpoint = afterTimer(release.webhookEndpoint)
