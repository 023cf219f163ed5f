import type { DeclineCode } from '../domain/declines.ts'
import type { OnboardingFacts } from '../domain/onboarding.ts'
import type { Database, Sql } from './database.ts'
import { insertEvent } from './events.ts'
import { admitContact, type Admission, type GuardLimits } from './guard.ts'
import { underLock } from './lock.ts'
import { readFacts } from './onboarding-facts.ts'
import type { PaymentReference } from './prepare-payment.ts'

/** A card that was tried on a caller's form, at the gateway, and was not saved. */
export interface FormTry {
  /** The gateway's id of the try. */
  id: string
  /** `abandoned`: the bank asked the customer, and another card came instead of an answer. */
  state: 'declined' | 'abandoned'
  code: DeclineCode | null
}

/**
 * Writes what was tried on a caller's form as attempts that are over, each once, so that they count like those of the
 * page. Returns why the contact may try nothing more; undefined where it may.
 */
export async function recordFormTries(
  database: Database,
  reference: PaymentReference,
  tries: FormTry[],
  limits: GuardLimits,
): Promise<(Admission & { admitted: false }) | undefined> {
  return underLock(database, reference.billingCustomerId, async (sql) => {
    const facts = await readFacts(sql, reference.onboardingId)
    if (!facts || facts.endedAt) return undefined
    for (const tried of tries) await insertTry(sql, facts, tried)
    return admitContact(sql, (await readFacts(sql, facts.id))!, limits)
  })
}

async function insertTry(sql: Sql, facts: OnboardingFacts, { id, state, code }: FormTry): Promise<void> {
  const { id: onboardingId, environment, billingCustomerId, linkVersion, currency } = facts
  // Nothing is charged by a form. A single-use reference is one attempt, however often the form is looked at.
  const [attempt] = await sql<{ number: number }[]>`
    insert into payment_attempts
      (onboarding_id, number, environment, link_version, source, gateway, reference, single_use, amount, currency, state, code, closed_at)
    select ${onboardingId}, coalesce(max(number), 0) + 1, ${environment}, ${linkVersion}, 'api', 'stripe', ${id}, true, 0, ${currency},
      ${state}, ${code}, now()
    from payment_attempts where onboarding_id = ${onboardingId}
    on conflict (environment, gateway, reference) where single_use do nothing
    returning number`
  if (!attempt) return
  await insertEvent(sql, {
    type: 'billing_customer.payment_failed',
    billingCustomerId,
    onboardingId,
    data: { attempt: attempt.number, code, counts: true },
  })
}
