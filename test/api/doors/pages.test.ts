import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listCustomers } from '../../../store/customers/list-customers.ts'
import { underLock } from '../../../store/database/lock.ts'
import { pageBytes } from '../../../store/database/pages.ts'
import { callDoor } from '../../support/doors.ts'
import { nativeLists } from '../../support/documented/native-lists.ts'
import { until } from '../../support/until.ts'
import { createWorld, type Answer, type World } from '../../support/world/world.ts'

// A page of any list is bounded in bytes; walking through a list shows each row once, in order.

let world: World
const records = 24
/** Letters by chance: what can be compressed is not stored apart from its row. */
const letters = () => String.fromCharCode(...randomBytes(3900).map((byte) => 97 + (byte % 26)))
const metadata = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`key_${i}`, letters()]))
let ids: Record<'customers' | 'billingCustomers' | 'items' | 'enrollments' | 'brands' | 'events', string[]>

beforeAll(async () => {
  world = await createWorld({ worker: false })
  // One after another: their ids are sorted by time.
  for (let i = 0; i < records; i++) {
    const { body } = await world.asNative('POST', '/v1/customers', { external_id: randomUUID(), metadata })
    await world.asNative('POST', '/v1/billing_customers', { customer_id: body.id, metadata })
  }
  const { org_id } = world.seeds
  await world.sql`
    insert into brands (id, organization_id, environment, name, logo_url)
    select 'brand_' || lpad(i::text, 26, '0'), ${org_id}, 'sandbox', repeat('é', 255),
      'https://a.example/' || repeat('x', 1900) from generate_series(1, 300) i`
  await world.sql`
    insert into billable_items (id, organization_id, environment, name, type, amount, currency)
    select 'bi_' || lpad(i::text, 26, '0'), ${org_id}, 'sandbox', repeat('é', 255), 'trigger', 100, 'USD'
      from generate_series(1, 700) i`
  await world.sql`
    insert into enrollments (id, organization_id, environment, billing_customer_id, billable_item_id)
    select 'enr_' || lpad(i::text, 26, '0'), ${org_id}, 'sandbox',
      (select max(id) from billing_customers), 'bi_' || lpad(i::text, 26, '0')
    from generate_series(1, 700) i`
  const [{ newest }] = (await world.sql`select max(id) as newest from billing_customers`) as [{ newest: string }]
  await underLock(
    world.sql,
    newest,
    (sql) => sql`
      insert into events (id, organization_id, environment, type, billing_customer_id, actor, data)
      select 'evt_' || lpad(i::text, 26, '0'), ${org_id}, 'sandbox', 'replacement.failed', ${newest}, 'system',
        jsonb_build_object('reason', repeat('x', 10000))
      from generate_series(1, 60) i`,
  )
  const all = async (table: string, where = 'true') =>
    (
      await world.sql.unsafe<{ id: string }[]>(
        `select id from ${table} where organization_id = '${org_id}' and ${where} order by id desc`,
      )
    ).map(({ id }) => id)
  ids = {
    customers: await all('customers'),
    billingCustomers: await all('billing_customers'),
    items: await all('billable_items', `environment = 'sandbox' and type = 'trigger' and status = 'active'`),
    enrollments: await all('enrollments'),
    brands: await all('brands'),
    events: await all('events', `type = 'replacement.failed'`),
  }
})
afterAll(async () => {
  // No event that the service writes is as large.
  await world.sql`delete from events where type = 'replacement.failed'`
  await world.close()
})

interface Page {
  answer: Answer
  rows: string[]
  /** What the door says of what comes after it; undefined: nothing comes. */
  next: string | number | undefined
}
/** Walks a list to its end, as a client of the door does; checks each page. */
async function walk(read: (next: string | number | undefined) => Promise<Page>) {
  const seen: string[] = []
  const lengths: number[] = []
  let next: string | number | undefined
  do {
    const page = await read(next)
    expect(page.answer.status).toBe(200)
    // As each list counts it; escapes and the names of fields are beside it.
    expect(JSON.stringify(page.answer.body).length).toBeLessThan(1.25 * pageBytes)
    lengths.push(page.rows.length)
    seen.push(...page.rows)
    next = page.next
  } while (next !== undefined)
  return { seen, lengths }
}

const rowsOf = ({ body }: Answer): string[] => body.data.map(({ id }: { id: string }) => id)
const native = (path: string) => async (cursor: string | number | undefined) => {
  const answer = await world.asNative('GET', `${path}limit=100${cursor === undefined ? '' : `&cursor=${cursor}`}`)
  expect(answer.body.has_more).toBe(answer.body.next_cursor !== null)
  return { answer, rows: rowsOf(answer), next: answer.body.next_cursor ?? undefined }
}

test.each([
  ['/v1/customers?', 'customers'],
  ['/v1/billing_customers?', 'billingCustomers'],
  ['/v1/brands?', 'brands'],
  ['/v1/billable_items?type=trigger&status=active&', 'items'],
  ['/v1/enrollments?', 'enrollments'],
  ['/v1/events?type=replacement.failed&', 'events'],
] as const)('%s shortens large pages, and the cursor continues where they ended', async (path, list) => {
  const { seen, lengths } = await walk(native(path))
  expect(seen).toEqual(ids[list])
  expect(lengths[0]).toBeGreaterThan(1)
  if (!['items', 'enrollments'].includes(list)) expect(lengths[0]).toBeLessThan(Math.min(100, ids[list].length))
})

test('billing.io: has_more, and the next offset counts the returned rows', async () => {
  const { seen, lengths } = await walk(async (next = 0) => {
    const answer = await world.asNative('GET', `/billing-io/v1/customers?limit=100&offset=${next}`)
    const rows = rowsOf(answer)
    return { answer, rows, next: answer.body.has_more ? Number(next) + rows.length : undefined }
  })
  expect(seen).toEqual(ids.customers)
  expect(lengths[0]).toBeLessThan(records)
})

describe('FlexPrice', () => {
  const search = async (next: string | number = 0, order?: string) => {
    const answer = await callDoor(world, 'flexprice', 'POST', '/search', { limit: 1000, offset: Number(next), order })
    const { items, pagination } = answer.body
    const rows = items.map(({ id }: { id: string }) => id.replace('cust_', 'cus_'))
    const end = Number(next) + pagination.limit
    expect(pagination.total).toBe(ids.customers.length)
    return { answer, rows, next: end < pagination.total ? end : undefined }
  }
  test('pagination.limit is the number of returned rows, so that adding it to the offset skips nobody', async () => {
    const { seen, lengths } = await walk((next) => search(next))
    expect(seen).toEqual(ids.customers)
    expect(lengths[0]).toBeLessThan(records)
    expect((await search(undefined, 'asc')).rows).toEqual(ids.customers.toReversed().slice(0, lengths[0]))
  })
})

test.each([
  ['getItems', 'items', 'bi_id', 'bi_'],
  ['getEnrollments', 'enrollments', 'ts_id', 'enr_'],
] as const)('edge %s: has_more, and the next offset is the count', async (action, list, field, prefix) => {
  const { seen, lengths } = await walk(async (next = 0) => {
    const answer = await world.edge(action, { limit: 1000, offset: Number(next) })
    const rows = answer.body.data.map((row: Record<string, string>) => row[field]!.replace('ts_', prefix))
    expect(answer.body.count).toBe(rows.length)
    return { answer, rows, next: answer.body.has_more ? Number(next) + rows.length : undefined }
  })
  expect(seen).toEqual(ids[list].toReversed())
  expect(lengths[0]).toBeLessThan(700)
})

test('edge getCustomer returns the first 100 enrollments, and whether there are more', async () => {
  const [last, other] = ids.billingCustomers
  const { body } = await world.edge('getCustomer', { bc_id: last })
  expect([body.enrollments.length, body.has_more]).toEqual([100, true])
  expect((await world.edge('getCustomer', { bc_id: other })).body).toMatchObject({ enrollments: [], has_more: false })
})

test('PostgreSQL reads no metadata of rows beyond the bound', async () => {
  const tenant = { organizationId: world.seeds.org_id, environment: 'sandbox' } as const
  await world.sql.begin(async (sql) => {
    const { rows, nextCursor } = await listCustomers(sql, tenant, {}, { limit: 100 })
    expect([rows.length > 1, rows.length < records, nextCursor === null]).toEqual([true, true, false])
    expect(Object.keys(rows[0]!).filter((name) => /bytes|nth|found/i.test(name))).toEqual([])
    const [read] = await sql<{ chunks: number; all: number }[]>`
      select (select idx_tup_fetch::int from pg_stat_xact_all_tables where relid = c.reltoastrelid) as chunks,
        (select sum(ceil(pg_column_size(metadata) / 1996.0))::int from customers) as all
      from pg_class c where c.oid = 'customers'::regclass`
    expect(read!.chunks).toBeGreaterThan(0)
    expect(read!.chunks / read!.all).toBeLessThanOrEqual((rows.length + 1) / records)
  })
})

describe('turns', () => {
  const flexprice = (limit: number) => callDoor(world, 'flexprice', 'POST', '/search', { limit })
  const lists: [name: string, read: (limit: number) => Promise<Answer>][] = [
    ...nativeLists.map((name): [string, (limit: number) => Promise<Answer>] => [
      name,
      (limit) => world.asNative('GET', `/v1/${name}?limit=${limit}`),
    ]),
    ['billing.io', (limit) => world.asNative('GET', `/billing-io/v1/customers?limit=${limit}`)],
    ['FlexPrice search', flexprice],
    ['edge getItems', (limit) => world.edge('getItems', { limit })],
    ['edge getEnrollments', (limit) => world.edge('getEnrollments', { limit })],
  ]
  const done = async (call: Promise<unknown>) =>
    Promise.race([call.then(() => true), new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 150))])

  test("while an organization reads one list, its other lists wait, and no one else's do", async () => {
    let release = () => {}
    const held = world.sql.begin(async (sql) => {
      await sql`lock table charges in access exclusive mode`
      await new Promise<void>((resolve) => (release = resolve))
    })
    await until(
      async () => (await world.sql`select 1 from pg_locks where relation = 'charges'::regclass and granted`).length > 0,
    )
    const first = world.asNative('GET', '/v1/charges?limit=2')
    expect(await done(first)).toBe(false)
    const { secret_key } = world.seeds.other_org
    const others = lists.filter(([name]) => name !== 'charges')
    const waiting = others.map(([, read]) => read(2))
    const free = [
      world.asNative('GET', '/v1/customers?limit=2', undefined, secret_key),
      world.asNative('GET', `/v1/customers/${ids.customers[0]}`),
      world.asNative('GET', '/v1/brands?limit=1'),
    ]
    expect((await Promise.all(free)).map(({ status }) => status)).toEqual([200, 200, 200])
    expect(await Promise.all(waiting.map(done))).toEqual(others.map(() => false))
    release()
    await held
    expect((await Promise.all([first, ...waiting])).map(({ status }) => status)).toEqual([
      200,
      ...others.map(() => 200),
    ])
  })
})
