import { activateAndEnroll } from './activate-and-enroll.ts'
import { applyCommand } from './apply-command.ts'
import { applyBulkCommand } from './bulk/apply-bulk-command.ts'
import { readBulkProgress } from './bulk/read-bulk-progress.ts'
import { onboardRows } from './bulk/onboard-rows.ts'
import { changePrice } from './change-price.ts'
import { closePayment } from './close-payment.ts'
import { createRecord } from './create-record.ts'
import type { ActivityDependencies } from '../payments/dependencies.ts'
import { endOnboarding, listRefunding } from './end-onboarding.ts'
import { asFailures, guardSteps, withHeartbeats, type GuardedSteps, type Registrable } from './guard/step.ts'
import { listAccountsToReconcile, reconcileAccount, recordReconciliation } from './reconcile/reconcile-account.ts'
import { lookAtRecord } from './look-at-record.ts'
import { closeForms } from './close-forms.ts'
import { noteMoneyWait } from './note-money-wait.ts'
import { readObject } from './read-object.ts'
import { settleMoney } from './settle-money.ts'
import { swapMethod } from './swap-method.ts'
import { takePayment } from './take-payment.ts'
import { applyEndpointCommand, readEndpointHealth } from './webhooks/read-endpoint-health.ts'

// A name is the registered name of the activity: histories contain it.

/** Steps on our own database. `workflows/steps.ts` runs them as local activities first. */
const databaseSteps = {
  createRecord,
  lookAtRecord,
  activateAndEnroll,
  endOnboarding,
  listRefunding,
  applyCommand,
  listAccountsToReconcile,
  recordReconciliation,
  noteMoneyWait,
  readBulkProgress,
  applyBulkCommand,
  readEndpointHealth,
  applyEndpointCommand,
}

export type DatabaseStep = keyof typeof databaseSteps

/**
 * Steps that take long and that the policy of the workflow retries: `closeForms`, for which nothing waits, for a day;
 * `onboardRows`, which sends heartbeats itself, until the database is available.
 */
const backgroundSteps = { closeForms, onboardRows }

/** Steps that call a gateway and may take minutes. */
const gatewaySteps = {
  takePayment,
  changePrice,
  readObject,
  swapMethod,
  closePayment,
  settleMoney,
  reconcileAccount,
}

export type Activities = GuardedSteps<typeof databaseSteps & typeof backgroundSteps & typeof gatewaySteps>

/** Returns the steps of the workflows, bound to their dependencies and guarded. */
export const createActivities = (d: ActivityDependencies): Activities =>
  ({
    ...guardSteps(d, asFailures, databaseSteps),
    ...guardSteps(d, asFailures, backgroundSteps),
    ...guardSteps(d, withHeartbeats, gatewaySteps),
  }) satisfies Registrable
