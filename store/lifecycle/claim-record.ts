import type { BillingCustomerStatus, OnboardingKind } from '../../domain/lifecycle.ts'
import type { Settings } from '../../domain/tenant/settings.ts'
import { insertBillingCustomer, findBillingCustomer } from '../billing-customers/billing-customers.ts'
import type { Database, Sql } from '../database/database.ts'
import { writeOnboarding } from './insert-onboarding.ts'
import { lockBillingCustomer } from '../database/lock.ts'
import { readForRunUnderLock, type RecordForRun } from './read-for-run.ts'
import { findOrganization } from '../tenants/organizations.ts'
import { isShortWorkflowId, workflowIdOf, type Contact, type RunInput } from '../../domain/onboarding/run.ts'
import { usualAmount } from '../../domain/onboarding/initial-amount.ts'

/** The input of a run that matches no record: `wrong` is `field: what is wrong`. */
export interface Misfit {
  wrong: string
}

/**
 * Creates the missing rows of a run's record with the ids of its input (none, except after a restore from a backup),
 * marks the live onboarding as started and reads it. Returns undefined if none is live, or if it is not for a run with
 * this workflow id: a stray copy, or the run that had the other id of the contact before. Safe to repeat.
 */
export async function claimRecord(
  database: Database,
  run: RunInput,
  settings: Settings,
  workflowId?: string,
): Promise<RecordForRun | Misfit | undefined> {
  const isStray = workflowId !== undefined && !idsOf(run).includes(workflowId)
  const isShort = workflowId === undefined ? undefined : isShortWorkflowId(workflowId)
  return (await database.begin(async (sql) => {
    const wrong = await restoreMissing(sql, run, settings, { isStray, isShort })
    if (wrong) return { wrong }
    if (isStray) return undefined
    const [claimed] = await sql<{ id: string }[]>`
      update onboardings
      set started_at = coalesce(started_at, now())
      where billing_customer_id = ${run.billingCustomerId} and ended_at is null and kind = ${run.kind ?? 'onboarding'}
        ${isShort === undefined ? sql`` : sql`and has_short_workflow_id = ${isShort}`}
      returning id`
    return claimed && readForRunUnderLock(sql, claimed.id, settings, null)
  })) as RecordForRun | Misfit | undefined
}

/** The workflow ids that a run of this kind can have. */
const idsOf = (run: RunInput) => [true, false].map((isShort) => workflowIdOf({ ...run, hasShortWorkflowId: isShort }))

async function restoreMissing(
  sql: Sql,
  run: RunInput,
  settings: Settings,
  { isStray, isShort }: { isStray: boolean; isShort: boolean | undefined },
): Promise<string | undefined> {
  await lockBillingCustomer(sql, run.billingCustomerId)
  const found = await findRecord(sql, run)
  const wrong = found ? whyNotOf(run, found) : await whyNotNew(sql, run, isStray)
  if (wrong) return wrong
  if (found?.onboardingNumber === run.n) return undefined
  const { latest = null, live = false, status = 'pending' } = found ?? {}
  // A lost replacement is not restored: nothing was charged, and the caller can open another.
  if (isStray || run.kind === 'replacement' || run.n !== (latest ?? 0) + 1 || live || status !== 'pending')
    return 'onboardingId: no onboarding has this id'
  if (!found) await restoreBillingCustomer(sql, run)
  const billingCustomer = (await findBillingCustomer(sql, run, run.billingCustomerId))!
  const organization = await findOrganization(sql, run.organizationId)
  const { currency } = billingCustomer
  await writeOnboarding(sql, settings, billingCustomer, {
    id: run.onboardingId,
    onboardingNumber: run.n,
    requireInitial: settings.requireInitial,
    amount: usualAmount({ currency, organizationCurrency: organization!.currency, settings }),
    gateway: run.gateway,
    billableItemId: null,
    linkGiven: true,
    hasShortWorkflowId: isShort,
  })
  return undefined
}

/** The billing customer of a run with its latest onboarding, and the owner of the run's own onboarding. */
interface Found extends Contact {
  status: BillingCustomerStatus
  latest: number | null
  live: boolean | null
  owner: string | null
  onboardingNumber: number | null
  kind: OnboardingKind | null
}

async function findRecord(sql: Sql, run: RunInput): Promise<Found | undefined> {
  const [found] = await sql<Found[]>`
    select b.environment, b.organization_id, b.customer_id, b.status,
      latest.n as latest, latest.live, own.billing_customer_id as owner,
      own.n as onboarding_number, own.kind
    from billing_customers b
    left join lateral (
      select n, ended_at is null as live from onboardings where billing_customer_id = b.id order by n desc limit 1
    ) latest on true
    left join onboardings own on own.id = ${run.onboardingId}
    where b.id = ${run.billingCustomerId}`
  return found
}

function whyNotOf(run: RunInput, found: Found): string | undefined {
  for (const field of ['environment', 'organizationId', 'customerId'] as const)
    if (found[field] !== run[field]) return `${field}: does not belong to this billing customer`
  if (found.owner === null) return undefined
  if (found.owner !== run.billingCustomerId) return 'onboardingId: does not belong to this billing customer'
  if (found.onboardingNumber !== run.n) return `n: must be ${found.onboardingNumber} for this onboarding`
  if (found.kind !== (run.kind ?? 'onboarding')) return `onboardingId: is of the kind ${found.kind}`
  return undefined
}

/** Returns why a record cannot be created again from the ids of the run: they must match the rows that are left. */
async function whyNotNew(sql: Sql, run: RunInput, isStray: boolean): Promise<string | undefined> {
  const { environment, organizationId, customerId, billingCustomerId, onboardingId } = run
  if (!(await findOrganization(sql, organizationId))) return 'organizationId: no organization has this id'
  if (isStray || run.kind === 'replacement' || run.n !== 1) return 'billingCustomerId: no billing customer has this id'
  const [rest] = await sql<{ isTheirs: boolean; isTaken: boolean; hasOther: boolean }[]>`
    select
      exists (select 1 from customers where id = ${customerId}
        and (organization_id, environment) <> (${organizationId}, ${environment})) as is_theirs,
      exists (select 1 from onboardings where id = ${onboardingId}) as is_taken,
      exists (select 1 from billing_customers where environment = ${environment}
        and organization_id = ${organizationId} and customer_id = ${customerId}) as has_other`
  if (rest!.isTheirs) return 'customerId: belongs to another organization or environment'
  if (rest!.hasOther) return `billingCustomerId: the customer has another one than ${billingCustomerId}`
  if (rest!.isTaken) return 'onboardingId: does not belong to this billing customer'
  return undefined
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
    author: { actor: 'system' },
  })
}
