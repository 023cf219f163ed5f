import { activateAndEnroll } from './activate-and-enroll.ts'
import { applyCommand } from './apply-command.ts'
import { checkCharge, listChargesToCheck } from './reconcile/compare-charges.ts'
import { changePrice } from './change-price.ts'
import { closePayment } from './close-payment.ts'
import { createRecord } from './create-record.ts'
import type { ActivityDependencies } from '../payments/dependencies.ts'
import { endOnboarding, listRefunding } from './end-onboarding.ts'
import { toFailure } from './guard/failures.ts'
import { findUnknownPayments } from './reconcile/find-unknown-payments.ts'
import { lookAtRecord } from './look-at-record.ts'
import { closeForms } from './close-forms.ts'
import { noteMoneyWait } from './note-money-wait.ts'
import { readObject } from './read-object.ts'
import { settleMoney } from './settle-money.ts'
import { swapMethod } from './swap-method.ts'
import { takePayment } from './take-payment.ts'
import type { OnboardingReference } from '../domain/reference.ts'

/** Errors leave a step as failures without personal data: they are kept in histories. */
const guarded =
  <Args extends unknown[], Result>(step: (...args: Args) => Promise<Result>) =>
  async (...args: Args): Promise<Result> => {
    try {
      return await step(...args)
    } catch (error) {
      throw toFailure(error)
    }
  }

/** The steps of the workflows, bound to what they work with. */
export function createActivities(dependencies: ActivityDependencies) {
  return {
    createRecord: guarded(createRecord(dependencies)),
    lookAtRecord: guarded(lookAtRecord(dependencies)),
    takePayment: takePayment(dependencies),
    changePrice: changePrice(dependencies),
    readObject: readObject(dependencies),
    activateAndEnroll: guarded(activateAndEnroll(dependencies)),
    swapMethod: swapMethod(dependencies),
    closePayment: closePayment(dependencies),
    closeForms: guarded((reference: OnboardingReference) => closeForms(dependencies, reference)),
    endOnboarding: guarded(endOnboarding(dependencies)),
    listRefunding: guarded(listRefunding(dependencies)),
    applyCommand: guarded(applyCommand(dependencies)),
    settleMoney: settleMoney(dependencies),
    listChargesToCheck: guarded(listChargesToCheck(dependencies)),
    checkCharge: checkCharge(dependencies),
    findUnknownPayments: findUnknownPayments(dependencies),
    noteMoneyWait: guarded(noteMoneyWait(dependencies)),
  }
}

export type Activities = ReturnType<typeof createActivities>
