import { byApiKey } from '../../domain/events/author.ts'
import type { EventData } from '../../domain/events/events.ts'
import { Failure, invalid, notFound } from '../../domain/failure/failures.ts'
import type { Environment } from '../../domain/lifecycle.ts'
import type { CustomerProfile, IntegrationMapping } from '../../domain/tenant/customer-profile.ts'
import type { Database, Sql, Transaction } from '../database/database.ts'
import { newId } from '../database/new-id.ts'
import { countEvent } from '../events/count-event.ts'
import { changedFields } from '../events/changed-fields.ts'
import { insertTenantEvent } from '../events/events.ts'
import { throwFirstTryEnded } from '../../domain/failure/first-try-ended.ts'
import { mappingsOf, writeMappings } from './integration-mappings.ts'
import { lockTree, setParent, type ParentReference } from './parents.ts'
import type { Tenant } from '../../domain/reference.ts'

export interface Customer extends Tenant, CustomerProfile {
  id: string
  parentCustomerId: string | null
  mappings: IntegrationMapping[]
  /** The API keys that created and last changed it; null if the service did. */
  createdBy: string | null
  updatedBy: string | null
  createdAt: Date
  updatedAt: Date
}

export interface NewCustomer extends Tenant {
  /** A repeat of the same call has the same id; see api/call/idempotency.ts. */
  id: string
  profile: Partial<CustomerProfile>
  parent?: ParentReference | undefined
  mappings?: IntegrationMapping[] | undefined
  /** The API key. */
  by: string
}

const columns = (sql: Sql) => sql`
  c.id, c.organization_id, c.environment, c.external_id, c.name, c.email, c.phone, c.currency, c.balance,
  c.address_line1, c.address_line2, c.address_city, c.address_state, c.address_postal_code, c.address_country,
  c.metadata, c.payment_rules, c.parent_customer_id, c.created_by, c.updated_by, c.created_at, c.updated_at`

/** Selects all columns of a customer `c`. Lists add a column `also`. */
export const selectCustomers = (sql: Sql, also = sql``) =>
  sql`select ${columns(sql)}, ${mappingsOf(sql)} as mappings ${also} from customers c`

/** Returns a customer of this tenant; undefined if it does not exist or was deleted. */
export async function readCustomer(
  sql: Sql,
  { organizationId, environment }: Tenant,
  id: string,
): Promise<Customer | undefined> {
  const [row] = await sql<Customer[]>`
    ${selectCustomers(sql)}
    where c.id = ${id} and c.organization_id = ${organizationId} and c.environment = ${environment}
      and c.deleted_at is null`
  return row
}

const jsonColumns = (sql: Sql, { metadata, paymentRules, ...rest }: Partial<CustomerProfile>) => ({
  ...rest,
  ...(metadata === undefined ? {} : { metadata: sql.json(metadata as never) }),
  ...(paymentRules === undefined ? {} : { paymentRules: paymentRules && sql.json(paymentRules as never) }),
})

/**
 * Inserts a customer, with the event. If the id exists, returns that customer: an earlier attempt of this call inserted
 * it. Needs a transaction if there is a parent or a mapping. Throws `conflict` if the external id is in use or that
 * customer was deleted, `not_found` or `invalid_request` for an invalid parent.
 */
export async function insertCustomer(sql: Sql, wanted: NewCustomer): Promise<Customer> {
  const { id, organizationId, environment, profile, by } = wanted
  const row = { id, organizationId, environment, ...jsonColumns(sql, profile), createdBy: by, updatedBy: by }
  const data: EventData['customer.created'] = { customer_id: id, actor_key_id: by }
  const [made] = await guarded(
    () => sql<Customer[]>`
      with c as (insert into customers ${sql(row as never)} on conflict (id) do nothing returning *), told as (
        insert into events (id, organization_id, environment, type, actor, data)
        select ${newId('event')}, organization_id, environment, 'customer.created', 'api', ${sql.json(data)} from c
      )
      select ${columns(sql)} from c`,
  )
  if (!made) return (await readCustomer(sql, wanted, id)) ?? throwFirstTryEnded('a customer that was deleted')
  countEvent(sql, 'customer.created', environment)
  if (wanted.parent) {
    await lockTree(sql, wanted)
    await setParent(sql, wanted, id, wanted.parent)
  }
  if (wanted.mappings) await writeMappings(sql, wanted, id, wanted.mappings)
  return wanted.parent || wanted.mappings ? (await readCustomer(sql, wanted, id))! : { ...made, mappings: [] }
}

export type CustomerChanges = Partial<CustomerProfile> & {
  parent?: ParentReference | undefined
  mappings?: IntegrationMapping[] | undefined
}

/**
 * Updates the given fields, with the event if one of them changes. The old external id still resolves. Throws as
 * `insertCustomer`, and `not_found`.
 */
export async function updateCustomer(
  database: Database,
  tenant: Tenant,
  id: string,
  changes: CustomerChanges,
  by: string,
): Promise<Customer> {
  return (await database.begin((sql) => updateCustomerWithin(sql, tenant, id, changes, by))) as Customer
}

/** `updateCustomer` inside a transaction that does more. */
export async function updateCustomerWithin(
  sql: Transaction,
  tenant: Tenant,
  id: string,
  changes: CustomerChanges,
  by: string,
): Promise<Customer> {
  const { parent, mappings, ...profile } = changes
  // Before any row lock: two moves that lock rows first could deadlock.
  if (parent !== undefined) await lockTree(sql, tenant)
  await lockCustomer(sql, tenant, id, sql`for no key update`)
  const before = (await readCustomer(sql, tenant, id))!
  if (profile.externalId !== undefined && before.externalId !== null && profile.externalId !== before.externalId)
    await rememberExternalId(sql, tenant, id, before.externalId)
  const row = { ...jsonColumns(sql, profile), updatedBy: by, updatedAt: sql`now()` }
  await guarded(() => sql`update customers set ${sql(row as never)} where id = ${id}`)
  if (parent !== undefined) await setParent(sql, tenant, id, parent)
  if (mappings) await writeMappings(sql, tenant, id, mappings)
  const after = (await readCustomer(sql, tenant, id))!
  await recordUpdate(sql, before, after)
  return after
}

async function recordUpdate(sql: Transaction, before: Customer, after: Customer): Promise<void> {
  const { id, updatedBy, updatedAt } = after
  // Every call sets who changed it last and when.
  const changed = changedFields({ ...before, updatedBy, updatedAt }, after)
  if (changed.length === 0) return
  const names = changed.map((name) => (name === 'mappings' ? 'integration_entity_mapping' : name))
  const data = { customer_id: id, changed: names }
  await insertTenantEvent(sql, after, { type: 'customer.updated', ...byApiKey(updatedBy!), data })
}

/** Locks a customer of this tenant. Throws `not_found`, also if it was deleted. */
export async function lockCustomer(
  sql: Sql,
  { organizationId, environment }: Tenant,
  id: string,
  strength: ReturnType<Sql>,
): Promise<Customer> {
  const [row] = await sql<Customer[]>`
    select ${columns(sql)} from customers c
    where c.id = ${id} and c.organization_id = ${organizationId} and c.environment = ${environment}
      and c.deleted_at is null
    ${strength}`
  if (!row) throw notFound('Customer')
  return row
}

async function rememberExternalId(sql: Sql, tenant: Tenant, customerId: string, externalId: string): Promise<void> {
  const { organizationId, environment } = tenant
  await sql`
    insert into former_external_ids ${sql({ organizationId, environment, externalId, customerId })}
    on conflict (organization_id, environment, external_id)
      do update set customer_id = excluded.customer_id, until = now()`
}

/** Converts constraint violations to Failures. */
async function guarded<T>(statement: () => Promise<T>): Promise<T> {
  try {
    return await statement()
  } catch (error) {
    const name = (error as { constraint_name?: unknown }).constraint_name
    if (name === 'customers_external_id')
      throw new Failure('conflict', 'is in use by another customer', {
        param: 'external_id',
        conflict: 'external_id_taken',
        cause: error,
      })
    if (name === 'customers_check') throw invalid('currency', 'is required if there is a balance')
    throw error
  }
}

/** Returns whether a customer with this id exists in any organization of the environment, including deleted ones. */
export async function isOurCustomer(sql: Sql, environment: Environment, id: string): Promise<boolean> {
  const rows = await sql`select 1 from customers where id = ${id} and environment = ${environment}`
  return rows.length > 0
}
