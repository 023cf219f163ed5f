import type { DeclineCode } from '../../domain/payment/declines.ts'
import type { OnboardingFacts } from '../../domain/onboarding/onboarding.ts'
import type { Database, Sql, Transaction } from '../database/database.ts'
import { insertEvent } from '../events/events.ts'
import { admitContact, endsAtLimit, type Admission, type GuardLimits } from './decline-limits.ts'
import type { StoredSession } from './sessions.ts'
import { underLock } from '../database/lock.ts'
import { readFacts } from '../onboardings/facts.ts'
import type { OnboardingReference } from '../../domain/reference.ts'

/** A card that was tried on a caller's form, at the gateway. */
export interface FormTry {
  /** The gateway's id of the attempt. */
  id: string
  at: Date
  /**
   * `abandoned`: the bank waited for the customer, who tried another card instead. `asked`: the bank is still waiting
   * for the customer, or it approved and the card is saved.
   */
  state: 'declined' | 'abandoned' | 'asked'
  code: DeclineCode | null
}

/**
 * Records the attempts on a caller's form, oldest first: each failed one once, as a closed attempt that counts like one
 * from the page, and a card that is `asked` on the form's session. Returns why the contact cannot try again; undefined
 * if it can.
 */
export async function recordFormTries(
  database: Database,
  { billingCustomerId, onboardingId }: OnboardingReference,
  form: Pick<StoredSession, 'gateway' | 'accountId' | 'sessionNumber'>,
  tries: FormTry[],
  limits: GuardLimits,
): Promise<(Admission & { admitted: false }) | undefined> {
  return underLock(database, billingCustomerId, async (sql) => {
    const facts = await readFacts(sql, onboardingId)
    if (!facts || facts.endedAt) return undefined
    const { sessionNumber } = form
    for (const tried of tries) if (tried.state !== 'asked') await insertTry(sql, facts, form, tried)
    if (tries.length > 0) await noteNewest(sql, facts, sessionNumber, tries.at(-1)!)
    await noteFailed(sql, facts, sessionNumber, tries.filter(({ state }) => state !== 'asked').length)
    const now = (await readFacts(sql, facts.onboardingId))!
    const refused = await admitContact(sql, now, limits, sessionNumber)
    if (refused || tries.every(({ state }) => state === 'asked')) return refused
    return endsAtLimit(sql, now, { sessionNumber, newestFailed: tries.at(-1)!.state !== 'asked' }, limits)
  })
}

/**
 * Records attempts made with an object's secret after its bank asked the customer, except the attempt's own decline:
 * the oldest failure since it was sent, unless it is an unconfirmed payment, which the gateway does not list. `failed`
 * lists all failures on the object, oldest first.
 */
export async function recordOtherTries(
  database: Database,
  { billingCustomerId, onboardingId }: OnboardingReference,
  objectNumber: number,
  failed: FormTry[],
): Promise<void> {
  await underLock(database, billingCustomerId, async (sql) => {
    const facts = await readFacts(sql, onboardingId)
    const [own] = await sql<(At & { sentAt: Date; isListed: boolean })[]>`
      select a.gateway, a.account_id, a.sent_at, p.kind = 'setup' or a.code <> 'authentication_failed' as is_listed
      from payment_attempts a join payment_objects p on p.onboarding_id = a.onboarding_id and p.k = a.k
      where a.onboarding_id = ${onboardingId} and a.k = ${objectNumber} and a.state = 'declined'
      order by a.number desc limit 1`
    if (!facts || !own) return
    // The gateway gives whole seconds.
    const since = failed.filter(({ at }) => at.getTime() + 1_000 > own.sentAt.getTime())
    for (const tried of since.slice(own.isListed ? 1 : 0)) await insertTry(sql, facts, own, tried)
  })
}

/** Returns the time of the attempt, at most now: the gateway has a different clock. */
const timeOf = (sql: Sql, { at }: FormTry) => sql`least(${at}::timestamptz, now())`

/** Returns the version of the setup link at the time of the attempt. The gateway gives whole seconds. */
const linkAt = ({ linkVersion, linkGivenAt }: OnboardingFacts, { at }: FormTry) =>
  linkVersion > 1 && linkGivenAt !== null && at.getTime() + 1_000 <= linkGivenAt.getTime()
    ? linkVersion - 1
    : linkVersion

/** Records the newest card of a form unless a bank declined it. An older list that arrives late changes nothing. */
async function noteNewest(sql: Sql, facts: OnboardingFacts, form: number, newest: FormTry): Promise<void> {
  const isAsked = newest.state === 'asked'
  await sql`
    update approval_sessions s
    set asked_at = ${isAsked ? timeOf(sql, newest) : null},
      asked_link = ${isAsked ? linkAt(facts, newest) : null}
    where onboarding_id = ${facts.onboardingId} and n = ${form}
      and (asked_at is null or asked_at <= ${newest.at}::timestamptz)
      and not exists (
        select 1 from payment_attempts a
        where a.onboarding_id = s.onboarding_id and a.reference = ${newest.id} and ${isAsked})`
}

/** Several cards can be tried before the event of the first arrives. A delayed older list changes nothing. */
async function noteFailed(sql: Sql, { onboardingId }: OnboardingFacts, form: number, failed: number): Promise<void> {
  await sql`
    update approval_sessions set failed_cards = ${failed}
    where onboarding_id = ${onboardingId} and n = ${form} and failed_cards < ${failed}`
}

type At = Pick<StoredSession, 'gateway' | 'accountId'>

async function insertTry(
  sql: Transaction,
  facts: OnboardingFacts,
  { gateway, accountId }: At,
  tried: FormTry,
): Promise<void> {
  const { id, state, code } = tried
  const { onboardingId, environment, currency } = facts
  // A form charges nothing. A single-use reference is one attempt, no matter how often the form is read.
  const [attempt] = await sql<{ number: number }[]>`
    insert into payment_attempts
      (onboarding_id, number, environment, link_version, source, gateway, account_id, reference, single_use, amount,
       currency, state, code, on_form, created_at, closed_at)
    select ${onboardingId}, coalesce(max(number), 0) + 1, ${environment}, ${linkAt(facts, tried)}, 'api', ${gateway},
      ${accountId}, ${id}, true, 0, ${currency}, ${state}, ${code}, true, ${timeOf(sql, tried)}, ${timeOf(sql, tried)}
    from payment_attempts where onboarding_id = ${onboardingId}
    on conflict do nothing
    returning number`
  if (!attempt) return
  await insertEvent(sql, facts, {
    type: 'billing_customer.payment_failed',
    data: { attempt: attempt.number, code, counts: true },
  })
}
