import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow'
import { checklist } from '../domain/onboarding/checklist.ts'
import type { PersonReason } from '../domain/onboarding/person-reasons.ts'
import { currentStep, type Progress } from '../domain/onboarding/progress.ts'
import type { RunInput } from '../domain/onboarding/run.ts'
import type { RunWait } from '../domain/onboarding/waits.ts'
import { searchAttributes } from './messages.ts'

/**
 * Shows the state of the run to operators: a checklist in its details, which is free, and search attributes, which cost
 * a database write. Search attributes are written together, and only if one changed.
 */
export function createDisplay({ gateway }: RunInput) {
  let columns = { step: 'payment_method', blockedOn: 'customer', gateway: gateway as string }
  let reason: PersonReason | undefined
  return {
    /** `wait`: the wait that begins now, if one does. */
    details(progress: Progress, wait: RunWait | null = null) {
      if (wait) reason = wait.on === 'operator' ? wait.reason : undefined
      setCurrentDetails(checklist(progress, reason))
    },
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
