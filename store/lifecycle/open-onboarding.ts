import { invalid, notFound } from '../../domain/failure/failures.ts'
import { usualGateway } from '../../domain/lifecycle.ts'
import { toStored } from '../../domain/text/free-text.ts'
import { otherThanCustomer, readId, whyNotExternalId } from '../../domain/text/ids.ts'
import type { Settings } from '../../domain/tenant/settings.ts'
import { requireItem } from '../catalog/billable-items.ts'
import {
  findBillingCustomerOf,
  insertBillingCustomer,
  type BillingCustomer,
} from '../billing-customers/billing-customers.ts'
import { ensureContact, findContact } from '../customers/contacts.ts'
import type { Database, Sql, Transaction } from '../database/database.ts'
import { insertOnboarding } from './insert-onboarding.ts'
import { newId } from '../database/new-id.ts'
import { tenantOf, type OnboardingRequest, type OpenResult } from './onboarding-request.ts'
import { openForExistingContact } from './reopen.ts'
import { activateWithoutPayment } from './activate.ts'

/**
 * Finds or creates the record of a contact and its live onboarding, and applies the requested changes, in one
 * transaction. A repeat that changes nothing takes no lock. Throws a Failure that names the rejected field.
 */
export async function openOnboarding(
  database: Database,
  request: OnboardingRequest,
  settings: Settings,
): Promise<OpenResult> {
  return (await database.begin((sql) => openUnderLock(sql, request, settings))) as OpenResult
}

/** `openOnboarding` inside a transaction that does more. */
export async function openUnderLock(
  sql: Transaction,
  request: OnboardingRequest,
  settings: Settings,
): Promise<OpenResult> {
  const customerId = await resolveContact(sql, request, settings)
  const made = await insertRecord(sql, request, customerId)
  return made ? openNew(sql, request, settings, made) : openForExistingContact(sql, request, settings, customerId)
}

/** Finds the named customer, or creates it for an external id if the organization's settings permit it. */
async function resolveContact(sql: Sql, request: OnboardingRequest, settings: Settings): Promise<string> {
  const { contactId } = request
  const isOurs = contactId.startsWith('cus_') || readId(contactId) !== undefined
  const stored = toStored(contactId)
  const mayInsert = settings.insertUnknownContacts && !isOurs && !whyNotExternalId(contactId)
  if (mayInsert && stored === contactId) return ensureContact(sql, tenantOf(request), contactId, request.author)
  const found = await findContact(sql, request, contactId)
  if (found) return found
  if (mayInsert) return ensureContact(sql, tenantOf(request), stored, request.author)
  const other = otherThanCustomer(contactId)
  if (other) throw invalid('contact_id', `is the id of ${other}: send the id of a customer, or your own external id`)
  const wrong = settings.insertUnknownContacts && !isOurs && whyNotExternalId(contactId)
  if (wrong) throw invalid('contact_id', wrong)
  throw notFound('Contact', 'contact_id')
}

/** Inserts the contact's only record. Returns undefined if it exists. The new row is locked by its insertion. */
function insertRecord(sql: Sql, request: OnboardingRequest, customerId: string): Promise<BillingCustomer | undefined> {
  return insertBillingCustomer(sql, {
    ...tenantOf(request),
    id: newId('billingCustomer'),
    customerId,
    contactId: request.contactId,
    brandId: request.brandId ?? null,
    gateway: request.gateway ?? usualGateway(request.offered),
    currency: request.currency,
    allowTrigger: request.allowTrigger ?? request.billableItemId !== undefined,
    notes: request.notes ?? null,
    metadata: request.metadata ?? {},
    createdBy: request.createdBy,
    author: request.author,
  })
}

async function openNew(
  sql: Transaction,
  request: OnboardingRequest,
  settings: Settings,
  billingCustomer: BillingCustomer,
): Promise<OpenResult> {
  await requireItem(sql, request, request.billableItemId)
  const onboarding = await insertOnboarding(sql, request, settings, billingCustomer, 1)
  const opened = { billingCustomer, onboarding, existing: false }
  if (!request.activateAtOnce || !(await activateWithoutPayment(sql, onboarding.onboardingId)))
    return { ...opened, run: 'start' }
  const activated = (await findBillingCustomerOf(sql, request, billingCustomer.customerId))!
  return { ...opened, billingCustomer: activated, run: 'leave' }
}
