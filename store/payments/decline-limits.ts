import { isLinkExhausted, type OnboardingFacts } from '../../domain/onboarding/onboarding.ts'
import type { MethodSource } from '../../domain/lifecycle.ts'
import type { AddressHashes } from '../../domain/payment/address-hashes.ts'
import type { OnboardingReference } from '../../domain/reference.ts'
import { settingRules, type Settings } from '../../domain/tenant/settings.ts'
import type { Database, Sql, Transaction } from '../database/database.ts'
import { underLock } from '../database/lock.ts'
import { insertEvent } from '../events/events.ts'
import { readFacts } from '../onboardings/facts.ts'
import { takeTurn } from './admission-queue.ts'
import { addressWait, contactWait, countOrganization, refusalWait } from './decline-counts.ts'

// Protects against card testing: every unpaid attempt that reached a bank counts, a successful payment never does.

export type GuardLimits = Pick<
  Settings,
  | 'attemptsPerLink'
  | 'declinesPerWindow'
  | 'declinesPerAddress'
  | 'declinesPerOrganization'
  | 'refusalsPerWindow'
  | 'declineWindow'
>

type Limit = 'link' | 'contact' | 'refused' | 'address' | 'organization'

/** `challenge`: whether 3-D Secure must be requested. `retryAfter` is in seconds. */
export type Admission =
  | { admitted: true; challenge: boolean }
  | { admitted: false; refusal: 'too_many_attempts' }
  | { admitted: false; refusal: 'cool_down' | 'slow_down'; retryAfter: number }

/**
 * Decides whether a submission is admitted, under the billing customer's lock. It also takes the locks of the address
 * and the organization, the last locks of the transaction (docs/decisions/0019). `form` is the number of the session
 * whose card is submitted.
 */
export async function admit(
  sql: Transaction,
  facts: OnboardingFacts,
  { source, address, form }: { source: MethodSource; address?: AddressHashes | undefined; form?: number | undefined },
  limits: GuardLimits,
): Promise<Admission> {
  const refused =
    (await admitContact(sql, facts, limits, form)) ?? (await admitAddress(sql, facts, address?.home, limits))
  // A method that a customer saved at the gateway before is no test of a card, and an import has thousands of them.
  if (!refused && source === 'imported') return { admitted: true, challenge: false }
  return refused ?? admitToOrganization(sql, facts, limits, { form, networkHash: address?.network })
}

/**
 * Returns why the contact cannot submit on this link or at this time; undefined if it can. The card of the session
 * `form` does not count against itself.
 */
export async function admitContact(
  sql: Transaction,
  facts: OnboardingFacts,
  limits: GuardLimits,
  form?: number,
): Promise<(Admission & { admitted: false }) | undefined> {
  const { declinesPerWindow, refusalsPerWindow, declineWindow: window } = limits
  if (isLinkExhausted(facts, limits.attemptsPerLink, form)) {
    await recordTrip(sql, facts, 'link', window)
    return { admitted: false, refusal: 'too_many_attempts' }
  }
  const declined = await contactWait(sql, facts, { most: declinesPerWindow, window }, form)
  if (declined !== undefined) return coolDown(sql, facts, 'contact', window, declined)
  const refused = await refusalWait(sql, facts, { most: refusalsPerWindow, window })
  return refused === undefined ? undefined : coolDown(sql, facts, 'refused', window, refused)
}

async function admitAddress(
  sql: Transaction,
  facts: OnboardingFacts,
  addressHash: string | undefined,
  { declinesPerAddress: most, declineWindow: window }: GuardLimits,
): Promise<(Admission & { admitted: false }) | undefined> {
  if (!addressHash) return undefined
  const { environment } = facts
  await lock(sql, `address/${environment}/${addressHash}`)
  const wait = await addressWait(sql, environment, addressHash, { most, window })
  if (!wait) return undefined
  // The page submits again automatically. No event: the other customers are about to confirm.
  if (wait.atBank) return { admitted: false, refusal: 'slow_down', retryAfter: wait.retryAfter }
  return coolDown(sql, facts, 'address', window, wait.retryAfter)
}

/** Maximum number of concurrent transactions that do not see each other: PostgreSQL's default number of connections. */
const unseen = 100

/**
 * Far from its limit, an organization's submissions run concurrently; near it, one after the other, so that each sees
 * the previous ones. At the limit they queue and request 3-D Secure: nobody is locked out. The opening of forms has its
 * own queue, because it costs nothing and must not delay submissions.
 */
async function admitToOrganization(
  sql: Transaction,
  facts: OnboardingFacts,
  limits: GuardLimits,
  {
    form,
    opensForm = false,
    networkHash,
  }: { form?: number | undefined; opensForm?: boolean; networkHash?: string | undefined },
): Promise<Admission> {
  const { declinesPerOrganization: most, declineWindow: window } = limits
  const pause = pauseOf(limits)
  const before = await countOrganization(sql, facts, window, { form })
  const isNear = most - before.taken <= Math.max(1.5 * unseen, most / 2)
  await lock(sql, `organization/${facts.environment}/${facts.organizationId}`, isNear ? 'alone' : 'shared')
  // Counted again: others may have submitted while this call waited for the lock.
  const { taken, newestSubmission, newestForm, ...counted } = await countOrganization(sql, facts, window, {
    form,
    pause,
  })
  if (!isNear && most - taken <= unseen) return { admitted: false, refusal: 'slow_down', retryAfter: 1 }
  if (taken < most) return { admitted: true, challenge: false }
  await recordTrip(sql, facts, 'organization', window)
  // A form that was opened at the limit has had its turn.
  if (form !== undefined && (await findForm(sql, facts.onboardingId, form))?.isAdmitted)
    return { admitted: true, challenge: true }
  const pace = { pause, sinceNewest: opensForm ? newestForm : newestSubmission }
  const wait = await takeTurn(sql, facts, { opensForm, networkHash, ...counted }, pace)
  return wait > 0 ? { admitted: false, refusal: 'slow_down', retryAfter: wait } : { admitted: true, challenge: true }
}

/**
 * Returns the seconds between two submissions of an organization at its limit: the limit spread over the window, at
 * most 30.
 */
const pauseOf = ({ declinesPerOrganization, declineWindow }: GuardLimits) =>
  Math.min(declineWindow / declinesPerOrganization, 30)

/**
 * Decides whether a caller's form may be opened at the gateway. At the organization's limit forms are opened one at a
 * time, like submissions, and 3-D Secure is requested. A form that was admitted stays so: its call can be repeated.
 */
export async function admitForm(
  database: Database,
  { onboardingId, billingCustomerId }: OnboardingReference,
  sessionNumber: number,
  limits: GuardLimits,
): Promise<Admission> {
  return underLock(database, billingCustomerId, async (sql) => {
    if ((await findForm(sql, onboardingId, sessionNumber))?.isAdmitted) return { admitted: true, challenge: true }
    const admission = await admitToOrganization(sql, (await readFacts(sql, onboardingId))!, limits, { opensForm: true })
    if (admission.admitted && admission.challenge)
      await sql`
        update approval_sessions set admitted_at = clock_timestamp()
        where onboarding_id = ${onboardingId} and n = ${sessionNumber}`
    return admission
  })
}

/** Whether a form was opened at the organization's limit, and whether it was dropped. */
async function findForm(sql: Sql, onboardingId: string, sessionNumber: number) {
  const [form] = await sql<{ isAdmitted: boolean; isDropped: boolean }[]>`
    select admitted_at is not null as is_admitted, created_at = '-infinity' as is_dropped from approval_sessions
    where onboarding_id = ${onboardingId} and n = ${sessionNumber}`
  return form
}

/**
 * Returns why a form with an unsuccessful card ends: at the organization's limit each form is for one card. Returns
 * undefined if it does not end. A form from before the limit continues while its newest card can still be confirmed or
 * submitted. Reads without the organization's lock.
 */
export async function endsAtLimit(
  sql: Transaction,
  facts: OnboardingFacts,
  { sessionNumber, newestFailed }: { sessionNumber: number; newestFailed: boolean },
  limits: GuardLimits,
): Promise<(Admission & { admitted: false }) | undefined> {
  const { taken } = await countOrganization(sql, facts, limits.declineWindow)
  if (taken < limits.declinesPerOrganization) return undefined
  const form = await findForm(sql, facts.onboardingId, sessionNumber)
  if (!form || form.isDropped || !(newestFailed || form.isAdmitted)) return undefined
  await recordTrip(sql, facts, 'organization', limits.declineWindow)
  return { admitted: false, refusal: 'slow_down', retryAfter: Math.ceil(pauseOf(limits)) }
}

const lock = (sql: Sql, name: string, mode: 'alone' | 'shared' = 'alone') => {
  const key = `guard/${name}`
  return mode === 'alone'
    ? sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`
    : sql`select pg_advisory_xact_lock_shared(hashtextextended(${key}, 0))`
}

async function coolDown(sql: Transaction, facts: OnboardingFacts, limit: Limit, window: number, retryAfter: number) {
  await recordTrip(sql, facts, limit, window)
  return { admitted: false, refusal: 'cool_down', retryAfter } as const
}

/** Writes one event per window that a limit was reached, for a link, a contact or the whole organization. */
async function recordTrip(sql: Transaction, facts: OnboardingFacts, limit: Limit, window: number): Promise<void> {
  const { onboardingId, billingCustomerId, environment, linkVersion } = facts
  const subjects: Partial<Record<Limit, string>> = {
    link: `${onboardingId}/${linkVersion}`,
    organization: facts.organizationId,
  }
  const subject = subjects[limit] ?? billingCustomerId
  const due = await sql`
    insert into guard_trips (environment, subject, guard_limit) values (${environment}, ${subject}, ${limit})
    on conflict (environment, subject, guard_limit) do update set told_at = now()
      where guard_trips.told_at < now() - ${window} * interval '1 second'
    returning told_at`
  if (due.length === 0) return
  await insertEvent(sql, facts, { type: 'billing_customer.guard_tripped', data: { limit } })
}

/**
 * Deletes the addresses of submissions that no longer count for any organization. An address counts across
 * organizations, each with its own window. `defaultWindow` is in seconds.
 */
export async function forgetAddresses(sql: Sql, defaultWindow: number): Promise<void> {
  await sql`
    update payment_attempts set address_hash = null
    where address_hash is not null and coalesce(closed_at, created_at) < now() - interval '1 second' * (
      select greatest(${defaultWindow}::float8, max((value #>> '{}')::float8))
      from settings where name = ${settingRules.declineWindow.name})`
}

/** Deletes records of reached limits after the longest possible window. */
export async function forgetTrips(sql: Sql): Promise<void> {
  await sql`delete from guard_trips where told_at < now() - interval '366 days'`
}
