import type { Settings } from '../domain/settings.ts'
import { insertBillingCustomer, findBillingCustomer } from './billing-customers.ts'
import { usualAmount } from './asked-differently.ts'
import type { Database, Sql } from './database.ts'
import { writeOnboarding } from './insert-onboarding.ts'
import { lockBillingCustomer } from './lock.ts'
import { lookUnderLock, type Look } from './look.ts'
import { findOrganization } from './organizations.ts'
import type { RunInput } from '../domain/run.ts'

/**
 * The gate of a run. Creates what is missing of the record (normally nothing; after a restore from a backup all of it,
 * with the ids that the run was given), claims the live onboarding and takes a first look at it. Answers undefined where none is live: then
 * this run has nothing to drive. Safe to repeat: every statement is guarded.
 */
export async function claimRecord(database: Database, run: RunInput, settings: Settings): Promise<Look | undefined> {
  return (await database.begin(async (sql) => {
    await restoreMissing(sql, run, settings)
    const [claimed] = await sql<{ id: string }[]>`
      update onboardings
      set started_at = coalesce(started_at, now())
      where billing_customer_id = ${run.billingCustomerId} and ended_at is null and kind = ${run.kind ?? 'onboarding'}
      returning id`
    return claimed && lookUnderLock(sql, claimed.id, settings, null)
  })) as Look | undefined
}

async function restoreMissing(sql: Sql, run: RunInput, settings: Settings): Promise<void> {
  const found = await lockBillingCustomer(sql, run.billingCustomerId)
  // A replacement owes nobody anything: one that is forgotten is asked for again.
  if (run.kind === 'replacement') return
  if (!found) await restoreBillingCustomer(sql, run)
  const [latest] = await sql<{ n: number; live: boolean }[]>`
    select n, ended_at is null as live from onboardings
    where billing_customer_id = ${run.billingCustomerId} order by n desc limit 1`
  if (run.n !== (latest?.n ?? 0) + 1 || latest?.live) return
  const billingCustomer = await findBillingCustomer(sql, run, run.billingCustomerId)
  if (billingCustomer?.status !== 'pending') return
  const organization = await findOrganization(sql, run.organizationId)
  const { currency } = billingCustomer
  await writeOnboarding(sql, settings, billingCustomer, {
    id: run.onboardingId,
    n: run.n,
    requireInitial: settings.requireInitial,
    amount: usualAmount({ currency, organizationCurrency: organization!.currency, settings }),
    gateway: run.gateway,
    billableItemId: null,
    linkGiven: true,
  })
}

async function restoreBillingCustomer(sql: Sql, run: RunInput): Promise<void> {
  const { organizationId, environment, customerId } = run
  const organization = await findOrganization(sql, organizationId)
  if (!organization) return
  await sql`insert into customers ${sql({ id: customerId, organizationId, environment })} on conflict (id) do nothing`
  await insertBillingCustomer(sql, {
    organizationId,
    environment,
    customerId,
    id: run.billingCustomerId,
    contactId: customerId,
    brandId: null,
    gateway: run.gateway,
    currency: organization.currency,
    allowTrigger: false,
    notes: null,
    metadata: {},
    createdBy: run.onboardingId,
  })
}
