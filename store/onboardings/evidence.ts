import { byApiKey } from '../../domain/events/author.ts'
import type { Database, Sql } from '../database/database.ts'
import { underLock } from '../database/lock.ts'
import { insertEvent } from '../events/events.ts'
import type { AttemptState, GatewayName, MethodSource, OnboardingKind, Result } from '../../domain/lifecycle.ts'

/** An onboarding, a payment attempt and a consent, as evidence shows them. */
export interface OnboardingEvidence {
  id: string
  kind: OnboardingKind
  onboardingNumber: number
  result: Result | null
  amount: number
  currency: string
  createdAt: Date
  linkGivenAt: Date | null
  endedAt: Date | null
}

export interface AttemptEvidence {
  onboardingId: string
  number: number
  source: MethodSource
  gateway: GatewayName
  amount: number
  currency: string
  state: AttemptState
  code: string | null
  objectId: string | null
  createdAt: Date
  sentAt: Date | null
  closedAt: Date | null
}

export interface ConsentEvidence {
  onboardingId: string
  version: number
  language: string
  way: 'text' | 'checkbox'
  text: string
  addressHash: string | null
  givenAt: Date
}

/** Rows of each kind that evidence has at most. An onboarding has a bounded number of attempts. */
const most = 500

/** Reads the newest onboardings, attempts and consents of a billing customer, at most 500 of each, oldest first. */
export async function readEvidence(sql: Sql, billingCustomerId: string) {
  const own = sql`o.billing_customer_id = ${billingCustomerId}`
  const [onboardings, attempts, consents] = await Promise.all([
    sql<OnboardingEvidence[]>`
      select o.id, o.kind, o.n as onboarding_number, o.result, o.amount, o.currency, o.created_at, o.link_given_at,
        o.ended_at
      from onboardings o where ${own} order by o.n desc limit ${most}`,
    sql<AttemptEvidence[]>`
      select a.onboarding_id, a.number, a.source, a.gateway, a.amount, a.currency, a.state, a.code, p.object_id,
        a.created_at, a.sent_at, a.closed_at
      from onboardings o join payment_attempts a on a.onboarding_id = o.id
        left join payment_objects p on p.onboarding_id = a.onboarding_id and p.k = a.k
      where ${own} order by o.n desc, a.number desc limit ${most}`,
    sql<ConsentEvidence[]>`
      select c.onboarding_id, c.version, c.language, c.way, c.sentences as text, c.address_hash, c.given_at
      from onboardings o join consents c on c.onboarding_id = o.id where ${own}
      order by c.given_at desc limit ${most}`,
  ])
  return { onboardings: onboardings.reverse(), attempts: attempts.reverse(), consents: consents.reverse() }
}

/** Records that an API key retrieved the evidence of a billing customer. */
export const recordRetrieval = (database: Database, billingCustomerId: string, by: string): Promise<boolean> =>
  underLock(database, billingCustomerId, (sql) =>
    insertEvent(sql, { billingCustomerId }, { type: 'billing_customer.evidence_retrieved', ...byApiKey(by) }),
  )
