import type { AttemptFacts, ChargeFacts, ObjectFacts, OnboardingFacts } from '../domain/onboarding.ts'
import type { Sql } from './database.ts'

type OnboardingRow = Omit<OnboardingFacts, 'attempts' | 'objects' | 'unsettledCharges'>

/** Reads all that is known of one onboarding. Inside a transaction with the lock the answer holds until its end. */
export async function readFacts(sql: Sql, onboardingId: string): Promise<OnboardingFacts | undefined> {
  const [rows, attempts, objects, unsettledCharges] = await Promise.all([
    sql<OnboardingRow[]>`
      select o.id, o.environment, o.organization_id, b.customer_id, o.billing_customer_id, b.status as billing_customer_status, o.n, o.gateway,
        o.amount, o.currency, o.require_initial, o.billable_item_id, o.closing, o.result, o.created_at, o.link_version, o.link_given_at,
        o.expires_at, o.reminders_sent, o.blocked_on, o.next_retry_at, o.ended_at
      from onboardings o join billing_customers b on b.id = o.billing_customer_id
      where o.id = ${onboardingId}`,
    sql<AttemptFacts[]>`
      select number, link_version, state, code, created_at, closed_at
      from payment_attempts where onboarding_id = ${onboardingId} order by number`,
    sql<ObjectFacts[]>`
      select k, kind, state, object_id, amount, currency
      from payment_objects where onboarding_id = ${onboardingId} order by k`,
    sql<ChargeFacts[]>`
      select c.id, c.onboarding_id, c.state, c.amount, c.currency, c.gateway
      from charges c join onboardings o on o.billing_customer_id = c.billing_customer_id
      where o.id = ${onboardingId} and not c.late
        and c.state in ('open', 'unknown', 'succeeded', 'refund_pending', 'refund_failed')`,
  ])
  const [row] = rows
  return row && { ...row, attempts, objects, unsettledCharges }
}

/** The live onboarding of a billing customer, else its latest. */
export async function latestOnboardingId(sql: Sql, billingCustomerId: string): Promise<string | undefined> {
  const [row] = await sql<{ id: string }[]>`
    select id from onboardings where billing_customer_id = ${billingCustomerId} order by n desc limit 1`
  return row?.id
}

export async function readLatestFacts(sql: Sql, billingCustomerId: string): Promise<OnboardingFacts | undefined> {
  const id = await latestOnboardingId(sql, billingCustomerId)
  return id === undefined ? undefined : readFacts(sql, id)
}

export async function hasEnded(sql: Sql, onboardingId: string): Promise<boolean> {
  const [row] = await sql<
    { ended: boolean }[]
  >`select ended_at is not null as ended from onboardings where id = ${onboardingId}`
  return row?.ended ?? false
}
