import type { AttemptState } from '../../domain/lifecycle.ts'
import type { Database } from '../database/database.ts'
import { underLock } from '../database/lock.ts'
import { findForm, type Form } from './form-sessions.ts'
import type { RunInput } from '../../domain/onboarding/run.ts'
import type { ObjectAtGateway, OnboardingReference } from '../../domain/reference.ts'
import { findRun, lowerWake } from '../onboardings/wake.ts'
import { findOwnerOfObject } from './objects.ts'

export type NewsReceiver =
  /** No row of ours has this object. */
  | { kind: 'nobody' }
  /** The run that drives the onboarding is to look; `woken` is false where it was about to look anyway. */
  | { kind: 'run'; run: RunInput; woken: boolean }
  /** The onboarding has ended; its money may need somebody. */
  | { kind: 'money'; chargeId: string }
  /** A caller's own form, of an onboarding that may still be live. */
  | { kind: 'form'; form: Form }
  /** The news changes nothing: the onboarding has ended. */
  | { kind: 'ended' }

/**
 * Finds who must look at a payment object of which a gateway has news, and asks the run to look where one is live. That
 * the charge of a completed onboarding succeeded is no news; that it goes back is.
 */
export async function receiveNews(
  database: Database,
  object: ObjectAtGateway & { goesBack: boolean },
): Promise<NewsReceiver> {
  const owner = await findOwnerOfObject(database, object)
  if (!owner) {
    const form = await findForm(database, object)
    return form ? { kind: 'form', form } : { kind: 'nobody' }
  }
  if (owner.ended)
    return owner.chargeId && (object.goesBack || !owner.settled)
      ? { kind: 'money', chargeId: owner.chargeId }
      : { kind: 'ended' }
  const run = (await findRun(database, owner.onboardingId))!
  return { kind: 'run', run, woken: await tellRun(database, run, owner.objectNumber) }
}

/** While a step is talking to the gateway it reads the object itself: then the run needs no news. */
function tellRun(
  database: Database,
  { billingCustomerId, onboardingId }: OnboardingReference,
  objectNumber: number,
): Promise<boolean> {
  return underLock(database, billingCustomerId, async (sql) => {
    const [attempt] = await sql<{ state: AttemptState }[]>`
      select state from payment_attempts where onboarding_id = ${onboardingId} and closed_at is null`
    if (attempt?.state === 'open') return false
    if (!attempt) {
      const rows = await sql`
        update payment_objects set news_at = now()
        where onboarding_id = ${onboardingId} and k = ${objectNumber} and state = 'open'
        returning k`
      if (rows.length === 0) return false
    }
    return lowerWake(sql, onboardingId)
  })
}
