import { randomBytes, randomUUID } from 'node:crypto'
import { metadataLimits } from '../../../domain/text/metadata.ts'
import type { Database } from '../../../store/database/database.ts'
import type { startApiStack } from '../api-stack.ts'
import type { Call } from './call.ts'

type Admin = Awaited<ReturnType<typeof startApiStack>>['admin']

export interface Organization {
  id: string
  brand: string
  item: string
  key: string
}

export async function createOrganization(admin: Admin, name: string): Promise<Organization> {
  const { id: organization } = (await admin('create-organization', { name })) as { id: string }
  const { id: brand } = (await admin('create-brand', { organization, name })) as { id: string }
  const tenant = { organization, environment: 'sandbox' }
  const item = (await admin('create-item', { ...tenant, name, type: 'trigger', amount: '100' })) as { id: string }
  const { key } = (await admin('create-key', { ...tenant, scopes: '*' })) as { key: string }
  return { id: organization, brand, item: item.id, key }
}

/**
 * Returns the most metadata that a record may have. Random letters, because real data does not compress well either.
 */
function largestMetadata(): Record<string, string> {
  const letters = (count: number) => String.fromCharCode(...randomBytes(count).map((byte) => 97 + (byte % 26)))
  const values = Math.floor(metadataLimits.bytes / 3910)
  return Object.fromEntries(Array.from({ length: values }, (_, i) => [`key_${i}`, letters(3890)]))
}

/**
 * Creates the data of the reading organization: 1,200 ordinary customers, 150 of them with onboardings, 1,100 items and
 * enrollments, then 100 records with the most metadata. Returns the time at which the last group starts.
 */
export async function fillReader(
  database: Database,
  post: (path: string, body: object) => Promise<Record<string, string>>,
  { id }: Organization,
): Promise<Date> {
  const person = () => ({
    external_id: randomUUID(),
    name: 'Ada Example',
    email: 'ada@example.com',
    metadata: { plan: 'pro' },
  })
  for (let i = 0; i < 1200; i++) {
    const customer = await post('/v1/customers', person())
    if (i >= 1050) await post('/v1/billing_customers', { customer_id: customer.id! })
  }
  await database`
    insert into billable_items (id, organization_id, environment, name, type, amount, currency)
    select 'bi_' || lpad(i::text, 26, '0'), ${id}, 'sandbox', 'An item of this organization', 'trigger', 100, 'USD'
    from generate_series(1, 1100) i`
  await database`
    insert into enrollments (id, organization_id, environment, billing_customer_id, billable_item_id)
    select 'enr_' || lpad(i::text, 26, '0'), ${id}, 'sandbox',
      (select max(id) from billing_customers where organization_id = ${id}), 'bi_' || lpad(i::text, 26, '0')
    from generate_series(1, 1100) i`
  const [row] = await database<{ now: Date }[]>`select clock_timestamp() as now`
  for (let i = 0; i < 100; i++) {
    const customer = await post('/v1/customers', { ...person(), metadata: largestMetadata() })
    await post('/v1/billing_customers', { customer_id: customer.id!, metadata: largestMetadata() })
  }
  await database`analyze`
  return row!.now
}

/** Returns the largest lists of each door, each with the same list limited to one row. */
export function largestLists(
  { id, brand, key }: Organization,
  largeFrom: Date,
): Record<string, { largest: Call; smallest: Call }> {
  const get = (path: string) => {
    const call = (limit: number): Call => ({
      method: 'GET',
      path: `${path}limit=${limit}`,
      headers: { Authorization: `Bearer ${key}` },
    })
    return { largest: call(100), smallest: call(1) }
  }
  const post = (path: string, body: object) => {
    const call = (limit: number): Call => ({
      method: 'POST',
      path,
      headers: { 'x-api-key': key },
      body: { ...body, limit },
    })
    return { largest: call(1000), smallest: call(1) }
  }
  const edge = { api_key: key, org_id: id, brand_id: brand }
  const before = `created_before=${largeFrom.toISOString()}&`
  return {
    'customers, most metadata': get('/v1/customers?'),
    'billing customers, most metadata': get('/v1/billing_customers?'),
    'billing customers, little metadata': get(`/v1/billing_customers?${before}`),
    'billing.io customers': get('/billing-io/v1/customers?'),
    'FlexPrice search, 1,000 ordinary': post('/flexprice/v1/customers/search', { order: 'asc' }),
    'edge getEnrollments': post('/public/edge/getEnrollments', edge),
    'edge getItems': post('/public/edge/getItems', edge),
  }
}
