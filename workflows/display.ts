import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow'
import { checklist } from '../domain/onboarding/checklist.ts'
import { currentStep, type Progress } from '../domain/onboarding/progress.ts'
import type { RunInput } from '../domain/onboarding/run.ts'
import { searchAttributes } from './messages.ts'

/**
 * Shows the state of the run to operators: a checklist in its details, which is free, and search attributes, which cost
 * a database write. Search attributes are written together, and only if one changed.
 */
export function createDisplay({ gateway }: RunInput) {
  let columns = { step: 'payment_method', blockedOn: 'customer', gateway: gateway as string }
  return {
    details: (progress: Progress) => setCurrentDetails(checklist(progress)),
    columns(progress: Progress) {
      const now = { step: currentStep(progress), blockedOn: progress.blockedOn ?? '', gateway: progress.gateway }
      if (now.step === columns.step && now.blockedOn === columns.blockedOn && now.gateway === columns.gateway) return
      columns = now
      upsertSearchAttributes([
        { key: searchAttributes.step, value: now.step },
        { key: searchAttributes.blockedOn, value: now.blockedOn || null },
        { key: searchAttributes.gateway, value: now.gateway },
      ])
    },
  }
}
