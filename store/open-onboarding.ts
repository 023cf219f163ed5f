import { conflict, Failure, notFound } from '../domain/failures.ts'
import type { OnboardingFacts } from '../domain/onboarding.ts'
import type { Settings } from '../domain/settings.ts'
import { askedAmount, changesAsked, type OnboardingRequest } from './asked-differently.ts'
import { canEnrollIn } from './billable-items.ts'
import {
  changeBillingCustomer,
  findBillingCustomerOf,
  insertBillingCustomer,
  type BillingCustomer,
} from './billing-customers.ts'
import { ensureCustomer, findCustomer } from './customers.ts'
import type { Database, Sql } from './database.ts'
import { enroll } from './enrollments.ts'
import { insertEvent } from './events.ts'
import { insertOnboarding } from './insert-onboarding.ts'
import { lockBillingCustomer } from './lock.ts'
import { newId } from './new-id.ts'
import { activateWithoutPayment } from './activate-without-payment.ts'
import { readLatestFacts } from './onboarding-facts.ts'
import { lowerWake } from './wake.ts'

export interface Opened {
  billingCustomer: BillingCustomer
  onboarding: OnboardingFacts
  /** Whether the record was there before this call (or a repeat of it with the same `createdBy`). */
  existing: boolean
  /** What the caller owes the run: to start it, to wake it, or nothing. */
  run: 'start' | 'wake' | 'leave'
}

/**
 * Finds or makes the record of a contact and its live onboarding, and applies what was asked differently, in one
 * transaction. A repeat that changes nothing takes no lock. Throws a Failure that names the field it refuses.
 */
export async function openOnboarding(
  database: Database,
  request: OnboardingRequest,
  settings: Settings,
): Promise<Opened> {
  return (await database.begin((sql) => openInTransaction(sql, request, settings))) as Opened
}

async function openInTransaction(sql: Sql, request: OnboardingRequest, settings: Settings): Promise<Opened> {
  const customerId = await resolveContact(sql, request, settings)
  const inserted = await insertRecord(sql, request, customerId)
  if (!inserted) {
    const unchanged = await answerUnchanged(sql, request, customerId)
    if (unchanged) return unchanged
    const { id } = (await findBillingCustomerOf(sql, request, customerId))!
    await lockBillingCustomer(sql, id)
  }
  const billingCustomer = (await findBillingCustomerOf(sql, request, customerId))!
  const latest = inserted ? undefined : await readLatestFacts(sql, billingCustomer.id)
  const run = await change(sql, request, settings, billingCustomer, latest)
  return {
    billingCustomer: (await findBillingCustomerOf(sql, request, customerId))!,
    onboarding: (await readLatestFacts(sql, billingCustomer.id))!,
    existing: billingCustomer.createdBy !== request.createdBy,
    run,
  }
}

const asksForActive = (request: OnboardingRequest) => request.activateAtOnce && request.requireInitial === false

async function resolveContact(sql: Sql, request: OnboardingRequest, settings: Settings): Promise<string> {
  const mayInsert = settings.insertUnknownContacts && !request.contactId.startsWith('cus_')
  const found = mayInsert
    ? await ensureCustomer(sql, tenantOf(request), request.contactId)
    : await findCustomer(sql, request, request.contactId)
  if (!found) throw notFound('Contact', 'contact_id')
  return found
}

const tenantOf = ({ organizationId, environment }: OnboardingRequest) => ({ organizationId, environment })

async function insertRecord(sql: Sql, request: OnboardingRequest, customerId: string): Promise<boolean> {
  const id = newId('billingCustomer')
  const inserted = await insertBillingCustomer(sql, {
    ...tenantOf(request),
    id,
    customerId,
    brandId: request.brandId,
    gateway: request.gateway ?? 'stripe',
    currency: request.currency,
    allowTrigger: request.allowTrigger ?? request.billableItemId !== undefined,
    notes: request.notes ?? null,
    metadata: request.metadata ?? {},
    createdBy: request.createdBy,
  })
  if (inserted) await insertEvent(sql, { type: 'billing_customer.created', billingCustomerId: id, actor: 'api' })
  return inserted
}

/** The answer to a repeat that asks for nothing new, without the lock: the common case of a burst. */
async function answerUnchanged(sql: Sql, request: OnboardingRequest, customerId: string): Promise<Opened | undefined> {
  const billingCustomer = (await findBillingCustomerOf(sql, request, customerId))!
  const onboarding = await readLatestFacts(sql, billingCustomer.id)
  if (!onboarding || (billingCustomer.status === 'pending' && onboarding.endedAt)) return undefined
  if (
    changesAsked(request, billingCustomer, onboarding).any ||
    (billingCustomer.status === 'pending' && asksForActive(request))
  )
    return undefined
  const paying = onboarding.attempts.some((attempt) => attempt.closedAt === null)
  const run = paying && (await lowerWake(sql, onboarding.id)) ? 'wake' : 'leave'
  return { billingCustomer, onboarding, existing: billingCustomer.createdBy !== request.createdBy, run }
}

async function change(
  sql: Sql,
  request: OnboardingRequest,
  settings: Settings,
  billingCustomer: BillingCustomer,
  latest: OnboardingFacts | undefined,
): Promise<Opened['run']> {
  const begins = billingCustomer.status === 'pending' && (!latest || latest.endedAt !== null)
  if (latest?.closing && !latest.endedAt) {
    throw conflict('contact_id', 'the previous onboarding of this contact is being ended; ask again in a few seconds')
  }
  const onboarding = begins
    ? await insertOnboarding(sql, request, settings, billingCustomer, (latest?.n ?? 0) + 1)
    : latest!
  await applyChanges(sql, request, settings, billingCustomer, onboarding)
  const mayActivate = request.activateAtOnce && (begins || asksForActive(request))
  const activated = mayActivate && (await activateWithoutPayment(sql, onboarding.id))
  if (activated) return begins ? 'leave' : 'wake'
  return begins ? 'start' : 'leave'
}

async function applyChanges(
  sql: Sql,
  request: OnboardingRequest,
  settings: Settings,
  billingCustomer: BillingCustomer,
  onboarding: OnboardingFacts,
): Promise<void> {
  const changes = changesAsked(request, billingCustomer, onboarding)
  if (!changes.any) return
  if (request.billableItemId && !(await canEnrollIn(sql, request, request.billableItemId))) {
    throw new Failure('invalid_request', 'must be an active trigger item of this organization', { param: 'bi_id' })
  }
  await changeBillingCustomer(sql, billingCustomer.id, changes.billingCustomer)
  if (billingCustomer.status !== 'pending')
    return enrollAtOnce(sql, request, billingCustomer, changes.onboarding.billableItemId)
  const priced = ['requireInitial', 'initialAmount'] as const
  const refused = onboarding.attempts.length > 0 && priced.find((name) => changes.asked.has(name))
  if (refused) {
    const param = refused === 'requireInitial' ? 'require_initial' : 'initial_amount'
    throw conflict(param, 'cannot be changed any more: the customer has already submitted a payment method')
  }
  const { initialAmountMajor, ...columns } = changes.onboarding
  const amount =
    initialAmountMajor === undefined ? {} : { amount: askedAmount(initialAmountMajor, onboarding.currency, settings) }
  const update = { ...columns, ...amount }
  if (Object.keys(update).length > 0)
    await sql`update onboardings set ${sql(update as Record<string, never>)} where id = ${onboarding.id}`
}

async function enrollAtOnce(
  sql: Sql,
  request: OnboardingRequest,
  billingCustomer: BillingCustomer,
  itemId: string | null | undefined,
) {
  if (!itemId) return
  if (billingCustomer.status === 'suspended')
    throw conflict('bi_id', 'the billing customer is suspended; restore it first')
  if (!billingCustomer.paymentMethodId)
    throw conflict('bi_id', 'the billing customer has no payment method to enroll with')
  await enroll(sql, tenantOf(request), billingCustomer.id, itemId)
}
