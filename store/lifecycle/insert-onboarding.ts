import type { EventData } from '../../domain/events/events.ts'
import { notFound } from '../../domain/failure/failures.ts'
import { noPageOptions, type PageOptions } from '../../domain/hosted-page.ts'
import type { OnboardingBrief } from '../../domain/onboarding/onboarding.ts'
import type { Settings } from '../../domain/tenant/settings.ts'
import { requireCurrencySupport } from './requested-changes.ts'
import type { BillingCustomer } from '../billing-customers/billing-customers.ts'
import type { Sql } from '../database/database.ts'
import { newId } from '../database/new-id.ts'
import { countEvent } from '../events/count-event.ts'
import { requireOptions } from '../onboardings/page-options.ts'
import { areWorkflowIdsShort } from '../onboardings/workflow-ids.ts'
import type { OnboardingRequest } from './onboarding-request.ts'
import { requireChargeable, hasRequestedAmount, usualAmount } from '../../domain/onboarding/initial-amount.ts'

export interface NewOnboarding {
  id: string
  onboardingNumber: number
  requireInitial: boolean
  /** Minor units. */
  amount: number
  gateway: BillingCustomer['gateway']
  billableItemId: string | null
  /** The initial charge that stands, so that nothing is charged. */
  standingChargeId?: string | undefined
  page?: PageOptions
  /** Whether the response contains its setup link, whose lifetime then begins. */
  linkGiven: boolean
  /** Who opens it: a repeat with the same value opens no other (`wasApplied`). */
  createdBy?: string | undefined
  /** The latest time at which its run starts. Default: in 5 seconds. */
  startAt?: Date | undefined
  /** Which workflow id its run has. Default: that of new onboardings. */
  hasShortWorkflowId?: boolean | undefined
}

/**
 * Inserts an onboarding of a pending billing customer, which charges nothing if an initial charge stands. Call it under
 * the lock: unique indexes reject a second live one.
 * Throws a Failure if the amount or the gateway does not fit the currency, or if the page options do not fit together.
 */
export async function insertOnboarding(
  sql: Sql,
  request: OnboardingRequest,
  settings: Settings,
  billingCustomer: BillingCustomer,
  onboardingNumber: number,
  standingChargeId?: string,
): Promise<OnboardingBrief> {
  const { currency } = billingCustomer
  requireCurrencySupport(request.gateway, currency, settings)
  const pricing = { currency, organizationCurrency: request.currency, settings }
  const amount = hasRequestedAmount(request) ? requireChargeable(request, pricing) : usualAmount(pricing)
  return writeOnboarding(sql, settings, billingCustomer, {
    id: newId('onboarding'),
    onboardingNumber,
    requireInitial: standingChargeId === undefined && (request.requireInitial ?? settings.requireInitial),
    standingChargeId,
    amount,
    gateway: request.gateway ?? billingCustomer.gateway,
    billableItemId: request.billableItemId ?? null,
    page: requireOptions(noPageOptions, request.page),
    linkGiven: true,
    createdBy: request.createdBy,
    startAt: request.startAt,
  })
}

/** The id under which the opening of an onboarding is recorded in its first event. */
export const openedBy = (createdBy: string): string => `opened/${createdBy}`

/** Inserts the row, with the event. The onboarding waits for its customer and is due to be read in 5 seconds. */
export async function writeOnboarding(
  sql: Sql,
  settings: Settings,
  billingCustomer: BillingCustomer,
  { linkGiven, createdBy, startAt, ...onboarding }: NewOnboarding,
): Promise<OnboardingBrief> {
  const { id, onboardingNumber, requireInitial, amount, gateway, billableItemId, page = noPageOptions } = onboarding
  const { standingChargeId = null, hasShortWorkflowId: isShort = null } = onboarding
  const life = linkGiven ? settings.linkLife : settings.unclaimedLife
  const data: EventData['billing_customer.setup_started'] = { n: onboardingNumber }
  const [made] = await sql<{ hasShortWorkflowId: boolean }[]>`
    with made as (
      insert into onboardings
        (id, organization_id, environment, billing_customer_id, n, gateway, require_initial, amount, currency,
          billable_item_id, standing_charge_id,
         refund_initial, link_given_at, expires_at, blocked_on, wake_at,
         page_locale, return_url, cancel_url, on_completion, page_theme, has_short_workflow_id)
      select ${id}, organization_id, environment, ${billingCustomer.id}, ${onboardingNumber}::int, ${gateway},
        ${requireInitial}::boolean, ${amount}::bigint, ${billingCustomer.currency}, ${billableItemId}::text,
          ${standingChargeId}::text,
          ${settings.initialChargePolicy === 'refund'}::boolean,
        ${linkGiven ? sql`now()` : null}::timestamptz, now() + ${life}::float8 * interval '1 second', 'customer',
          greatest(now() + interval '5 seconds', ${startAt ?? null}::timestamptz),
        ${page.locale}::text, ${page.returnUrl}::text, ${page.cancelUrl}::text, ${page.onCompletion}::text,
          ${page.theme}::text, coalesce(${isShort}::boolean, ${areWorkflowIdsShort(sql)})
      from customers where id = ${billingCustomer.customerId} and deleted_at is null for key share
      returning id, organization_id, environment, billing_customer_id, has_short_workflow_id
    )
    insert into events (id, organization_id, environment, type, billing_customer_id, onboarding_id, actor, data,
      update_id)
    select ${newId('event')}, organization_id, environment, 'billing_customer.setup_started', billing_customer_id, id,
      'system',
      ${sql.json(data)}, ${createdBy === undefined ? null : openedBy(createdBy)}
    from made
    returning (select has_short_workflow_id from made)`
  // The customer was deleted in the meantime.
  if (!made) throw notFound('Contact', 'contact_id')
  countEvent(sql, 'billing_customer.setup_started', billingCustomer.environment)
  const { currency } = billingCustomer
  return {
    onboardingId: id,
    kind: 'onboarding',
    hasShortWorkflowId: made.hasShortWorkflowId,
    onboardingNumber,
    gateway,
    amount,
    currency,
    requireInitial,
    billableItemId,
    standingChargeId,
    linkVersion: 1,
    page,
  }
}
