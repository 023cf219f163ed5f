import type { Database, Sql } from '../database/database.ts'
import { eraseAnswers } from '../tenants/idempotency-keys.ts'
import { eraseBulkRows } from './erase-bulk-rows.ts'
import { eraseEvents } from './erase-events.ts'
import { readErasureSubject, type ErasureSubject } from './subject.ts'

/**
 * Erases the personal data of a deleted customer in every table. Ids, amounts, currencies, times and references to
 * objects at gateways stay. Does nothing to a customer that is not deleted. Each statement can be repeated: an erasure
 * that was killed is done again from the beginning.
 */
export async function eraseRecords(database: Database, customerId: string): Promise<void> {
  const subject = await readErasureSubject(database, customerId)
  if (!subject) return
  await eraseBulkRows(database, subject)
  await eraseAnswers(database, subject)
  await eraseEvents(database, subject)
  await eraseOnboardings(database, subject)
  // Last, because the external ids are what the rows of bulk onboardings are found by.
  await database.begin(async (sql) => eraseProfile(sql, subject))
}

async function eraseOnboardings(sql: Sql, { billingCustomerIds }: ErasureSubject): Promise<void> {
  const own = sql`(select id from onboardings where billing_customer_id = any(${billingCustomerIds}))`
  await sql`
    update onboardings set return_url = null, cancel_url = null, on_completion = null, closing_why = null
    where billing_customer_id = any(${billingCustomerIds})
      and num_nonnulls(return_url, cancel_url, on_completion, closing_why) > 0`
  // The label of a wallet is its owner's email address.
  await sql`
    update payment_objects set method_label = null, method_details = null
    where onboarding_id in ${own} and num_nonnulls(method_label, method_details) > 0`
  await sql`
    update payment_attempts set address_hash = null where onboarding_id in ${own} and address_hash is not null`
  await sql`update consents set address_hash = null where onboarding_id in ${own} and address_hash is not null`
  await sql`delete from admission_queue where billing_customer_id = any(${billingCustomerIds})`
  await sql`
    update refunds set reason = null
    where reason is not null
      and charge_id in (select id from charges where billing_customer_id = any(${billingCustomerIds}))`
}

async function eraseProfile(sql: Sql, { customerId, billingCustomerIds }: ErasureSubject): Promise<void> {
  await sql`
    update billing_customers
    set notes = null, metadata = '{}', payment_method_label = null, payment_method_details = null
    where id = any(${billingCustomerIds})`
  await sql`delete from former_external_ids where customer_id = ${customerId}`
  await sql`delete from earlier_external_ids where customer_id = ${customerId}`
  await sql`delete from integration_mappings where customer_id = ${customerId}`
  await sql`
    update customers
    set external_id = null, name = null, email = null, phone = null, balance = null, address_line1 = null,
      address_line2 = null, address_city = null, address_state = null, address_postal_code = null,
      address_country = null, metadata = '{}', payment_rules = null, parent_customer_id = null
    where id = ${customerId} and deleted_at is not null`
}
