import type { Author } from '../../domain/events/author.ts'
import type { EventData } from '../../domain/events/events.ts'
import { invalid } from '../../domain/failure/failures.ts'
import type { BillingCustomerStatus, GatewayName } from '../../domain/lifecycle.ts'
import { whyNotMerged } from '../../domain/text/metadata.ts'
import type { MethodDetails } from '../../domain/payment/payment-method.ts'
import { noBrand } from '../tenants/brands.ts'
import type { Sql } from '../database/database.ts'
import { newId } from '../database/new-id.ts'
import { countEvent } from '../events/count-event.ts'
import type { Tenant } from '../../domain/reference.ts'

export interface BillingCustomer extends Tenant {
  id: string
  customerId: string
  brandId: string | null
  status: BillingCustomerStatus
  gateway: GatewayName
  currency: string
  allowTrigger: boolean
  notes: string | null
  metadata: Record<string, unknown>
  gatewayCustomerId: string | null
  paymentMethodId: string | null
  paymentMethodLabel: string | null
  paymentMethodDetails: MethodDetails | null
  createdBy: string
  createdAt: Date
  /** The id by which the caller knows the contact: the external id, or else our customer id. */
  contactId: string
  /** Whether an initial charge succeeded and was not returned. */
  initialCharged: boolean
}

/**
 * All columns of a billing customer `b` and its customer `c`. Earlier versions kept the gateway of a call as `_gateway`
 * in the metadata, where it became stale. The subselect has a limit because PostgreSQL reads all charges first for an
 * `exists` if it expects many rows.
 */
export const billingCustomerColumns = (sql: Sql) => sql`
  b.id, b.organization_id, b.environment, b.customer_id, b.brand_id, b.status, b.gateway, b.currency,
    b.allow_trigger, b.notes, b.metadata - '_gateway' as metadata, b.gateway_customer_id, b.payment_method_id,
    b.payment_method_label, b.payment_method_details, b.created_by, b.created_at,
    coalesce(c.external_id, c.id) as contact_id,
    coalesce((
      select true from charges h
      where h.billing_customer_id = b.id and h.kind = 'initial' and not h.late and h.state in ('succeeded', 'kept')
        limit 1
    ), false) as initial_charged`

/** Selects billing customers. Lists add a column with `also`. */
export const selectBillingCustomers = (sql: Sql, also = sql``) => sql`
  select ${billingCustomerColumns(sql)} ${also}
  from billing_customers b join customers c on c.id = b.customer_id`

/** Returns a billing customer of this tenant. One of another tenant is treated as nonexistent. */
export async function findBillingCustomer(
  sql: Sql,
  { organizationId, environment }: Tenant,
  id: string,
): Promise<BillingCustomer | undefined> {
  const [row] = await sql<BillingCustomer[]>`
    ${selectBillingCustomers(sql)} where b.id = ${id} and b.organization_id = ${organizationId}
      and b.environment = ${environment}`
  return row
}

export async function findBillingCustomerOf(
  sql: Sql,
  { organizationId, environment }: Tenant,
  customerId: string,
): Promise<BillingCustomer | undefined> {
  const [row] = await sql<BillingCustomer[]>`
    ${selectBillingCustomers(sql)} where b.customer_id = ${customerId} and b.organization_id = ${organizationId}
      and b.environment = ${environment}`
  return row
}

/**
 * Returns a billing customer for the hosted page, whose link is the only credential: its path contains the
 * organization, but not the environment.
 */
export async function findBillingCustomerByPath(
  sql: Sql,
  organizationId: string,
  id: string,
): Promise<BillingCustomer | undefined> {
  const [row] = await sql<
    BillingCustomer[]
  >`${selectBillingCustomers(sql)} where b.id = ${id} and b.organization_id = ${organizationId}`
  return row
}

export type NewBillingCustomer = Omit<
  BillingCustomer,
  | 'status'
  | 'gatewayCustomerId'
  | 'paymentMethodId'
  | 'paymentMethodLabel'
  | 'paymentMethodDetails'
  | 'createdAt'
  | 'initialCharged'
> & { author: Author }

/**
 * Inserts the only record of a contact, with its event, in the customer's own currency if known, and with the first
 * brand of its tenant if none is named. Returns the record, or undefined if it existed. Safe to retry and to run
 * concurrently.
 */
export async function insertBillingCustomer(
  sql: Sql,
  { author, ...b }: NewBillingCustomer,
): Promise<BillingCustomer | undefined> {
  const { actor, actorKeyId } = author
  const data: EventData['billing_customer.created'] = actorKeyId === undefined ? {} : { actor_key_id: actorKeyId }
  const [row] = await sql<Pick<BillingCustomer, 'createdAt' | 'currency' | 'brandId'>[]>`
    with made as (
      insert into billing_customers
        (id, organization_id, environment, customer_id, brand_id, gateway, currency, allow_trigger, notes, metadata,
          created_by)
      values (${b.id}, ${b.organizationId}, ${b.environment}, ${b.customerId},
        coalesce(${b.brandId}, (
          select id from brands where organization_id = ${b.organizationId} and environment = ${b.environment}
            order by number limit 1
        )), ${b.gateway},
        coalesce((select currency from customers where id = ${b.customerId}), ${b.currency}), ${b.allowTrigger},
          ${b.notes}, ${sql.json(b.metadata as never)}, ${b.createdBy})
      on conflict (environment, organization_id, customer_id) do nothing
      returning id, organization_id, environment, created_at, currency, brand_id
    ), told as (
      insert into events (id, organization_id, environment, type, billing_customer_id, actor, data)
      select ${newId('event')}, organization_id, environment, 'billing_customer.created', id, ${actor},
        ${sql.json(data)}
      from made
    )
    select created_at, currency, brand_id from made`
  if (row) countEvent(sql, 'billing_customer.created', b.environment)
  const nothingYet = {
    status: 'pending',
    gatewayCustomerId: null,
    paymentMethodId: null,
    paymentMethodLabel: null,
    paymentMethodDetails: null,
  } as const
  return row && { ...b, ...nothingYet, ...row, initialCharged: false }
}

export type BillingCustomerChanges = Partial<
  Pick<BillingCustomer, 'brandId' | 'gateway' | 'allowTrigger' | 'notes' | 'metadata'>
>

/**
 * Writes the requested changes. Merges `metadata` into that of `current`, and keeps links that name the former brand
 * working. Call it under the lock. Throws `invalid_request` naming `metadata` if the merged metadata exceeds its
 * limits.
 */
export async function changeBillingCustomer(
  sql: Sql,
  current: Pick<BillingCustomer, 'id' | 'brandId' | 'metadata'>,
  { metadata, ...changes }: BillingCustomerChanges,
): Promise<void> {
  const wrong = metadata && whyNotMerged(current.metadata, metadata)
  if (wrong) throw invalid('metadata', wrong)
  if (Object.keys(changes).length > 0)
    await sql`update billing_customers set ${sql(changes as Record<string, never>)} where id = ${current.id}`
  if (changes.brandId !== undefined && changes.brandId !== current.brandId)
    await rememberBrand(sql, current.id, current.brandId ?? noBrand)
  if (metadata)
    await sql`update billing_customers set metadata = metadata || ${sql.json(metadata as never)}
      where id = ${current.id}`
}

const rememberBrand = (sql: Sql, id: string, brandId: string) => sql`
  update billing_customers set former_brand_ids = array_append(former_brand_ids, ${brandId})
  where id = ${id} and not ${brandId} = any(former_brand_ids)`
