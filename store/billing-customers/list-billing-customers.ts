import { spellings } from '../../domain/text/free-text.ts'
import type { BillingCustomerStatus, BlockedOn, GatewayName, Result } from '../../domain/lifecycle.ts'
import type { OnboardingFacts } from '../../domain/onboarding/onboarding.ts'
import { selectBillingCustomers, type BillingCustomer } from './billing-customers.ts'
import type { Sql } from '../database/database.ts'
import { readLatestFactsOf } from '../onboardings/facts.ts'
import {
  afterCursor,
  createdWithin,
  only,
  readPage,
  type CreatedRange,
  type Page,
  type PageRequest,
} from '../database/pages.ts'
import type { Tenant } from '../../domain/reference.ts'

export interface BillingCustomerFilter extends CreatedRange {
  status?: BillingCustomerStatus | undefined
  customerId?: string | undefined
  externalId?: string | undefined
  gateway?: GatewayName | undefined
  /** The status of the live onboarding, or else of the latest one. */
  onboardingStatus?: 'pending' | Result | undefined
  /** What the live onboarding is waiting for. */
  blockedOn?: BlockedOn | undefined
}

export interface ListedBillingCustomer {
  id: string
  billingCustomer: BillingCustomer
  /** The live onboarding, or else the latest one. */
  onboarding: OnboardingFacts
}

/**
 * The SQL of `progressOf` for a live onboarding `o`. Between two reads of the run, the open attempt is more current: it
 * decides between the customer and nobody. Constants, as results below.
 */
const waitsFor: Record<BlockedOn, (sql: Sql) => ReturnType<Sql>> = {
  gateway: (sql) => sql`o.blocked_on = 'gateway'`,
  operator: (sql) => sql`o.blocked_on = 'operator'`,
  customer: (sql) => sql`
    o.closing is null and (
      (o.blocked_on = 'customer' and not exists (
        select 1 from payment_attempts a where a.onboarding_id = o.id and a.closed_at is null and a.state = 'open'))
      or (o.blocked_on is null and exists (
        select 1 from payment_attempts a
        where a.onboarding_id = o.id and a.closed_at is null and a.state = 'needs_customer')))`,
}

/** A join, not `exists`: so PostgreSQL reads the live onboardings in the order of the list, and stops after a page. */
const joinWaiting = (sql: Sql, on: BlockedOn) => sql`
  join onboardings o
    on o.billing_customer_id = b.id and o.organization_id = b.organization_id and o.environment = b.environment
      and o.kind = 'onboarding' and o.ended_at is null and ${waitsFor[on](sql)}`

/**
 * Conditions on a result. Results are constants: a plan for a parameter would expect a quarter of all rows to match.
 */
const isResult: Record<'pending' | Result, (sql: Sql) => ReturnType<Sql>> = {
  pending: (sql) => sql`is null`,
  completed: (sql) => sql`= 'completed'`,
  expired: (sql) => sql`= 'expired'`,
  canceled: (sql) => sql`= 'canceled'`,
  failed: (sql) => sql`= 'failed'`,
}

/**
 * Condition that the latest onboarding of `b` has this result, or is live. Planned from the onboardings if few match.
 */
const hasStatus = (sql: Sql, status: 'pending' | Result) => sql`
  exists (
    select 1 from onboardings o
    where o.billing_customer_id = b.id and o.organization_id = b.organization_id and o.environment = b.environment
      and o.kind = 'onboarding' and o.result ${isResult[status](sql)}
      and not exists (
        select 1 from onboardings later
        where later.billing_customer_id = o.billing_customer_id and later.kind = 'onboarding' and later.n > o.n
      ))`

/** Whoever is waited for has a live onboarding, which is the latest. */
const isImplied = ({ onboardingStatus, blockedOn }: BillingCustomerFilter) =>
  onboardingStatus === 'pending' && blockedOn !== undefined

/** Condition on the external id, in the form of the index. The external id of a deleted customer no longer resolves. */
const hasExternalId = (sql: Sql, externalId: string) => sql`
  and c.external_id = any(${spellings(externalId)}) and c.organization_id = b.organization_id
    and c.environment = b.environment and c.deleted_at is null`

/** Returns a page of this tenant's billing customers, newest first, each with its onboarding. */
export async function listBillingCustomers(
  sql: Sql,
  { organizationId, environment }: Tenant,
  filter: BillingCustomerFilter,
  { limit, cursor }: PageRequest,
): Promise<Page<ListedBillingCustomer>> {
  // Each row includes its onboarding, which is about 1,400 bytes without the addresses of its page.
  const size = sql`, 2100 + b.metadata_bytes + octet_length(concat(b.notes, c.external_id)) + (
    select octet_length(concat(o.return_url, o.cancel_url)) from onboardings o
    where o.billing_customer_id = b.id and o.kind = 'onboarding' order by o.n desc limit 1
  ) as row_bytes`
  const list = sql`
    ${selectBillingCustomers(sql, size)}
    ${filter.blockedOn ? joinWaiting(sql, filter.blockedOn) : sql``}
    where b.organization_id = ${organizationId} and b.environment = ${environment}
      and ${afterCursor(sql, sql`b.id`, cursor, 'billingCustomer')}
      ${only(sql, sql`b.status`, filter.status)}
      ${only(sql, sql`b.customer_id`, filter.customerId)}
      ${filter.externalId === undefined ? sql`` : hasExternalId(sql, filter.externalId)}
      ${only(sql, sql`b.gateway`, filter.gateway)}
      ${filter.onboardingStatus && !isImplied(filter) ? sql`and ${hasStatus(sql, filter.onboardingStatus)}` : sql``}
      ${createdWithin(sql, sql`b.created_at`, filter)}`
  const { rows, nextCursor } = await readPage<BillingCustomer>(sql, list, { limit })
  const onboardings = await readLatestFactsOf(
    sql,
    rows.map(({ id }) => id),
  )
  return {
    rows: rows.map((billingCustomer) => ({
      id: billingCustomer.id,
      billingCustomer,
      // Created with its first onboarding, in one transaction.
      onboarding: onboardings.get(billingCustomer.id)!,
    })),
    nextCursor,
  }
}
