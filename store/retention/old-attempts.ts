import { settingRules } from '../../domain/tenant/settings.ts'
import { batchSize, inBatches } from '../database/batches.ts'
import type { Sql } from '../database/database.ts'
import { isUnderWay, listRetentions, type Retention } from './retentions.ts'

/** Billing customers of one statement. Each has few attempts. */
const customersOfPage = 500

/**
 * Deletes payment attempts that were not paid, after the days that their organization set
 * (`payment_attempt_retention_days`), but not while a limit on declines counts them: `usualWindow` is the default of
 * `decline_window_seconds`. Those of a billing customer whose history is needed remain, and those with a payment method
 * that is still to be detached.
 */
export async function deleteOldAttempts(sql: Sql, usualWindow: number): Promise<void> {
  for (const retention of await listRetentions(sql, 'attemptRetention')) {
    const age = await ageOf(sql, retention, usualWindow)
    let after: string | null = ''
    while (after !== null) {
      const page = await readCustomers(sql, retention, age, after)
      await inBatches(() => deleteAttempts(sql, page.ids, age))
      after = page.last
    }
  }
}

/** Returns the age in seconds from which attempts are deleted. */
async function ageOf(sql: Sql, { organizationId, environment, days }: Retention, usualWindow: number): Promise<number> {
  const [row] = await sql<{ window: number }[]>`
    select coalesce(max((value #>> '{}')::float8), ${usualWindow}::float8) as window from settings
    where organization_id = ${organizationId} and environment = ${environment}
      and name = ${settingRules.declineWindow.name}`
  return Math.max(days * 86_400, row!.window)
}

const olderThan = (sql: Sql, age: number) => sql`now() - ${age}::float8 * interval '1 second'`

/** Returns the next billing customers of a tenant, and the last one's id; null at the end of those that are old. */
async function readCustomers(sql: Sql, { organizationId, environment }: Retention, age: number, after: string) {
  const rows = await sql<{ id: string; old: boolean }[]>`
    select id, created_at < ${olderThan(sql, age)} as old from billing_customers
    where organization_id = ${organizationId} and environment = ${environment} and id > ${after}
    order by id limit ${customersOfPage}`
  const isLast = rows.length < customersOfPage || rows.some(({ old }) => !old)
  return { ids: rows.map(({ id }) => id), last: isLast ? null : rows.at(-1)!.id }
}

const deleteAttempts = (sql: Sql, billingCustomerIds: string[], age: number) => sql`
  delete from payment_attempts where ctid = any(array(
    select a.ctid from onboardings o join payment_attempts a on a.onboarding_id = o.id
    where o.billing_customer_id = any(${billingCustomerIds}) and o.ended_at is not null
      and a.state in ('declined', 'void', 'abandoned') and a.closed_at < ${olderThan(sql, age)}
      and a.address_hash is null and (a.method_id is null or a.method_gone_at is not null)
      and not ${isUnderWay(sql, sql`o.billing_customer_id`)}
    limit ${batchSize} for update of a skip locked))`
