import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import { claimDueReleases, finishRelease, type DueRelease } from '../../store/methods/method-releases.ts'
import { findObject } from '../../store/payments/objects.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import { detachMethodOf } from './detach-methods.ts'

const atOnce = 10

/**
 * Detaches saved methods that a billing customer no longer uses, if we attached them and nobody else uses them. One to
 * which the gateway does not respond is retried later. Safe to run concurrently, and again after a worker died.
 */
export async function releaseMethods(d: ActivityDependencies): Promise<void> {
  await Promise.all((await claimDueReleases(d.database, atOnce)).map((due) => release(d, due)))
}

async function release(d: ActivityDependencies, due: DueRelease): Promise<void> {
  const object = await findObject(d.database, due.onboardingId, due.objectNumber)
  try {
    if (object) await detachMethodOf(d, due, object)
  } catch (error) {
    if (!isGatewayError(error)) throw error
    return
  }
  await finishRelease(d.database, due)
}
