import { request as httpRequest } from 'node:http'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'
import { contactsFile, upload } from './bulk.ts'

// Uploads and downloads take minutes. Their API key, or the process, can end meanwhile.

let world: World
beforeAll(async () => {
  world = await createWorld({ worker: false })
})
afterAll(() => world.close())

async function newKey(): Promise<{ id: string; secret: string }> {
  const { body } = await world.asNative('POST', '/v1/api_keys', { name: 'import', scopes: ['*'] })
  world.secrets.add(body.secret)
  return body
}
const revoke = (id: string) => world.asNative('POST', `/v1/api_keys/${id}/revoke`, {})

/** Starts the download of more rows than one page has, and runs `work` while the first page cannot be read. */
async function download(key: string, work: () => Promise<unknown>): Promise<Promise<string>> {
  const { body } = await upload(world, contactsFile(world, 1_001).file, { query: '?dry_run=true' })
  const path = `${world.apiUrl}/v1/bulk_onboardings/${body.id}/results`
  let text: Promise<string> | undefined
  await world.sql.begin(async (sql) => {
    await sql`lock table bulk_rows in access exclusive mode`
    const response = await fetch(path, { headers: { Authorization: `Bearer ${key}` } })
    expect(response.status).toBe(200)
    text = response.text()
    text.catch(() => {})
    await work()
  })
  return text!
}
const waitingForRows = () => world.sql<{ pid: number }[]>`
  select pid from pg_stat_activity
  where datname = current_database() and wait_event_type = 'Lock' and query like '%from bulk_rows%'`

test('a download whose key is revoked meanwhile is cut, because it would sign more setup links', async () => {
  const { id, secret } = await newKey()
  await expect(download(secret, () => revoke(id))).rejects.toThrow()
  expect((await download(world.seeds.secret_key, () => revoke(id))).trimEnd().split('\n')).toHaveLength(1_002)
})

test('a download whose rows cannot be read is cut: it must not look complete', async () => {
  const cancelRead = async () => {
    const [row] = await until(waitingForRows, (found) => found.length > 0)
    await world.sql`select pg_cancel_backend(${row!.pid})`
    await until(waitingForRows, (found) => found.length === 0)
  }
  await expect(download(world.seeds.secret_key, cancelRead)).rejects.toThrow()
})

test('an upload whose key is revoked meanwhile is 401, and leaves nothing behind', async () => {
  const { id, secret } = await newKey()
  const { hostname, port } = new URL(world.apiUrl)
  const headers = { Authorization: `Bearer ${secret}`, 'Content-Type': 'text/csv' }
  const call = httpRequest({ hostname, port, method: 'POST', path: '/v1/bulk_onboardings', headers })
  const answered = new Promise((resolve) => call.on('response', ({ statusCode }) => resolve(statusCode)))
  call.write(contactsFile(world, 2_000).file)
  const stored = () => world.sql`select 1 from bulk_onboardings where created_by = ${id}`
  await until(async () => (await stored()).length === 1)
  expect((await revoke(id)).status).toBe(200)
  call.end()
  expect(await answered).toBe(401)
  expect(await stored()).toHaveLength(0)
})

test('an upload that was stored but could not be started is started by a repeat', async () => {
  const { file } = contactsFile(world, 2)
  const headers = { 'Idempotency-Key': randomUUID() }
  await world.sql.unsafe(`
    create function not_now() returns trigger language plpgsql as $$ begin
      raise exception 'not now' using errcode = '57014'; end $$;
    create trigger not_now before update on bulk_onboardings for each row
      when (new.status = 'running') execute function not_now()`)
  expect((await upload(world, file, { headers })).status).toBe(503)
  await world.sql.unsafe('drop trigger not_now on bulk_onboardings; drop function not_now()')
  const repeated = await upload(world, file, { headers })
  expect(repeated.headers.get('Idempotent-Replayed')).toBe('true')
  expect(repeated.body).toMatchObject({ status: 'running', rows: { total: 2, ready: 2 } })
  const dry = { headers: { 'Idempotency-Key': randomUUID() }, query: '?dry_run=true' }
  for (let i = 0; i < 2; i++) expect((await upload(world, file, dry)).body.status).toBe('checked')
})
