import { conflict, Failure } from '../../domain/failure/failures.ts'
import { submitted, type OnboardingBrief, type OnboardingFacts } from '../../domain/onboarding/onboarding.ts'
import type { Settings } from '../../domain/tenant/settings.ts'
import { requestedChanges, requireCurrencySupport } from './requested-changes.ts'
import { requireItem } from '../catalog/billable-items.ts'
import {
  changeBillingCustomer,
  findBillingCustomerOf,
  type BillingCustomer,
} from '../billing-customers/billing-customers.ts'
import type { Sql, Transaction } from '../database/database.ts'
import { enroll } from '../catalog/enrollments.ts'
import { findStandingCharge } from '../charges/charges.ts'
import { wasApplied } from './commands.ts'
import { insertOnboarding, openedBy } from './insert-onboarding.ts'
import { readContactRecord, type ContactRecord } from '../billing-customers/contact-record.ts'
import { apiName } from '../events/changed-fields.ts'
import { insertEvent } from '../events/events.ts'
import { lockBillingCustomer } from '../database/lock.ts'
import { readLatestFacts, readNewestFacts } from '../onboardings/facts.ts'
import { atOfferedGateway, tenantOf, type OnboardingRequest, type OpenResult } from './onboarding-request.ts'
import { pageColumns, requireOptions } from '../onboardings/page-options.ts'
import { makeRunDue } from '../onboardings/wake.ts'
import { requireChargeable } from '../../domain/onboarding/initial-amount.ts'
import { activateWithoutPayment } from './activate.ts'

/** Returns a contact's record after applying the requested changes, and opens its next onboarding if one is due. */
export async function openForExistingContact(
  sql: Transaction,
  request: OnboardingRequest,
  settings: Settings,
  customerId: string,
): Promise<OpenResult> {
  const known = await readContactRecord(sql, { ...tenantOf(request), contactId: customerId })
  const unchanged = known && (await readIfUnchanged(sql, request, known))
  if (unchanged) return unchanged

  const { id } = known ?? (await findBillingCustomerOf(sql, request, customerId))!
  await lockBillingCustomer(sql, id)
  // A repeat of the call that opened an onboarding opens no other one once that has ended.
  const isRepeat = await wasApplied(sql, id, openedBy(request.createdBy))
  const run = isRepeat ? 'leave' : await changeUnderLock(sql, request, settings, customerId)
  return opened(request, (await readContactRecord(sql, { ...tenantOf(request), contactId: customerId }))!, run)
}

async function changeUnderLock(sql: Transaction, request: OnboardingRequest, settings: Settings, customerId: string) {
  const current = (await findBillingCustomerOf(sql, request, customerId))!
  const billingCustomer = current.status === 'closed' ? await reopenClosed(sql, request, current) : current
  const latest = await readLatestFacts(sql, billingCustomer.id)
  return change(sql, request, settings, billingCustomer, latest)
}

const asksForActive = (request: OnboardingRequest) => request.activateAtOnce && request.requireInitial === false

/** Returns the response to a repeat that changes nothing; undefined otherwise. Takes no lock. */
export async function readIfUnchanged(
  sql: Sql,
  request: OnboardingRequest,
  known: ContactRecord,
): Promise<OpenResult | undefined> {
  const { onboarding } = known
  if (known.status === 'closed') return undefined
  if (known.status === 'pending' && (onboarding.ended || onboarding.closing || asksForActive(request))) return undefined
  if (requestedChanges(request, known, onboarding).any) return undefined
  const run = onboarding.paying && (await makeRunDue(sql, onboarding.onboardingId)) ? 'signal' : 'leave'
  return opened(request, known, run)
}

const opened = ({ createdBy }: OnboardingRequest, known: ContactRecord, run: OpenResult['run']): OpenResult => ({
  billingCustomer: known,
  onboarding: known.onboarding,
  existing: known.createdBy !== createdBy,
  run,
})

/** Makes a closed billing customer pending again. Throws `conflict` while its replacement is still being undone. */
async function reopenClosed(
  sql: Transaction,
  { author }: OnboardingRequest,
  billingCustomer: BillingCustomer,
): Promise<BillingCustomer> {
  const newest = await readNewestFacts(sql, billingCustomer.id)
  if (newest && !newest.endedAt) throw closingConflict()
  await sql`update billing_customers set status = 'pending' where id = ${billingCustomer.id}`
  await insertEvent(sql, { billingCustomerId: billingCustomer.id }, { type: 'billing_customer.reopened', ...author })
  return { ...billingCustomer, status: 'pending' }
}

const closingConflict = () => {
  const message = 'the previous onboarding of this contact is closing; try again in a few seconds'
  return conflict('onboarding_closing', 'contact_id', message)
}

async function change(
  sql: Transaction,
  asked: OnboardingRequest,
  settings: Settings,
  billingCustomer: BillingCustomer,
  latest: OnboardingFacts | undefined,
): Promise<OpenResult['run']> {
  const begins = billingCustomer.status === 'pending' && (!latest || latest.endedAt !== null)
  if (latest?.closing && !latest.endedAt) throw closingConflict()
  const request = begins ? atOfferedGateway(asked, settings, billingCustomer) : asked
  if (begins) await requireItem(sql, request, request.billableItemId)
  const onboarding = begins ? { ...(await insertNext(sql, request, settings, billingCustomer)), attempts: [] } : latest!
  await applyChanges(sql, request, settings, billingCustomer, onboarding)
  const isFree = !(request.requireInitial ?? settings.requireInitial)
  const mayActivate = request.activateAtOnce && isFree && (begins || asksForActive(request))
  const activated = mayActivate && (await activateWithoutPayment(sql, onboarding.onboardingId))
  if (activated) return begins ? 'leave' : 'signal'
  return begins ? 'start' : 'leave'
}

/** Inserts the next onboarding, which charges nothing if an initial charge stands from before a closing. */
async function insertNext(
  sql: Transaction,
  request: OnboardingRequest,
  settings: Settings,
  billingCustomer: BillingCustomer,
): Promise<OnboardingBrief> {
  const newest = await readNewestFacts(sql, billingCustomer.id)
  const standing = await findStandingCharge(sql, billingCustomer.id)
  return insertOnboarding(sql, request, settings, billingCustomer, (newest?.onboardingNumber ?? 0) + 1, standing)
}

async function applyChanges(
  sql: Transaction,
  request: OnboardingRequest,
  settings: Settings,
  billingCustomer: BillingCustomer,
  onboarding: OnboardingBrief & Pick<OnboardingFacts, 'attempts'>,
): Promise<void> {
  const changes = requestedChanges(request, billingCustomer, onboarding)
  if (!changes.any) return
  const { currency } = onboarding
  if (changes.asked.has('gateway')) requireCurrencySupport(request.gateway, currency, settings)
  await requireItem(sql, request, request.billableItemId)
  await changeBillingCustomer(sql, billingCustomer, changes.billingCustomer)
  await recordUpdate(sql, request, billingCustomer, changes)
  if (billingCustomer.status !== 'pending') {
    return enrollAtOnce(sql, request, billingCustomer, changes.onboarding.billableItemId)
  }
  refusePriceChange(changes.asked, onboarding)
  const amount = changes.asked.has('initialAmount')
    ? { amount: requireChargeable(request, { currency, organizationCurrency: request.currency, settings }) }
    : {}
  requireOptions(onboarding.page, changes.page)
  const update = { ...changes.onboarding, ...amount, ...pageColumns(changes.page) }
  if (Object.keys(update).length === 0) return
  await sql`update onboardings set ${sql(update as Record<string, never>)} where id = ${onboarding.onboardingId}`
}

/** Writes the event if something changes. The onboarding changes only if its billing customer is pending. */
async function recordUpdate(
  sql: Transaction,
  { author }: OnboardingRequest,
  { id, status }: BillingCustomer,
  { asked, billingCustomer }: ReturnType<typeof requestedChanges>,
): Promise<void> {
  const changed = [...(status === 'pending' ? asked : Object.keys(billingCustomer))].map(apiName)
  if (changed.length === 0) return
  const event = { type: 'billing_customer.updated', ...author, data: { changed } } as const
  await insertEvent(sql, { billingCustomerId: id }, event)
}

/** The price is fixed by the first payment attempt. Cards tried on a caller's form are not charged and do not count. */
function refusePriceChange(asked: Set<string>, onboarding: Pick<OnboardingFacts, 'attempts'>): void {
  const params = { requireInitial: 'require_initial', initialAmount: 'initial_amount' }
  const refused = Object.entries(params).find(([name]) => submitted(onboarding).length > 0 && asked.has(name))
  if (!refused) return
  throw conflict(
    'payment_submitted',
    refused[1],
    'can no longer be changed: the customer has already submitted a payment method',
  )
}

async function enrollAtOnce(
  sql: Sql,
  request: OnboardingRequest,
  billingCustomer: BillingCustomer,
  itemId: string | null | undefined,
): Promise<void> {
  if (!itemId) return
  if (!request.mayEnroll) {
    throw new Failure(
      'forbidden',
      'the API key lacks the scope enrollments:write: the billing customer is active and would be enrolled immediately',
    )
  }
  if (billingCustomer.status === 'suspended') {
    throw conflict('billing_customer_suspended', 'bi_id', 'the billing customer is suspended; restore it first')
  }
  if (!billingCustomer.paymentMethodId) {
    throw conflict('payment_method_missing', 'bi_id', 'the billing customer has no payment method to enroll with')
  }
  await enroll(
    sql,
    tenantOf(request),
    { billingCustomerId: billingCustomer.id, billableItemId: itemId },
    request.author,
  )
}
