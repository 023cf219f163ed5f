import type { Author } from '../../domain/events/author.ts'
import { invalid } from '../../domain/failure/failures.ts'
import type { Database, Sql } from '../database/database.ts'
import { newId } from '../database/new-id.ts'
import {
  afterCursor,
  only,
  readPage,
  readPageFrom,
  type OffsetPage,
  type Page,
  type PageRequest,
} from '../database/pages.ts'
import type { Tenant } from '../../domain/reference.ts'
import { insertTenantEvent } from '../events/events.ts'

export interface BillableItem {
  id: string
  name: string
  type: 'one_off' | 'recurring' | 'trigger'
  status: 'active' | 'inactive'
  /** Minor units. */
  amount: number
  currency: string
  description: string | null
  captureMode: string
  triggerMode: 'fixed' | 'variable' | 'event' | 'threshold'
  triggerCondition: 'lte' | 'gte' | 'eq' | null
  triggerThreshold: string | null
  allowAmountOverride: boolean
  createdAt: Date
}

export type NewBillableItem = Tenant &
  Pick<BillableItem, 'name' | 'type' | 'amount' | 'currency'> & { id?: string; description?: string | null }

const columns = (sql: Sql) => sql`
  id, name, type, status, amount, currency, description, capture_mode, trigger_mode, trigger_condition,
  trigger_threshold, allow_amount_override, created_at`

/**
 * Inserts an item, with the event. If the id exists, returns that item: an earlier attempt of this call inserted it.
 */
export async function insertBillableItem(
  database: Database,
  item: NewBillableItem,
  author: Author,
): Promise<BillableItem> {
  const { id = newId('billableItem'), organizationId, environment, name, type, amount, currency } = item
  const { description = null } = item
  const row = { id, organizationId, environment, name, type, amount, currency, description }
  const made = (await database.begin(async (sql) => {
    const [inserted] = await sql<BillableItem[]>`
      insert into billable_items ${sql(row)} on conflict (id) do nothing returning ${columns(sql)}`
    if (inserted)
      await insertTenantEvent(sql, item, { type: 'billable_item.created', ...author, data: { billable_item_id: id } })
    return inserted
  })) as BillableItem | undefined
  return made ?? (await findBillableItem(database, item, id))!
}

/** Returns an item of this tenant; undefined if it does not exist. */
export async function findBillableItem(
  sql: Sql,
  { organizationId, environment }: Tenant,
  id: string,
): Promise<BillableItem | undefined> {
  const [row] = await sql<BillableItem[]>`
    select ${columns(sql)} from billable_items
    where id = ${id} and organization_id = ${organizationId} and environment = ${environment}`
  return row
}

/** Returns whether customers can be enrolled in the item: an active trigger item of this tenant. */
export async function canEnrollIn(sql: Sql, tenant: Tenant, id: string): Promise<boolean> {
  const item = await findBillableItem(sql, tenant, id)
  return item?.type === 'trigger' && item.status === 'active'
}

/** Throws a Failure if customers cannot be enrolled in the item. */
export async function requireItem(sql: Sql, tenant: Tenant, id: string | undefined): Promise<void> {
  if (id === undefined || (await canEnrollIn(sql, tenant, id))) return
  throw invalid('bi_id', 'must be an active trigger item of this organization')
}

const size = (sql: Sql) => sql`700 + octet_length(concat(name, description)) as row_bytes`

/** Returns a page of this tenant's active trigger items, oldest first. */
export function listTriggerItems(
  sql: Sql,
  { organizationId, environment }: Tenant,
  slice: { limit: number; offset: number },
): Promise<OffsetPage<BillableItem>> {
  const list = sql`
    select ${columns(sql)}, ${size(sql)} from billable_items
    where organization_id = ${organizationId} and environment = ${environment} and type = 'trigger'
      and status = 'active'`
  return readPageFrom(sql, list, { ...slice, oldestFirst: true })
}

export interface BillableItemFilter {
  type?: BillableItem['type'] | undefined
  status?: BillableItem['status'] | undefined
}

/** Returns a page of this tenant's items, newest first. */
export async function listBillableItems(
  sql: Sql,
  { organizationId, environment }: Tenant,
  filter: BillableItemFilter,
  { limit, cursor }: PageRequest,
): Promise<Page<BillableItem>> {
  const list = sql`
    select ${columns(sql)}, ${size(sql)} from billable_items
    where organization_id = ${organizationId} and environment = ${environment}
      and ${afterCursor(sql, sql`id`, cursor, 'billableItem')}
      ${only(sql, sql`type`, filter.type)} ${only(sql, sql`status`, filter.status)}`
  return readPage(sql, list, { limit })
}

/** Sets an item's status, with the event if it changes. Returns the item; undefined if this tenant has no such item. */
export async function setBillableItemStatus(
  database: Database,
  { organizationId, environment }: Tenant,
  { id, status }: Pick<BillableItem, 'id' | 'status'>,
  author: Author,
): Promise<BillableItem | undefined> {
  const tenant = { organizationId, environment }
  await database.begin(async (sql) => {
    const changed = await sql`
      update billable_items set status = ${status}
      where id = ${id} and organization_id = ${organizationId} and environment = ${environment}
        and status <> ${status}
      returning id`
    if (changed.length === 0) return
    const data = { billable_item_id: id, changed: ['status'] }
    await insertTenantEvent(sql, tenant, { type: 'billable_item.updated', ...author, data })
  })
  return findBillableItem(database, tenant, id)
}
