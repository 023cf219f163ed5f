import type { Consent } from '../../domain/hosted-page.ts'
import type { AttemptFacts, OnboardingFacts } from '../../domain/onboarding/onboarding.ts'
import { unsettledChargeStates } from '../../domain/lifecycle.ts'
import type { Sql } from '../database/database.ts'
import { consentOf } from './consents.ts'
import { pageOptionsOf } from './page-options.ts'

type Times<T, Name extends keyof T> = Omit<T, Name> & { [Key in Name]: T[Key] extends Date ? number : number | null }
type Row = Omit<OnboardingFacts, 'attempts' | 'consent'> & {
  attempts: Times<AttemptFacts, 'createdAt' | 'closedAt'>[]
  consent: Times<Consent, 'givenAt'> | null
}

/**
 * Returns all facts about one onboarding, in one statement because it is the most frequent read. Inside a transaction
 * that has the lock, they stay valid until its end.
 */
export async function readFacts(sql: Sql, onboardingId: string): Promise<OnboardingFacts | undefined> {
  const [facts] = await readMany(sql, sql`o.id = ${onboardingId}`)
  return facts
}

/** Returns the live onboarding of a billing customer, or else its latest one. Replacements are not included. */
export async function readLatestFacts(sql: Sql, billingCustomerId: string): Promise<OnboardingFacts | undefined> {
  const [facts] = await readMany(
    sql,
    sql`o.billing_customer_id = ${billingCustomerId} and o.kind = 'onboarding' order by o.n desc limit 1`,
  )
  return facts
}

/** Same as `readLatestFacts`, for many billing customers. The map is keyed by their ids. */
export async function readLatestFactsOf(sql: Sql, billingCustomerIds: string[]): Promise<Map<string, OnboardingFacts>> {
  const found = await readMany(
    sql,
    sql`o.id in (
      select distinct on (billing_customer_id) id from onboardings
      where billing_customer_id = any(${billingCustomerIds}) and kind = 'onboarding'
        order by billing_customer_id, n desc)`,
  )
  return new Map(found.map((facts) => [facts.billingCustomerId, facts]))
}

/** Returns the live replacement of a billing customer's payment method, or else the latest one. */
export async function readLatestReplacement(sql: Sql, billingCustomerId: string): Promise<OnboardingFacts | undefined> {
  const [facts] = await readMany(
    sql,
    sql`o.billing_customer_id = ${billingCustomerId} and o.kind = 'replacement' order by o.n desc limit 1`,
  )
  return facts
}

/** Returns the newest onboarding or replacement of a billing customer, which is what commands act on. */
export async function readNewestFacts(sql: Sql, billingCustomerId: string): Promise<OnboardingFacts | undefined> {
  const [facts] = await readMany(sql, sql`o.billing_customer_id = ${billingCustomerId} order by o.n desc limit 1`)
  return facts
}

async function readMany(sql: Sql, where: ReturnType<Sql>): Promise<OnboardingFacts[]> {
  const rows = await sql<Row[]>`
    select o.id as onboarding_id, o.kind, o.swapped_at is not null as swapped, o.environment,
      o.organization_id, b.customer_id, o.has_short_workflow_id,
      o.billing_customer_id, b.status as billing_customer_status,
      o.n as onboarding_number, o.gateway, o.amount, o.currency, o.require_initial, o.wanted_amount, o.refund_initial,
        o.billable_item_id, o.standing_charge_id, o.closing, o.result, o.created_at,
      o.link_version, o.link_given_at, o.expires_at, o.reminders_sent, o.blocked_on, o.next_retry_at, o.ended_at,
      ${pageOptionsOf(sql)} as page, ${consentOf(sql)},
      (
        select coalesce(json_agg(json_build_object('number', a.number, 'source', a.source,
          'linkVersion', a.link_version, 'state', a.state, 'code', a.code, 'bankAsked', a.bank_asked,
          'onForm', a.on_form, 'createdAt', ${milliseconds(sql, sql`a.created_at`)},
          'closedAt', ${milliseconds(sql, sql`a.closed_at`)}) order by a.number), '[]')
        from payment_attempts a where a.onboarding_id = o.id
      ) as attempts,
      (
        select coalesce(json_agg(json_build_object('sessionNumber', s.n, 'linkVersion', s.asked_link)), '[]')
        from approval_sessions s where s.onboarding_id = o.id and s.asked_at is not null and ${isNotSubmitted(sql)}
      ) as form_cards,
      (
        select coalesce(json_agg(json_build_object(
          'objectNumber', p.k, 'kind', p.kind, 'gateway', p.gateway, 'accountId', p.account_id,
          'state', p.state, 'objectId', p.object_id,
          'news', p.news_at is not null, 'amount', p.amount, 'currency', p.currency) order by p.k), '[]')
        from payment_objects p where p.onboarding_id = o.id
      ) as objects,
      (
        select coalesce(json_agg(json_build_object('id', c.id, 'onboardingId', c.onboarding_id, 'state', c.state,
          'amount', c.amount, 'currency', c.currency, 'gateway', c.gateway)), '[]')
        from charges c
        where c.billing_customer_id = o.billing_customer_id and ${isUnsettled(sql)}
      ) as unsettled_charges
    from onboardings o join billing_customers b on b.id = o.billing_customer_id
    where ${where}`
  return rows.map((row) => ({
    ...row,
    attempts: row.attempts.map(withDates),
    consent: row.consent && { ...row.consent, givenAt: new Date(row.consent.givenAt) },
  }))
}

/** Condition on a charge `c`: it is unsettled. Late charges are refunded independently of any onboarding. */
export const isUnsettled = (sql: Sql) => sql`not c.late and c.state = any(${unsettledChargeStates})`

/** Condition on a charge `c` and its onboarding `o`: it stands even after its billing customer was closed. */
export const stands = (sql: Sql) =>
  sql`(not c.late and c.state in ('succeeded', 'kept') and o.result is not distinct from 'completed')`

const milliseconds = (sql: Sql, column: ReturnType<Sql>) => sql`(extract(epoch from ${column}) * 1000)::bigint`

function withDates({ createdAt, closedAt, ...attempt }: Row['attempts'][number]): AttemptFacts {
  return { ...attempt, createdAt: new Date(createdAt), closedAt: closedAt === null ? null : new Date(closedAt) }
}

export async function hasEnded(sql: Sql, onboardingId: string): Promise<boolean> {
  const [row] = await sql<{ ended: boolean }[]>`
    select ended_at is not null as ended from onboardings where id = ${onboardingId}`
  return row?.ended ?? false
}

/** Condition on a session `s`: it was not submitted. */
export const isNotSubmitted = (sql: Sql) => sql`
  not exists (
    select 1 from payment_attempts h
    where h.onboarding_id = s.onboarding_id and h.reference in (s.token, s.method_id))`
