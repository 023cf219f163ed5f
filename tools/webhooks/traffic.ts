import { setTimeout as sleep } from 'node:timers/promises'
import { randomBytes } from 'node:crypto'
import type { Database } from '../../store/database/database.ts'
import { newId } from '../../store/database/new-id.ts'
import { createSealing } from '../../store/database/sealing.ts'
import { insertEvent } from '../../store/events/events.ts'
import { insertEndpoint } from '../../store/webhooks/endpoints.ts'
import { pendingByTime } from '../../store/webhooks/deliveries/pending.ts'
import { webhookKey } from './delivering-environment.ts'

const environment = 'sandbox' as const
/** What the events are about, so that no other event counts. */
export const eventType = 'billing_customer.payment_method_removed'

/** Creates an endpoint, for all event types or these. Returns its id. */
export async function createEndpoint(
  database: Database,
  organizationId: string,
  url: string,
  types: string[] | null = null,
): Promise<string> {
  const sealing = createSealing([webhookKey], 'webhook')
  const kind = 'push' as const
  const endpoint = { organizationId, environment, kind, url, description: '', types }
  const seal = (id: string) => sealing.seal(id, randomBytes(32))
  return (await insertEndpoint(database, endpoint, { actor: 'operator' }, seal)).endpoint.id
}

/** Creates billing customers. Returns their ids. */
export async function createCustomers(database: Database, organizationId: string, count: number): Promise<string[]> {
  const rows = Array.from({ length: count }, () => ({ customer: newId('customer'), id: newId('billingCustomer') }))
  await database`
    insert into customers ${database(rows.map(({ customer }) => ({ id: customer, organizationId, environment })))}`
  const billing = rows.map(({ customer, id }) => ({
    id,
    organizationId,
    environment,
    customerId: customer,
    gateway: 'stripe',
    currency: 'USD',
    createdBy: id,
  }))
  await database`insert into billing_customers ${database(billing)}`
  return rows.map(({ id }) => id)
}

/** Writes events of random customers at a rate per second, each in its own transaction. Returns their ids. */
export async function writeEvents(
  database: Database,
  customers: readonly string[],
  { count, rate }: { count: number; rate: number },
): Promise<void> {
  const began = Date.now()
  for (let i = 0; i < count; i++) {
    const billingCustomerId = customers[Math.floor(Math.random() * customers.length)]!
    await database.begin((sql) => insertEvent(sql, { billingCustomerId }, { type: eventType }))
    const ahead = began + ((i + 1) / rate) * 1_000 - Date.now()
    if (ahead > 0) await sleep(ahead)
  }
}

/** Milliseconds since the epoch at which each event was written. */
export async function eventTimes(database: Database): Promise<Map<string, number>> {
  const rows = await database<{ id: string; at: number }[]>`
    select id, extract(epoch from created_at)::float8 * 1000 as at from events where type = ${eventType}`
  return new Map(rows.map(({ id, at }) => [id, at]))
}

/** Waits until these endpoints have nothing pending. Throws after `timeout` milliseconds. */
export async function untilDelivered(database: Database, endpointIds: string[], timeout: number): Promise<void> {
  const deadline = Date.now() + timeout
  for (;;) {
    const [{ pending }] = await database<[{ pending: number }]>`
      select count(*)::integer as pending from webhook_deliveries
      where endpoint_id = any(${endpointIds}) and ${pendingByTime(database)}`
    if (pending === 0) return
    if (Date.now() > deadline) throw new Error(`${pending} deliveries of good endpoints are still pending`)
    await sleep(500)
  }
}
