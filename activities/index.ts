import { activateAndEnroll } from './activate-and-enroll.ts'
import { applyCommand } from './apply-command.ts'
import { checkCharge, listChargesToCheck } from './reconcile/compare-charges.ts'
import { changePrice } from './change-price.ts'
import { closePayment } from './close-payment.ts'
import { createRecord } from './create-record.ts'
import type { ActivityDependencies } from '../payments/dependencies.ts'
import { endOnboarding, listRefunding } from './end-onboarding.ts'
import { asFailures, guardSteps, withHeartbeats, type GuardedSteps, type Registrable } from './guard/step.ts'
import { findUnknownPayments } from './reconcile/find-unknown-payments.ts'
import { lookAtRecord } from './look-at-record.ts'
import { closeForms } from './close-forms.ts'
import { noteMoneyWait } from './note-money-wait.ts'
import { readObject } from './read-object.ts'
import { settleMoney } from './settle-money.ts'
import { swapMethod } from './swap-method.ts'
import { takePayment } from './take-payment.ts'

// A name is the registered name of the activity: histories contain it.

/** Steps on our own database. `workflows/steps.ts` runs them as local activities first. */
const databaseSteps = {
  createRecord,
  lookAtRecord,
  activateAndEnroll,
  endOnboarding,
  listRefunding,
  applyCommand,
  listChargesToCheck,
  noteMoneyWait,
}

export type DatabaseStep = keyof typeof databaseSteps

/** Steps at a gateway that nothing waits for: the policy of the workflow retries them, for a day. */
const backgroundSteps = { closeForms }

/** Steps that call a gateway and may take minutes. */
const gatewaySteps = {
  takePayment,
  changePrice,
  readObject,
  swapMethod,
  closePayment,
  settleMoney,
  checkCharge,
  findUnknownPayments,
}

export type Activities = GuardedSteps<typeof databaseSteps & typeof backgroundSteps & typeof gatewaySteps>

/** Returns the steps of the workflows, bound to their dependencies and guarded. */
export const createActivities = (d: ActivityDependencies): Activities =>
  ({
    ...guardSteps(d, asFailures, databaseSteps),
    ...guardSteps(d, asFailures, backgroundSteps),
    ...guardSteps(d, withHeartbeats, gatewaySteps),
  }) satisfies Registrable
