import {
  condition,
  defineSignal,
  defineUpdate,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
} from '@temporalio/workflow'
import type { NaiveRecord, NaiveRequest, NaiveSteps } from './steps.ts'

// A first, naive design: the run is the only writer, the caller waits for an update-with-start, and each step after the
// signal is a separate activity. The SQL is the same.

export const begin = defineUpdate<NaiveRecord>('begin')
export const setupCompleted = defineSignal('setupCompleted')

const local = proxyLocalActivities<NaiveSteps>({ startToCloseTimeout: '2s', retry: { initialInterval: '50ms' } })
const steps = proxyActivities<NaiveSteps>({ startToCloseTimeout: '20s' })

export async function naiveOnboarding(request: NaiveRequest): Promise<string> {
  let submitted = false
  const made = local.createRecord(request)
  setHandler(begin, () => made)
  setHandler(setupCompleted, () => {
    submitted = true
  })
  const record = await made
  if (!(await condition(() => submitted, '7 days'))) return 'expired'
  await steps.createPayment(record)
  await steps.confirmPayment(record)
  await steps.activate(record)
  await steps.enroll(record)
  return 'active'
}
