import { afterAll, beforeAll, expect, test } from 'vitest'
import { underLock } from '../../../store/database/lock.ts'
import { migrate } from '../../../store/schema/migrate.ts'
import { newId } from '../../../store/database/new-id.ts'
import { insertEvent } from '../../../store/events/events.ts'
import type { TestDatabase } from '../../support/servers/database.ts'
import { migratedBefore } from '../../support/servers/migrated-before.ts'

// Migration 0040 on a database with events from before.

const name = '0040_event_sequence.sql'
let database: TestDatabase
beforeAll(async () => {
  database = await migratedBefore(name)
})
afterAll(() => database.drop())

const organizationId = newId('organization')
const tenant = { organizationId, environment: 'sandbox' }

async function insertBillingCustomer(): Promise<string> {
  const [customerId, id] = [newId('customer'), newId('billingCustomer')]
  await database.sql`insert into customers ${database.sql({ id: customerId, ...tenant })}`
  const record = { id, ...tenant, customerId, gateway: 'stripe', currency: 'USD', createdBy: 'test' }
  await database.sql`insert into billing_customers ${database.sql(record)}`
  return id
}

test('events from before are numbered by time per billing customer, and later ones continue', async () => {
  const { sql } = database
  await sql`insert into organizations ${sql({ id: organizationId, name: 'Northwind' })}`
  const [first, second, third] = [
    await insertBillingCustomer(),
    await insertBillingCustomer(),
    await insertBillingCustomer(),
  ]
  const minute = (at: number) => new Date(Date.UTC(2026, 0, 1, 0, at))
  const common = { ...tenant, type: 'onboarding.retried', actor: 'api' }
  const insert = (id: string, billingCustomerId: string, createdAt: Date) =>
    sql`insert into events ${sql({ id, ...common, billingCustomerId, createdAt })}`
  // The time decides; of two events of one transaction, the id.
  await insert('evt_3', first, minute(1))
  await insert('evt_1', second, minute(2))
  await insert('evt_2', first, minute(3))
  await insert('evt_5', first, minute(5))
  await insert('evt_4', first, minute(5))

  expect(await migrate(sql)).toContain(name)
  for (const billingCustomerId of [first, third])
    await underLock(sql, billingCustomerId, (transaction) =>
      insertEvent(transaction, { billingCustomerId }, { type: 'onboarding.retried', updateId: 'later' }),
    )

  const numbered = async (billingCustomerId: string) => {
    const rows = await sql<{ id: string; sequence: number; updateId: string | null }[]>`
      select id, sequence, update_id from events where billing_customer_id = ${billingCustomerId} order by sequence`
    return rows.map(({ id, sequence, updateId }) => `${sequence} ${updateId ?? id}`)
  }
  expect(await numbered(first)).toEqual(['1 evt_3', '2 evt_2', '3 evt_4', '4 evt_5', '5 later'])
  expect(await numbered(second)).toEqual(['1 evt_1'])
  expect(await numbered(third)).toEqual(['1 later'])
})

test('an event without a billing customer has no number, and no onboarding', async () => {
  const { sql } = database
  const event = { ...tenant, type: 'settings.changed', actor: 'operator' }
  await sql`insert into events ${sql({ id: 'evt_tenant', ...event })}`
  expect(await sql`select sequence from events where id = 'evt_tenant'`).toMatchObject([{ sequence: null }])
  await expect(sql`insert into events ${sql({ id: 'evt_numbered', ...event, sequence: 1 })}`).rejects.toThrow(
    'events_sequence',
  )
})
