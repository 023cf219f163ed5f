import { createHash } from 'node:crypto'
import { byApiKey } from '../../domain/events/author.ts'
import { Failure } from '../../domain/failure/failures.ts'
import { findContact } from '../customers/contacts.ts'
import { insertCustomer, updateCustomerWithin } from '../customers/customers.ts'
import type { Database, Transaction } from '../database/database.ts'
import { newId } from '../database/new-id.ts'
import { openUnderLock } from '../lifecycle/open-onboarding.ts'
import type { OpenResult } from '../lifecycle/onboarding-request.ts'
import type { Bulk } from './bulks.ts'
import { mapCustomerOfRow, submitMethodOfRow } from './existing-ids.ts'
import type { RowContext } from './row-context.ts'
import type { RowError, RowInput } from './row-input.ts'

export type RowOutcome = 'done' | 'failed' | 'not_ready'

/**
 * Onboards one row: customer, billing customer, onboarding and the row's result, in one transaction. `not_ready` if
 * another process has the row, or the bulk onboarding is paused or canceled. A rejected row gets the reason as its
 * result. Throws if the database is unavailable: then the row is still ready.
 */
export async function onboardRow(database: Database, context: RowContext, row: number): Promise<RowOutcome> {
  for (let tries = 1; ; tries++) {
    try {
      return (await database.begin((sql) => onboardWithin(sql, context, row))) as RowOutcome
    } catch (error) {
      if (isConcurrent(error) && tries < 4) continue
      if (!(error instanceof Failure) || error.code === 'unavailable') throw error
      return failRow(database, context.bulk.bulkId, row, errorsOf(error))
    }
  }
}

// Deadlock or serialization failure; or another call created the customer or the billing customer at the same moment.
const isConcurrent = (error: unknown) =>
  ['40001', '40P01'].includes(String((error as { code?: unknown } | null)?.code)) ||
  (error instanceof Failure && error.conflict === 'external_id_taken')

const errorsOf = ({ code, conflict, param, message }: Failure): RowError[] => [
  { code: conflict ?? code, ...(param === undefined ? {} : { param: nameInRow(param) }), message },
]

/** The store uses the edge door's names for these fields. */
const nameInRow = (param: string): string =>
  param === 'bi_id' ? 'billable_item_id' : param === 'contact_id' ? 'external_id' : param

interface ReadyRow {
  externalId: string
  input: RowInput
}

async function onboardWithin(sql: Transaction, context: RowContext, row: number): Promise<RowOutcome> {
  const { bulkId } = context.bulk
  const [ready] = await sql<ReadyRow[]>`
    select r.external_id, r.input from bulk_rows r join bulk_onboardings b on b.id = r.bulk_id
    where r.bulk_id = ${bulkId} and r.n = ${row} and r.state = 'ready' and b.status = 'running'
    for update of r skip locked`
  if (!ready) return 'not_ready'
  const { billingCustomer, onboarding, existing } = await openRow(sql, context, row, ready)
  await sql`
    update bulk_rows
    set state = 'done', input = null, errors = null, existing = ${existing}, finished_at = clock_timestamp(),
      billing_customer_id = ${billingCustomer.id}, onboarding_id = ${onboarding.onboardingId},
      start_at = ${context.startOf(row)}
    where bulk_id = ${bulkId} and n = ${row}`
  return 'done'
}

async function openRow(sql: Transaction, context: RowContext, row: number, ready: ReadyRow): Promise<OpenResult> {
  const { bulk, currency, offered, settings } = context
  const { bulkId, organizationId, environment, createdBy } = bulk
  const opening = ready.input
  const customerId = await customerOf(sql, bulk, ready)
  await mapCustomerOfRow(sql, customerId, opening, context)
  const startAt = context.startOf(row)
  const opened = await openUnderLock(
    sql,
    {
      organizationId,
      environment,
      contactId: customerId,
      // The row, so that it is told again that its billing customer is new.
      createdBy: createHash('sha256').update(`${createdBy}\n${bulkId}\n${row}`).digest('hex'),
      author: byApiKey(createdBy),
      currency,
      mayEnroll: bulk.mayEnroll,
      activateAtOnce: opening.billableItemId === undefined && opening.paymentMethodId === undefined,
      brandId: opening.brandId,
      gateway: opening.gateway,
      offered,
      allowTrigger: opening.allowTrigger,
      requireInitial: opening.requireInitial,
      initialAmountMinor: opening.initialAmount,
      notes: opening.notes,
      billableItemId: opening.billableItemId,
      page: opening.page,
      startAt,
    },
    settings,
  )
  await submitMethodOfRow(sql, opened, opening, { ...context, startAt })
  return opened
}

async function customerOf(sql: Transaction, bulk: Bulk, { externalId, input }: ReadyRow): Promise<string> {
  const { organizationId, environment, createdBy: by, options } = bulk
  const { profile, parent, mappings } = input
  const tenant = { organizationId, environment }
  const found = await findContact(sql, tenant, externalId)
  if (!found) return (await insertCustomer(sql, { ...tenant, id: newId('customer'), profile, parent, mappings, by })).id
  if (options.onExistingCustomer === 'update') {
    // Its external id is the one by which it was found, which may be a former one.
    const changes = { ...profile, parent, mappings }
    delete changes.externalId
    await updateCustomerWithin(sql, tenant, found, changes, by)
  }
  return found
}

/** Records why a row failed. The row keeps its input, so that it can be retried. */
export async function failRow(
  database: Database,
  bulkId: string,
  row: number,
  errors: RowError[],
): Promise<RowOutcome> {
  const { count } = await database`
    update bulk_rows set state = 'failed', errors = ${database.json(errors as never)}, finished_at = clock_timestamp()
    where bulk_id = ${bulkId} and n = ${row} and state = 'ready'`
  return count === 1 ? 'failed' : 'not_ready'
}
