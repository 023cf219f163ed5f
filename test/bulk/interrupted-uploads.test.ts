import { randomUUID } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { forgetBulks } from '../../store/bulk/forget.ts'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'
import { contactsFile, upload } from './bulk.ts'

// Uploads that are slow, interrupted, lost or rejected.

let world: World
beforeAll(async () => {
  world = await createWorld({ worker: false })
})
afterAll(() => world.close())

/** Sends the beginning of a file. `call` can send the rest or be destroyed; `answered` is the status, if any. */
function slowUpload(file: string, headers: Record<string, string> = {}) {
  const { hostname, port } = new URL(world.apiUrl)
  const call = httpRequest({
    ...{ hostname, port, method: 'POST', path: '/v1/bulk_onboardings' },
    headers: { Authorization: `Bearer ${world.seeds.secret_key}`, 'Content-Type': 'text/csv', ...headers },
  })
  const answered = new Promise<number | undefined>((resolve) => {
    call.on('response', (response) => resolve(response.statusCode))
    call.on('error', () => resolve(undefined))
  })
  call.write(file)
  return { call, answered }
}
const receiving = async () =>
  (await world.sql<{ id: string }[]>`select id from bulk_onboardings where status = 'receiving'`).map(({ id }) => id)

test('an interrupted upload leaves nothing behind, and its key can be used again', async () => {
  const { file } = contactsFile(world, 2_000)
  const headers = { 'Idempotency-Key': randomUUID() }
  const { call } = slowUpload(file.slice(0, 100_000), headers)
  const [id] = await until(receiving, (found) => found.length === 1)
  await until(async () => (await world.sql`select 1 from bulk_rows where bulk_id = ${id!} limit 1`).length === 1)
  expect((await world.asNative('GET', `/v1/bulk_onboardings/${id}`)).status).toBe(404)
  // Another upload of the organization must wait its turn.
  const { status, headers: answered } = await upload(world, file)
  expect([status, answered.get('Retry-After')]).toEqual([429, '5'])
  // In its other environment it need not. There, the service has no gateway.
  const scope = { organization: world.seeds.org_id, environment: 'live', scopes: '*' }
  const { key } = (await world.admin('create-key', scope)) as { key: string }
  world.secrets.add(key)
  expect((await upload(world, file, { key })).body).toMatchObject({ code: 'gateway_missing' })
  call.destroy()
  await until(async () => (await receiving()).length === 0)
  await until(async () => (await world.sql`select 1 from bulk_rows where bulk_id = ${id!} limit 1`).length === 0)
  expect((await upload(world, file, { headers })).body.rows.ready).toBe(2_000)
})

test('while an upload is running, another with its key is 409', async () => {
  const { file } = contactsFile(world, 300)
  const key = randomUUID()
  const { call, answered } = slowUpload(file, { 'Idempotency-Key': key })
  await until(async () => (await receiving()).length === 1)
  // At another API process, because each limits only its own uploads.
  const other = await createOther()
  const refused = await upload(other, file, { headers: { 'Idempotency-Key': key } })
  expect(refused.body).toMatchObject({ status: 409, code: 'idempotency_in_progress' })
  call.end()
  expect(await answered).toBe(201)
})

/** The same world at another API process. */
async function createOther(): Promise<World> {
  const { startApi } = await import('../support/world/api.ts')
  const url = await startApi(world, world.gateways, {}, () => {})
  return { ...world, request: (path: string, init?: RequestInit) => world.request(`${url}${path}`, init) } as World
}

test('slow uploads of others do not block an upload, but each organization has one', async () => {
  const keys: string[] = []
  for (let i = 0; i < 3; i++) {
    const { id } = (await world.admin('create-organization', { name: `Slow ${i}` })) as { id: string }
    const scope = { organization: id, environment: 'sandbox', scopes: '*' }
    keys.push(((await world.admin('create-key', scope)) as { key: string }).key)
  }
  keys.forEach((key) => world.secrets.add(key))
  const slow = keys.map((key) => slowUpload('external_id\nslow_1\n', { Authorization: `Bearer ${key}` }))
  await until(async () => (await receiving()).length === keys.length)
  expect((await upload(world, contactsFile(world, 300).file)).body).toMatchObject({ rows: { ready: 300 } })
  expect((await upload(world, 'external_id\nx\n', { key: keys[0]! })).status).toBe(429)
  for (const { call, answered } of slow) {
    call.end('slow_2\n')
    expect(await answered).toBe(201)
  }
})

test('an upload whose process died is deleted after 10 minutes', async () => {
  const { call } = slowUpload(contactsFile(world, 900).file)
  const [id] = await until(receiving, (found) => found.length === 1)
  // Nothing more is stored before the rest of the file arrives.
  await until(async () => (await world.sql`select 1 from bulk_rows where bulk_id = ${id!}`).length === 750)
  await forgetBulks(world.sql)
  expect(await receiving()).toEqual([id])
  await world.sql`update bulk_onboardings set received_at = now() - interval '11 minutes' where id = ${id!}`
  await forgetBulks(world.sql)
  expect(await receiving()).toEqual([])
  call.end()
  await sleep(100)
  expect(await world.sql`select 1 from bulk_rows where bulk_id = ${id!}`).toHaveLength(0)
})

const rejected: [what: string, file: string, type?: string][] = [
  ['without a header', 'usr_1,Ada\n'],
  ['without external ids', 'name,email\nAda,ada@example.com\n'],
  ['with a repeated column', 'external_id,External_ID\nusr_1,usr_2\n'],
  ['with an unknown column', 'external_id,nmae\nusr_1,Ada\n'],
  ['with a long header', `external_id,${'x'.repeat(70_000)}\nusr_1,Ada\n`],
  ['with an unclosed quote', 'external_id,name\nusr_1,"Ada\n'],
  ['of another format', '[{"external_id":"usr_1"}]\n', 'application/x-ndjson'],
]

test.each(rejected)('rejected files (%s) do not keep others from uploading', async (_, file, type = 'text/csv') => {
  for (let i = 0; i < 3; i++) expect((await upload(world, file, { type })).status).toBe(400)
  const valid = contactsFile(world, 1).file
  for (const key of [world.seeds.secret_key, world.seeds.other_org.secret_key])
    expect((await upload(world, valid, { key, query: '?dry_run=true' })).status).toBe(201)
})
