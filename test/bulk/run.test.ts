import { randomUUID } from 'node:crypto'
import { parse } from 'csv-parse/sync'
import Papa from 'papaparse'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WorkflowFailedError } from '@temporalio/client'
import { everythingStored } from '../support/everything-stored.ts'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'
import { bulkOf, command, contactsFile, runOf, untilStatus, upload } from './bulk.ts'

// Bulk onboardings to their end, with their run.

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const fast = '?rows_per_second=100&starts_per_second=50'
const results = async (id: string, type = 'text/csv', key = world.seeds.secret_key) => {
  const headers = { Authorization: `Bearer ${key}`, Accept: type }
  const response = await fetch(`${world.apiUrl}/v1/bulk_onboardings/${id}/results`, { headers })
  return Buffer.from(await response.arrayBuffer()).toString()
}
const rowsOf = (csv: string) => parse(csv, { bom: true, columns: true }) as unknown as Record<string, string>[]

test('a file becomes onboardings, and a customer with its link from the results is charged', async () => {
  const { file, ids } = contactsFile(world, 40)
  const { id } = (await upload(world, file, { query: fast })).body
  const ended = await untilStatus(world, id, 'completed')
  expect(ended.rows).toMatchObject({ total: 40, done: 40, ready: 0, failed: 0 })
  expect(await (await runOf(world, id)).result()).toMatchObject({ total: 40, done: 40 })
  const rows = rowsOf(await results(id))
  expect(rows.map((row) => row.external_id)).toEqual(ids)
  for (const row of rows) expect(row).toMatchObject({ state: 'done', existing: 'false', status: 'pending' })
  const { billing_customer_id, setup_url, customer_id } = rows[7]!
  const customer = (await world.asNative('GET', `/v1/customers/${customer_id}`)).body
  expect(customer).toMatchObject({ external_id: ids[7], email: `${ids[7]}@example.com` })
  await world.pageOf(setup_url!).submitCard()
  await world.ended(billing_customer_id!)
  expect((await world.asNative('GET', `/v1/billing_customers/${billing_customer_id}`)).body.status).toBe('active')
  expect(rowsOf(await results(id))[7]).toMatchObject({ status: 'active', setup_url: '' })
})

test('what a row asks for is deleted when it is done, and no error holds it', async () => {
  const { file } = contactsFile(world, 5)
  const { id } = (await upload(world, `${file}usr_bad,Ada Secret,adasecret\n`, { query: `${fast}&on_invalid=skip` }))
    .body
  await untilStatus(world, id, 'completed')
  expect(await world.sql`select 1 from bulk_rows where bulk_id = ${id} and input is not null`).toHaveLength(0)
  const stored = (await everythingStored(world.sql)).join('\n')
  for (const text of ['Ada Secret', 'adasecret']) expect(stored).not.toContain(text)
})

test('the same file again makes nothing twice, nor does it twice at once', async () => {
  const { file, ids } = contactsFile(world, 60)
  const uploads = []
  for (let i = 0; i < 2; i++) uploads.push((await upload(world, file, { query: fast })).body.id)
  for (const id of uploads) await untilStatus(world, id, 'completed')
  const third = (await upload(world, file, { query: fast })).body.id
  await untilStatus(world, third, 'completed')
  const [made] = await world.sql`
    select count(distinct c.id)::integer as customers, count(distinct b.id)::integer as billing_customers,
      count(distinct o.id)::integer as onboardings
    from customers c join billing_customers b on b.customer_id = c.id join onboardings o on o.billing_customer_id = b.id
    where c.external_id in ${world.sql(ids)}`
  expect(made).toEqual({ customers: 60, billingCustomers: 60, onboardings: 60 })
  const [first, second, last] = await Promise.all([...uploads, third].map(async (id) => rowsOf(await results(id))))
  for (const [i] of ids.entries()) {
    expect([first![i]!.existing, second![i]!.existing].sort()).toEqual(['false', 'true'])
    expect(last![i]).toMatchObject({ existing: 'true', billing_customer_id: first![i]!.billing_customer_id })
  }
})

test('the profile of an existing customer is kept, or updated if asked', async () => {
  const external_id = `usr_${randomUUID()}`
  await world.asNative('POST', '/v1/customers', { external_id, name: 'Before', phone: '+27123456789' })
  const file = `external_id,name\n${external_id},After\n`
  const nameAfter = async (query: string) => {
    await untilStatus(world, (await upload(world, file, { query })).body.id, 'completed')
    return (await world.asNative('GET', `/v1/customers/${external_id}`)).body
  }
  expect(await nameAfter(fast)).toMatchObject({ name: 'Before' })
  expect(await nameAfter(`${fast}&on_existing_customer=update`)).toMatchObject({ name: 'After', phone: '+27123456789' })
})

test('pause, a changed pace, resume and cancel take effect while rows are worked off', async () => {
  const { file } = contactsFile(world, 300)
  const { id } = (await upload(world, file, { query: '?rows_per_second=20' })).body
  await until(async () => (await bulkOf(world, id)).rows.done >= 5)
  expect((await command(world, id, 'pause')).body).toMatchObject({ status: 'paused', paused_because: 'operator' })
  await until(
    async () => (await (await runOf(world, id)).describe()).typedSearchAttributes.get(blockedOn) === 'operator',
  )
  const { done } = (await bulkOf(world, id)).rows
  const patched = await world.asNative('PATCH', `/v1/bulk_onboardings/${id}`, { rows_per_second: 100 })
  expect(patched.body).toMatchObject({ status: 'paused', rows_per_second: 100 })
  expect((await bulkOf(world, id)).rows.done).toBe(done)
  expect((await command(world, id, 'resume')).body).toMatchObject({ status: 'running', paused_because: null })
  await until(async () => (await bulkOf(world, id)).rows.done >= done + 30)
  const canceled = (await command(world, id, 'cancel')).body
  expect(canceled.status).toBe('canceled')
  // Rows that were being onboarded at that moment are done before the run ends.
  await expect((await runOf(world, id)).result()).rejects.toMatchObject({ cause: { type: 'BulkCanceled' } })
  const end = (await bulkOf(world, id)).rows
  expect(end.done + end.skipped).toBe(300)
  expect(end.skipped).toBeGreaterThan(0)
  expect((await bulkOf(world, id)).rows).toEqual(end)
  expect((await command(world, id, 'resume')).body).toMatchObject({ status: 409, code: 'bulk_onboarding_state' })
})

const blockedOn = (await import('../../workflows/messages.ts')).searchAttributes.blockedOn

test('operators pause, change the pace, resume and cancel in Temporal UI', async () => {
  const { file } = contactsFile(world, 300)
  const { id } = (await upload(world, file, { query: '?rows_per_second=10' })).body
  const run = await runOf(world, id)
  await until(async () => (await bulkOf(world, id)).rows.done >= 1)
  expect(await run.executeUpdate('pause')).toBe('done')
  expect((await bulkOf(world, id)).status).toBe('paused')
  expect(await run.executeUpdate('setRate', { args: [{ rowsPerSecond: 50 }] })).toBe('done')
  for (const wrong of [{}, { rowsPerSecond: 1000 }, { rowsPerSecond: 5, card: '4242 4242 4242 4242' }, 'fast'])
    await expect(run.executeUpdate('setRate', { args: [wrong] })).rejects.toThrow()
  expect(await run.executeUpdate('resume')).toBe('done')
  expect(await bulkOf(world, id)).toMatchObject({ status: 'running', rows_per_second: 50 })
  await run.cancel()
  await untilStatus(world, id, 'canceled')
  await expect(run.result()).rejects.toThrow(WorkflowFailedError)
})

test('rows that fail in a row with one code pause it; failed rows can be retried', async () => {
  const { file, ids } = contactsFile(world, 60)
  const { item_id } = world.seeds
  const query = `${fast}&dry_run=true&billable_item_id=${item_id}`
  const { id } = (await upload(world, file, { query })).body
  await world.admin('set-item', {
    organization: world.seeds.org_id,
    environment: 'sandbox',
    item: item_id,
    status: 'inactive',
  })
  await command(world, id, 'start')
  const paused = await untilStatus(world, id, 'paused')
  expect(paused).toMatchObject({ paused_because: 'many_failures', rows: { done: 0 } })
  expect(paused.rows.failed).toBeGreaterThanOrEqual(20)
  expect(paused.rows.failed).toBeLessThan(30)
  expect(paused.errors[0]).toMatchObject({ code: 'invalid_request', param: 'billable_item_id', row: 1 })
  expect(await world.sql`select 1 from customers where external_id in ${world.sql(ids)}`).toHaveLength(0)
  await world.admin('set-item', {
    organization: world.seeds.org_id,
    environment: 'sandbox',
    item: item_id,
    status: 'active',
  })
  await command(world, id, 'retry_failed')
  await command(world, id, 'resume')
  expect((await untilStatus(world, id, 'completed')).rows).toMatchObject({ done: 60, failed: 0 })
})

test('results are the same cells for another CSV library, and formulas are escaped', async () => {
  const formula = `=cmd|' /C calc'!A${randomUUID()}`
  const quoted = `'${formula}`
  const rows = [`"${formula}","Ada, ""the"" first"`, `usr_${randomUUID()},"two\nlines"`, `"${quoted}",Bob`]
  const file = `external_id,name\n${rows.join('\n')}\n`
  const { id } = (await upload(world, file, { query: `${fast}&on_invalid=skip` })).body
  await untilStatus(world, id, 'completed')
  const csv = await results(id)
  expect(csv.startsWith('\ufeffrow,external_id,state,')).toBe(true)
  const other = Papa.parse<Record<string, string>>(csv, { header: true, skipEmptyLines: true }).data
  expect(other).toEqual(rowsOf(csv))
  expect(other[0]!.external_id).toBe(`'${formula}`)
  expect(other[2]!.external_id).toBe(`'${quoted}`)
  expect(other[1]).toMatchObject({ state: 'invalid', error_param: 'name', setup_url: '' })
  const lines = (await results(id, 'application/x-ndjson')).trim().split('\n')
  expect(JSON.parse(lines[0]!)).toMatchObject({ row: 1, external_id: formula, existing: false, state: 'done' })
  // The results, as a spreadsheet saves them, are the same contacts.
  const again = (await upload(world, csv, { query: `${fast}&on_invalid=skip` })).body
  await untilStatus(world, again.id, 'completed')
  const repeated = rowsOf(await results(again.id))
  for (const [i, id] of [formula, quoted].entries())
    expect(repeated[i * 2]).toMatchObject({ existing: 'true', external_id: `'${id}` })
})

test('setup links in results require the scope for them', async () => {
  const { id } = (await upload(world, contactsFile(world, 2).file, { query: fast })).body
  await untilStatus(world, id, 'completed')
  const scopes = ['bulk_onboardings:read']
  const { secret } = (await world.asNative('POST', '/v1/api_keys', { scopes })).body
  expect(rowsOf(await results(id, 'text/csv', secret)).map((row) => row.setup_url)).toEqual(['', ''])
  for (const row of rowsOf(await results(id))) expect((await fetch(row.setup_url!)).status).toBe(200)
})

test('runs start one after another, and a customer who pays earlier is not kept waiting', async () => {
  const { file } = contactsFile(world, 30)
  const { id } = (await upload(world, file, { query: '?rows_per_second=100&starts_per_second=1' })).body
  await untilStatus(world, id, 'completed')
  const waits = await world.sql<{ n: number; wait: number }[]>`
    select r.n, extract(epoch from o.wake_at - b.starts_from)::float8 as wait
    from bulk_rows r join onboardings o on o.id = r.onboarding_id join bulk_onboardings b on b.id = r.bulk_id
    where r.bulk_id = ${id} and o.started_at is null order by r.n`
  expect(waits.length).toBeGreaterThan(10)
  for (const { n, wait } of waits) expect(wait).toBeGreaterThan(n - 1.5)
  const last = rowsOf(await results(id))[29]!
  await world.pageOf(last.setup_url!).submitCard()
  await world.ended(last.billing_customer_id!)
  expect((await world.asNative('GET', `/v1/billing_customers/${last.billing_customer_id}`)).body.status).toBe('active')
})

test('a run that is terminated is started again, and every row is done', async () => {
  const { file } = contactsFile(world, 200)
  const { id } = (await upload(world, file, { query: '?rows_per_second=20' })).body
  await until(async () => (await bulkOf(world, id)).rows.done >= 3)
  await (await runOf(world, id)).terminate('test')
  await world.sql`update bulk_onboardings set wake_at = now() where id = ${id}`
  await world.asNative('PATCH', `/v1/bulk_onboardings/${id}`, { rows_per_second: 100 })
  expect((await untilStatus(world, id, 'completed')).rows).toMatchObject({ done: 200, failed: 0 })
})
