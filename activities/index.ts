import { activateAndEnroll } from './activate-and-enroll.ts'
import { applyCommand } from './apply-command.ts'
import { closePayment } from './close-payment.ts'
import { createRecord } from './create-record.ts'
import type { ActivityDependencies } from './dependencies.ts'
import { endOnboarding, listRefunding } from './end-onboarding.ts'
import { lookAtRecord } from './look-at-record.ts'
import { settleMoney } from './settle-money.ts'
import { takePayment } from './take-payment.ts'

/** The steps of the workflows, bound to what they work with. */
export function createActivities(dependencies: ActivityDependencies) {
  return {
    createRecord: createRecord(dependencies),
    lookAtRecord: lookAtRecord(dependencies),
    takePayment: takePayment(dependencies),
    activateAndEnroll: activateAndEnroll(dependencies),
    closePayment: closePayment(dependencies),
    endOnboarding: endOnboarding(dependencies),
    listRefunding: listRefunding(dependencies),
    applyCommand: applyCommand(dependencies),
    settleMoney: settleMoney(dependencies),
  }
}

export type Activities = ReturnType<typeof createActivities>
