import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { forgetBulks } from '../../store/bulk/forget.ts'
import { createWorld, type World } from '../support/world/world.ts'
import { bulkOf, command, contactsFile, upload } from './bulk.ts'

// Uploads, their validation and their retention. No worker: nothing is onboarded.

let world: World
beforeAll(async () => {
  world = await createWorld({ worker: false })
})
afterAll(() => world.close())

/** The number of rows of every table but those of bulk onboardings. */
async function otherRows(): Promise<string> {
  const tables = await world.sql<{ name: string }[]>`
    select table_name as name from information_schema.tables
    where table_schema = current_schema() and table_type = 'BASE TABLE' and table_name not like 'bulk%'`
  const counts = tables.map(async ({ name }) => [name, (await world.sql`select count(*) from ${world.sql(name)}`)[0]])
  return JSON.stringify(await Promise.all(counts))
}

test('a dry run checks every row and writes nothing but the checked rows', async () => {
  const before = await otherRows()
  const { file, ids } = contactsFile(world, 3)
  const wrong = `${file}usr_x,Ada,not an address\n${ids[0]},Again,ada@example.com\n`
  const { status, body } = await upload(world, wrong, { query: '?dry_run=true' })
  expect(status).toBe(201)
  expect(body).toMatchObject({
    object: 'bulk_onboarding',
    status: 'checked',
    rows: { total: 5, ready: 3, invalid: 1, duplicate: 1, done: 0, failed: 0, skipped: 0 },
    errors: [{ row: 4, line: 5, code: 'invalid_request', param: 'email' }],
    same_content_as: null,
    started_at: null,
    expected_end_at: null,
  })
  expect(await otherRows()).toBe(before)
  expect((await command(world, body.id, 'start')).body).toMatchObject({ status: 409, code: 'rows_invalid' })
  const started = await command(world, body.id, 'start', { on_invalid: 'skip' })
  expect(started.body).toMatchObject({ status: 'running', on_invalid: 'skip', rows: { ready: 3 } })
})

test('a file with invalid rows is not started unless they are skipped, one without is', async () => {
  const { file } = contactsFile(world, 2)
  expect((await upload(world, `${file}usr_y,,bad\n`)).body).toMatchObject({ status: 'checked', rows: { invalid: 1 } })
  expect((await upload(world, `${file}usr_y,,bad\n`, { query: '?on_invalid=skip' })).body.status).toBe('running')
  expect((await upload(world, file)).body.status).toBe('running')
})

test('JSON lines are read like CSV', async () => {
  const lines = [{ external_id: `usr_${randomUUID()}`, initial_amount: 1500 }, { external_id: 5 }]
  const body = lines.map((line) => JSON.stringify(line)).join('\n')
  const answer = await upload(world, body, { type: 'application/x-ndjson' })
  expect(answer.body).toMatchObject({
    rows: { ready: 1, invalid: 1 },
    errors: [{ row: 2, line: 2, param: 'external_id', message: 'must be a string' }],
  })
})

test('a brand, gateway or item that does not exist is an error of its row', async () => {
  const { brand_id, item_id } = world.seeds
  const id = () => `usr_${randomUUID()}`
  const file = `external_id,brand_id,billable_item_id
${id()},${brand_id},${item_id}
${id()},brand_of_nobody,
${id()},,${item_id.replace(/.$/, (last) => (last === 'x' ? 'y' : 'x'))}
`
  expect((await upload(world, file, { query: '?dry_run=true' })).body).toMatchObject({
    rows: { ready: 1, invalid: 2 },
    errors: [
      { row: 2, param: 'brand_id', message: 'Brand not found' },
      { row: 3, param: 'billable_item_id', message: 'must be an active trigger item of this organization' },
    ],
  })
})

test('a default brand or item that does not exist is an error of the upload, also if no row uses it', async () => {
  const { brand_id, other_org } = world.seeds
  const own = `external_id,brand_id,billable_item_id\nusr_${randomUUID()},${brand_id},${world.seeds.item_id}\n`
  const bulks = async () => (await world.sql`select count(*)::integer as n from bulk_onboardings`)[0]!.n
  const before = await bulks()
  for (const [query, expected] of [
    ['brand_id=brand_of_nobody', { status: 404, detail: 'Brand not found', param: 'brand_id' }],
    [`brand_id=${other_org.brand_id}`, { status: 404, param: 'brand_id' }],
    [`brand_id=${encodeURIComponent('\u202e')}`, { status: 404, param: 'brand_id' }],
    [`billable_item_id=${other_org.item_id}`, { status: 400, param: 'billable_item_id' }],
  ] as const)
    expect((await upload(world, own, { query: `?dry_run=true&${query}` })).body, query).toMatchObject(expected)
  expect(await bulks()).toBe(before)
})

test('a file that cannot be read leaves nothing behind', async () => {
  const bulks = async () => (await world.sql`select count(*)::integer as n from bulk_onboardings`)[0]!.n
  const before = await bulks()
  const many = contactsFile(world, 600).file
  for (const [file, expected] of [
    [`${many}usr_1,"Ada\n`, { param: 'line 602', status: 400 }],
    [Buffer.concat([Buffer.from(many), Buffer.from([0xe9, 10])]), { param: 'line 602', status: 400 }],
    ['external_id,plan\nusr_1,gold\n', { param: 'header.2', status: 400 }],
    ['', { param: 'header', status: 400 }],
    ['external_id\n', { param: 'body', detail: 'body: must have at least one row', status: 400 }],
  ] as const) {
    const { body } = await upload(world, file as string)
    expect(body).toMatchObject({ ...expected, code: 'invalid_request' })
  }
  expect(await bulks()).toBe(before)
  expect((await world.sql`select count(*)::integer as n from bulk_rows where line > 602`)[0]!.n).toBe(0)
})

test.each([
  ['text/plain', {}, 'Content-Type'],
  ['text/csv; charset=windows-1252', {}, 'Content-Type'],
  ['text/csv; charset = latin1', {}, 'Content-Type'],
  ['text/csv', { 'Content-Encoding': 'gzip' }, 'Content-Encoding'],
])('an upload as %s %o is 415', async (type, headers, param) => {
  expect((await upload(world, 'external_id\nusr_1\n', { type, headers })).body).toMatchObject({ status: 415, param })
})

test.each([
  ['application/json', {}],
  ['text/csv', { 'Content-Encoding': 'gzip' }],
  ['text/csv', { 'Idempotency-Key': 'with a blank' }],
])('an upload as %s %o that is rejected unread closes its connection', async (type, headers) => {
  // A pooled connection whose body was not read would end during the next request.
  const answer = await fetch(`${world.apiUrl}/v1/bulk_onboardings`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${world.seeds.secret_key}`, 'Content-Type': type, ...headers },
    body: 'x'.repeat(400_000),
  })
  await answer.text()
  expect([answer.ok, answer.headers.get('Connection')]).toEqual([false, 'close'])
})

test('more than 100,000 rows are 413', async () => {
  const rows = `external_id\n${Array.from({ length: 100_001 }, (_, i) => `r${i}`).join('\n')}`
  expect((await upload(world, rows)).body).toMatchObject({ status: 413, detail: 'body: must have at most 100000 rows' })
})

test('more than 64 MB are 413', async () => {
  // Long lines, so that the size is what is too large.
  const long = Buffer.alloc(65 * 1024 * 1024, `${'x'.repeat(20_000)}\n`)
  long.write('external_id\n')
  const { status } = await upload(world, long).catch(() => ({ status: 413 }))
  expect(status).toBe(413)
})

test('the same key and file return the same bulk onboarding; another file, or other options, are 422', async () => {
  const { file } = contactsFile(world, 3)
  const headers = { 'Idempotency-Key': randomUUID() }
  const first = await upload(world, file, { headers })
  const again = await upload(world, file, { headers })
  expect([again.status, again.headers.get('Idempotent-Replayed'), again.body.id]).toEqual([201, 'true', first.body.id])
  const others = [
    { changed: `${file}usr_z,,\n`, query: '' },
    { changed: file, query: '?dry_run=true' },
  ]
  for (const { changed, query } of others)
    expect((await upload(world, changed, { headers, query })).body).toMatchObject({
      status: 422,
      code: 'idempotency_mismatch',
    })
  const alone = await upload(world, file)
  expect(alone.body).toMatchObject({ same_content_as: first.body.id })
  expect(alone.body.id).not.toBe(first.body.id)
  await world.sql`update bulk_onboardings set created_at = now() - interval '25 hours' where id = ${first.body.id}`
  expect((await upload(world, file, { headers })).body.id).not.toBe(first.body.id)
})

test('a checked bulk onboarding is kept for 7 days, an ended one for 30, or as bulk_retention_days says', async () => {
  const checked = (await upload(world, contactsFile(world, 1).file, { query: '?dry_run=true' })).body.id
  const canceled = (await upload(world, contactsFile(world, 1).file)).body.id
  await command(world, canceled, 'cancel')
  const kept = async () => {
    await forgetBulks(world.sql)
    const rows = await world.sql<{ id: string }[]>`
      select id from bulk_onboardings where id in (${checked}, ${canceled}) order by id`
    return rows.map(({ id }) => id)
  }
  expect(await kept()).toEqual([checked, canceled])
  await world.sql`update bulk_onboardings set created_at = now() - interval '8 days' where id = ${checked}`
  await world.sql`update bulk_onboardings set ended_at = now() - interval '29 days' where id = ${canceled}`
  expect(await kept()).toEqual([canceled])
  await world.sql`update bulk_onboardings set ended_at = now() - interval '31 days' where id = ${canceled}`
  const keepFor = async (days: number | null) =>
    expect((await world.asNative('PATCH', '/v1/settings', { bulk_retention_days: days })).status).toBe(200)
  await keepFor(32)
  expect(await kept()).toEqual([canceled])
  await keepFor(null)
  expect(await kept()).toEqual([])
})

test('an upload requires all three scopes', async () => {
  const scopes = ['bulk_onboardings:write', 'customers:write', 'billing_customers:write']
  const keyWith = async (wanted: string[]) =>
    (await world.asNative('POST', '/v1/api_keys', { scopes: wanted })).body.secret
  const { file } = contactsFile(world, 1)
  for (const missing of scopes) {
    const key = await keyWith(scopes.filter((scope) => scope !== missing))
    expect((await upload(world, file, { key })).body).toMatchObject({
      status: 403,
      detail: `the API key lacks the scope ${missing}`,
    })
  }
  expect((await upload(world, file, { key: await keyWith(scopes) })).status).toBe(201)
})

test('another organization sees nothing of it', async () => {
  const { id } = (await upload(world, contactsFile(world, 1).file, { query: '?dry_run=true' })).body
  const theirs = world.seeds.other_org.secret_key
  for (const path of ['', '/rows', '/results'])
    expect((await world.asNative('GET', `/v1/bulk_onboardings/${id}${path}`, undefined, theirs)).status).toBe(404)
  for (const name of ['start', 'pause', 'resume', 'cancel', 'retry_failed'])
    expect((await world.asNative('POST', `/v1/bulk_onboardings/${id}/${name}`, {}, theirs)).status).toBe(404)
  expect((await world.asNative('PATCH', `/v1/bulk_onboardings/${id}`, { rows_per_second: 1 }, theirs)).status).toBe(404)
  const { data } = (await world.asNative('GET', '/v1/bulk_onboardings?limit=100', undefined, theirs)).body
  expect(data).toEqual([])
  expect(await bulkOf(world, id)).toMatchObject({ status: 'checked', rows_per_second: 20 })
})

test('lists have pages, by status, and rows by state', async () => {
  const { file } = contactsFile(world, 5)
  const { id } = (await upload(world, `${file}usr_bad,,bad\n`)).body
  const { body: list } = await world.asNative('GET', '/v1/bulk_onboardings?limit=2')
  expect(list).toMatchObject({ has_more: true, data: [{ id, status: 'checked' }, {}] })
  const next = await world.asNative('GET', `/v1/bulk_onboardings?limit=2&cursor=${list.next_cursor}`)
  expect(next.body.data[0].id < list.data[1].id).toBe(true)
  const running = await world.asNative('GET', '/v1/bulk_onboardings?status=running&limit=100')
  expect(new Set(running.body.data.map(({ status }: { status: string }) => status))).toEqual(new Set(['running']))
  const numbers: number[] = []
  for (let cursor = ''; ;) {
    const { body } = await world.asNative('GET', `/v1/bulk_onboardings/${id}/rows?state=ready&limit=2${cursor}`)
    numbers.push(...body.data.map(({ row }: { row: number }) => row))
    if (!body.has_more) break
    cursor = `&cursor=${body.next_cursor}`
  }
  expect(numbers).toEqual([1, 2, 3, 4, 5])
  const wrong = await world.asNative('GET', `/v1/bulk_onboardings/${id}/rows?cursor=x`)
  expect(wrong.body).toMatchObject({ status: 400, param: 'cursor' })
})
