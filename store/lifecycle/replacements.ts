import type { Author } from '../../domain/events/author.ts'
import { conflict } from '../../domain/failure/failures.ts'
import { noPageOptions, type PageChanges } from '../../domain/hosted-page.ts'
import type { GatewayName } from '../../domain/lifecycle.ts'
import { isPaid, openAttempt, type OnboardingFacts } from '../../domain/onboarding/onboarding.ts'
import type { GatewayChoice, Settings } from '../../domain/tenant/settings.ts'
import { requireCurrencySupport } from './requested-changes.ts'
import type { BillingCustomer } from '../billing-customers/billing-customers.ts'
import type { Database, Transaction } from '../database/database.ts'
import { insertEvent } from '../events/events.ts'
import { underLock } from '../database/lock.ts'
import { newId } from '../database/new-id.ts'
import { readFacts, readLatestReplacement } from '../onboardings/facts.ts'
import { requireOptions } from '../onboardings/page-options.ts'
import { areWorkflowIdsShort } from '../onboardings/workflow-ids.ts'
import { wasApplied } from './commands.ts'
import { openedBy } from './insert-onboarding.ts'
import { writeOptions } from './update-page.ts'
import type { OnboardingReference } from '../../domain/reference.ts'
import { findObject, type PaymentObject } from '../payments/objects.ts'

/**
 * Opens a replacement of an active billing customer's payment method, or returns the live one. A repeat with the same
 * `createdBy` returns the latest one. Throws a Failure if the customer is not active, if the live replacement is being
 * completed, or if the page options do not fit together.
 */
export async function openReplacement(
  database: Database,
  { id: billingCustomerId }: BillingCustomer,
  gateway: GatewayName | undefined,
  settings: GatewayChoice & Pick<Settings, 'linkLife'>,
  { createdBy, ...author }: Author & { createdBy?: string },
  page: PageChanges = {},
): Promise<{ facts: OnboardingFacts; begun: boolean }> {
  return underLock(database, billingCustomerId, async (sql) => {
    const latest = await readLatestReplacement(sql, billingCustomerId)
    const updateId = createdBy === undefined ? undefined : openedBy(createdBy)
    // A repeat of the call that opened a replacement opens no other one once that has ended.
    if (latest && updateId && (await wasApplied(sql, billingCustomerId, updateId)))
      return { facts: latest, begun: false }
    const [current] = await sql<Pick<BillingCustomer, 'status' | 'currency'>[]>`
      select status, currency from billing_customers where id = ${billingCustomerId}`
    refuseUnlessActive(current!.status)
    requireCurrencySupport(gateway, current!.currency, settings)
    if (!latest || latest.endedAt) {
      const context = { ...author, ...(updateId ? { updateId } : {}) }
      return { facts: await begin(sql, billingCustomerId, gateway, settings, context, page), begun: true }
    }
    if (latest.closing || isPaid(latest))
      throw conflict(
        'onboarding_closing',
        'id',
        'the previous replacement is still being completed; try again in a few seconds',
      )
    if (gateway && gateway !== latest.gateway && !openAttempt(latest)) {
      await sql`update onboardings set gateway = ${gateway} where id = ${latest.onboardingId}`
      await insertEvent(sql, latest, { type: 'billing_customer.updated', ...author, data: { changed: ['gateway'] } })
    }
    await writeOptions(sql, latest, page, author)
    return { facts: (await readFacts(sql, latest.onboardingId))!, begun: false }
  })
}

function refuseUnlessActive(status: BillingCustomer['status']): void {
  if (status === 'pending')
    throw conflict('billing_customer_pending', 'id', 'is not active yet: use its setup link to enter a payment method')
  if (status === 'closed') throw conflict('billing_customer_closed', 'id', 'is closed; open it again first')
  if (status === 'suspended') throw conflict('billing_customer_suspended', 'id', 'is suspended; restore it first')
}

async function begin(
  sql: Transaction,
  billingCustomerId: string,
  gateway: GatewayName | undefined,
  { linkLife }: Pick<Settings, 'linkLife'>,
  context: Author & { updateId?: string },
  asked: PageChanges,
): Promise<OnboardingFacts> {
  const id = newId('onboarding')
  const page = requireOptions(noPageOptions, asked)
  await sql`
    insert into onboardings
      (id, organization_id, environment, billing_customer_id, n, kind, gateway, require_initial, amount, currency,
       link_given_at, expires_at, blocked_on, wake_at,
       page_locale, return_url, cancel_url, on_completion, page_theme, has_short_workflow_id)
    select ${id}, b.organization_id, b.environment, b.id,
      (select coalesce(max(n), 0) + 1 from onboardings where billing_customer_id = b.id),
      'replacement', coalesce(${gateway ?? null}, b.gateway), false, 0, b.currency,
      now(), now() + ${linkLife}::float8 * interval '1 second', 'customer', now() + interval '5 seconds',
      ${page.locale}::text, ${page.returnUrl}::text, ${page.cancelUrl}::text, ${page.onCompletion}::text,
      ${page.theme}::text, ${areWorkflowIdsShort(sql)}
    from billing_customers b where b.id = ${billingCustomerId}`
  const begun = (await readFacts(sql, id))!
  await insertEvent(sql, begun, { type: 'billing_customer.replacement_started', ...context })
  return begun
}

/**
 * Assigns the method that the replacement saved to the customer, once. Returns the object that the old method came
 * from; null if there was none or it is the same; undefined if the replacement cannot be completed now.
 */
export async function swapMethod(
  database: Database,
  { billingCustomerId, onboardingId }: OnboardingReference,
): Promise<PaymentObject | null | undefined> {
  return underLock(database, billingCustomerId, async (sql) => {
    const facts = await readFacts(sql, onboardingId)
    if (!facts || facts.endedAt || facts.closing || !isPaid(facts)) return undefined
    if (!facts.swapped) await swapUnderLock(sql, facts)
    const [row] = await sql<{ replacedOnboardingId: string | null; replacedObjectNumber: number | null }[]>`
      select replaced_onboarding_id, replaced_k as replaced_object_number from onboardings where id = ${onboardingId}`
    if (!row?.replacedOnboardingId) return null
    return (await findObject(sql, row.replacedOnboardingId, row.replacedObjectNumber!)) ?? null
  })
}

async function swapUnderLock(sql: Transaction, facts: OnboardingFacts): Promise<void> {
  const { onboardingId: id, billingCustomerId } = facts
  // The latest object with the old method decides whose it is: a caller may later send a method that we attached.
  await sql`
    update onboardings o
    set swapped_at = now(), replaced_onboarding_id = old.onboarding_id, replaced_k = old.k
    from billing_customers b
    left join lateral (
      select p.onboarding_id, p.k from payment_objects p join onboardings t on t.id = p.onboarding_id
      where t.billing_customer_id = b.id and t.id <> ${id} and p.state = 'paid' and p.account_id = b.account_id
        and p.method_id = b.payment_method_id
        and not exists (select 1 from payment_objects mine
          where mine.onboarding_id = ${id} and mine.state = 'paid' and mine.method_id = p.method_id)
      order by t.n desc, p.k desc limit 1
    ) old on true
    where o.id = ${id} and b.id = o.billing_customer_id`
  await sql`
    update billing_customers b
    set gateway = p.gateway, account_id = p.account_id, gateway_customer_id = p.gateway_customer_id,
      payment_method_id = p.method_id, payment_method_label = p.method_label, payment_method_details = p.method_details
    from payment_objects p
    where b.id = ${billingCustomerId} and p.onboarding_id = ${id}
      and p.k = (select max(k) from payment_objects where onboarding_id = ${id} and state = 'paid')`
  await insertEvent(sql, facts, { type: 'billing_customer.payment_method_replaced' })
}

/** Ends a replacement whose method is assigned to the customer. Safe to repeat. */
export async function endReplacement(
  database: Database,
  { billingCustomerId, onboardingId }: OnboardingReference,
): Promise<void> {
  await underLock(database, billingCustomerId, async (sql) => {
    await sql`
      update payment_attempts a set state = 'abandoned', closed_at = now()
      from onboardings o
      where a.onboarding_id = ${onboardingId} and a.closed_at is null and o.id = a.onboarding_id
        and o.swapped_at is not null`
    await sql`
      update onboardings
      set result = 'completed', ended_at = now(), wake_at = null, blocked_on = null, next_retry_at = null
      where id = ${onboardingId} and swapped_at is not null and ended_at is null`
  })
}
