import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exportedColumns } from '../../../store/export/exported-columns.ts'
import { inventory } from '../../support/erasure/inventory.ts'
import { aPerson, plantRest, setSettings, type Person } from '../../support/erasure/person.ts'
import { until } from '../../support/until.ts'
import { webhooksOf } from '../../support/webhooks/deliveries.ts'
import { createWorld, type World } from '../../support/world/world.ts'

let world: World
let hooks: ReturnType<typeof webhooksOf>
beforeAll(async () => {
  world = await createWorld({ listen: true })
  hooks = webhooksOf(world)
  await hooks.endpoint('https://receiver.example/hooks')
})
afterAll(async () => {
  await hooks.close()
  await world.close()
})

interface Exported {
  table: string
  row: Record<string, unknown>
}

const page = (id: string, query = '', key?: string) =>
  world.asNative('GET', `/v1/customers/${id}/export${query}`, undefined, key)

/** Returns all rows of an export, read in small pages, and its cursors. */
async function exportOf(id: string): Promise<{ rows: Exported[]; cursors: string[] }> {
  const rows: Exported[] = []
  const cursors: string[] = []
  for (let query = '?limit=7'; query;) {
    const { status, body } = await page(id, query)
    expect(status).toBe(200)
    expect(body.has_more).toBe(body.next_cursor !== null)
    rows.push(...body.data)
    if (body.next_cursor) cursors.push(body.next_cursor)
    query = body.next_cursor ? `?limit=7&cursor=${body.next_cursor}` : ''
  }
  return { rows, cursors }
}

async function aPersonEverywhere(): Promise<Person> {
  const person = await aPerson(world)
  await plantRest(world.sql, person)
  return person
}

const exportsOf = async (id: string) =>
  (
    await world.sql`
      select 1 from events where type = 'customer.exported' and actor = 'api' and data ->> 'customer_id' = ${id}`
  ).length

test('an export has every word about a person, and nothing of another one', async () => {
  const [person, other] = [await aPersonEverywhere(), await aPersonEverywhere()]
  const { rows } = await exportOf(person.customerId)
  expect(new Set(rows.map((row) => JSON.stringify(row))).size).toBe(rows.length)
  expect(await exportsOf(person.customerId)).toBe(1)

  const hasWord = (value: unknown) => JSON.stringify(value ?? null).includes(person.word)
  const found = rows.flatMap(({ table, row }) =>
    Object.keys(row)
      .filter((column) => hasWord(row[column]) || row[column] === person.phone)
      .map((column) => `${table}.${column}`),
  )
  const { erased } = inventory(readFileSync('docs/data-protection.md', 'utf8'))
  const isExported = (column: string) =>
    Object.entries(exportedColumns).some(([table, columns]) => columns.some((name) => `${table}.${name}` === column))
  const withoutWords = ['customers.address_country', 'customers.parent_customer_id', 'onboardings.on_completion']
  expect([...new Set(found)].sort()).toEqual(
    erased.filter((column) => isExported(column) && !withoutWords.includes(column)).sort(),
  )

  const counted = (table: string) => rows.filter((row) => row.table === table).length
  const [inDatabase] = await world.sql<{ events: number; deliveries: number }[]>`
    select count(distinct e.id)::integer as events, count(d.event_id)::integer as deliveries
    from events e left join webhook_deliveries d on d.event_id = e.id
    where e.billing_customer_id = ${person.bc} or e.data ->> 'customer_id' = ${person.customerId}`
  expect({ events: counted('events'), deliveries: counted('webhook_deliveries') }).toEqual(inDatabase)
  expect({ charges: counted('charges'), refunds: counted('refunds') }).toEqual({ charges: 1, refunds: 1 })

  const profile = await world.asNative('GET', `/v1/customers/${person.customerId}`)
  const { name, email, metadata, created_at: createdAt } = profile.body
  expect(rows[0]).toMatchObject({ table: 'customers', row: { name, email, metadata } })
  expect(new Date(rows[0]!.row.created_at as string).toISOString()).toBe(createdAt)
  expect(rows[0]!.row.created_at).toMatch(/Z$/)

  const text = JSON.stringify(rows)
  for (const foreign of [other.word, other.customerId, other.bc, person.token]) expect(text).not.toContain(foreign)
  expect(text).not.toMatch(/_secret_|token=/)
})

test('the cursor of an export belongs to its event; another one is rejected, without a trace of data', async () => {
  const [person, other] = [await aPerson(world), await aPerson(world)]
  const { cursors } = await exportOf(person.customerId)
  const [event] = await world.sql<{ id: string }[]>`select id from events where type = 'customer.created' limit 1`
  const madeUp = Buffer.from(`${event!.id}/01/a`).toString('base64url')
  for (const cursor of [madeUp, 'b3RoZXI', cursors[0]!.slice(0, 20)])
    expect((await page(person.customerId, `?cursor=${cursor}`)).body).toMatchObject({ status: 400, param: 'cursor' })
  expect((await page(other.customerId, `?cursor=${cursors[0]!}`)).body).toMatchObject({ status: 400, param: 'cursor' })
  expect(await exportsOf(other.customerId)).toBe(0)
  expect((await page(person.customerId, '', world.seeds.other_org.secret_key)).status).toBe(404)
})

const itsScopes = [
  ...['customers:read', 'billing_customers:read', 'enrollments:read', 'charges:read', 'events:read'],
  ...['webhook_endpoints:read', 'bulk_onboardings:read'],
]

test('an export needs the scope of each table that it has', async () => {
  const person = await aPersonEverywhere()
  const keyWith = async (scopes: string[]) => {
    const { body } = await world.asNative('POST', '/v1/api_keys', { name: 'part', scopes })
    world.secrets.add(body.secret)
    return body.secret as string
  }
  for (const missing of itsScopes) {
    const key = await keyWith(itsScopes.filter((scope) => scope !== missing))
    const refused = { status: 403, body: { detail: expect.stringContaining(missing) } }
    expect(await page(person.customerId, '', key), missing).toMatchObject(refused)
  }
  expect(await exportsOf(person.customerId)).toBe(0)
  const { status, body } = await page(person.customerId, '?limit=100', await keyWith(itsScopes))
  expect(status).toBe(200)
  const tables = new Set(body.data.map(({ table }: Exported) => table))
  for (const table of ['billing_customers', 'webhook_deliveries', 'bulk_rows']) expect(tables).toContain(table)
})

test('a deleted customer is exported by its id until it is erased', async () => {
  await setSettings(world, { erasure_delay_days: 1 })
  const person = await aPerson(world)
  expect((await world.asNative('DELETE', `/v1/customers/${person.customerId}`)).status).toBe(204)
  expect(JSON.stringify((await page(person.customerId)).body.data)).toContain(person.word)
  await world.sql`update customers set erase_next_at = now() where id = ${person.customerId}`
  const gone = await until(
    () => page(person.customerId),
    ({ status }) => status !== 200,
  )
  expect(gone).toMatchObject({ status: 410, body: { code: 'gone', erased_at: expect.any(String) } })
})
