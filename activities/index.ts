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

/** Steps that Temporal retries: those on our database, and `closeForms`, which is retried for a day. */
const retriedByPolicy = {
  createRecord,
  lookAtRecord,
  activateAndEnroll,
  endOnboarding,
  listRefunding,
  applyCommand,
  listChargesToCheck,
  noteMoneyWait,
  closeForms,
}

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

export type Activities = GuardedSteps<typeof retriedByPolicy & typeof gatewaySteps>

/** Returns the steps of the workflows, bound to their dependencies and guarded. */
export const createActivities = (d: ActivityDependencies): Activities =>
  ({
    ...guardSteps(d, asFailures, retriedByPolicy),
    ...guardSteps(d, withHeartbeats, gatewaySteps),
  }) satisfies Registrable
