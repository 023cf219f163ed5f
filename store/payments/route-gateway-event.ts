import type { AttemptState } from '../../domain/lifecycle.ts'
import type { Database } from '../database/database.ts'
import { underLock } from '../database/lock.ts'
import { findForm, type Form } from './form-sessions.ts'
import type { RecordedRun } from '../../domain/onboarding/run.ts'
import type { ObjectAtGateway, OnboardingReference } from '../../domain/reference.ts'
import { findRun, makeRunDue } from '../onboardings/wake.ts'
import { findOwnerOfObject } from './objects.ts'

export type EventRecipient =
  /** No stored payment object or form has this id. */
  | { kind: 'nobody' }
  /**
   * The run of the live onboarding must read the object. `madeDue` is false if the run needs no signal. `isEarly`: the
   * event is about a refund or dispute of a payment that is still being recorded. It must be sent again afterwards.
   */
  | { kind: 'run'; run: RecordedRun; madeDue: boolean; isEarly: boolean }
  /** The onboarding has ended, but its charge may need action. */
  | { kind: 'money'; chargeId: string }
  /** A caller's own form. Its onboarding may still be live. */
  | { kind: 'form'; form: Form }
  /** The onboarding has ended and the event changes nothing. */
  | { kind: 'ended' }

/**
 * Finds who must handle a gateway event about a payment object, and makes the run due if one is live. The success of a
 * completed onboarding's charge needs no action; a refund or dispute does.
 */
export async function routeGatewayEvent(
  database: Database,
  object: ObjectAtGateway & { goesBack: boolean },
): Promise<EventRecipient> {
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
  const madeDue = await tellRun(database, run, owner.objectNumber)
  return { kind: 'run', run, madeDue, isEarly: object.goesBack && owner.isBecomingPaid }
}

/** Makes the run due, except while a step is calling the gateway: the step reads the object itself. */
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
    return makeRunDue(sql, onboardingId)
  })
}
