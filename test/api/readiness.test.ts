import { randomUUID } from 'node:crypto'
import { Connection } from '@temporalio/client'
import Long from 'long'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApp } from '../../api/app.ts'
import { checkServices } from '../../api/ready.ts'
import { clientOptions } from '../../runtime/temporal.ts'
import { openDatabase } from '../../store/database/database.ts'
import { relayTo } from '../support/servers/relay.ts'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'
import { startApi } from '../support/world/api.ts'
import { searchAttributeNames } from '../../domain/onboarding/search-attributes.ts'

let world: World
const closers: (() => unknown)[] = []
beforeAll(async () => void (world = await createWorld({ worker: false, listen: true })))
afterAll(async () => {
  for (const close of closers.reverse()) await close()
  await world.close()
})

/**
 * What /readyz of an API with a pool of its own says, and what a call is answered. On a busy machine a server may take
 * longer than /readyz waits, so it is asked until it says what it should.
 */
async function apiAt(url: string, connection = world.connection) {
  const sql = openDatabase(url, { name: 'readiness', max: 4 })
  closers.push(() => sql.end({ timeout: 1 }))
  const api = await startApi(
    { ...world, sql, databaseUrl: url, connection },
    world.gateways,
    {},
    (close) => void closers.push(close),
  )
  return {
    async ready() {
      const answer = await fetch(`${api}/readyz`)
      return { status: answer.status, body: await answer.json() }
    },
    call: async () => {
      const headers = { Authorization: `Bearer ${world.seeds.secret_key}` }
      return (await fetch(`${api}/v1/customers`, { headers })).status
    },
  }
}

test('is ready when it can serve calls', async () => {
  const { ready, call } = await apiAt(world.databaseUrl)
  await expect.poll(ready).toEqual({ status: 200, body: { database: true, temporal: true } })
  expect(await call()).toBe(200)
})

test('is ready without Temporal, because calls are accepted, and reports that it is down', async () => {
  const nowhere = Connection.lazy(clientOptions({ address: '127.0.0.1:1' }))
  closers.push(() => nowhere.close())
  const { ready, call } = await apiAt(world.databaseUrl, nowhere)
  await expect.poll(ready).toEqual({ status: 200, body: { database: true, temporal: false } })
  expect(await call()).toBe(200)
})

test('names search attributes that Temporal lacks, and accepts calls', async () => {
  const namespace = `without-attributes-${randomUUID()}`
  const { connection, sql: database, log } = world
  const retention = { seconds: Long.fromNumber(86_400) }
  await connection.workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: retention })
  const checks = checkServices({ database, connection, namespace, log })
  const app = createApp({ rateLimit: { store: 'memory', perMinute: 1, failuresPerMinute: 1 }, log } as never, checks)
  const ready = async () => {
    const answer = await app.request('/readyz')
    return { status: answer.status, body: (await answer.json()) as object }
  }
  // The server knows a new namespace a moment late.
  const told = await until(ready, ({ body }) => 'missing_search_attributes' in body)
  const missing_search_attributes = searchAttributeNames
  expect(told).toEqual({ status: 200, body: { database: true, temporal: true, missing_search_attributes } })
})

test('is not ready if the server rejects writes, or lacks the table that each call reads', async () => {
  const options = encodeURIComponent('-c default_transaction_read_only=on')
  const { ready } = await apiAt(`${world.databaseUrl}?options=${options}`)
  let message = 'PostgreSQL is read-only'
  await expect.poll(ready).toEqual({ status: 503, body: { database: false, temporal: true, message } })

  const writable = await apiAt(world.databaseUrl)
  await world.sql`alter table api_keys rename to api_keys_elsewhere`
  message = 'PostgreSQL rejects statements (42P01)'
  await expect.poll(writable.ready).toEqual({ status: 503, body: { database: false, temporal: true, message } })
  await world.sql`alter table api_keys_elsewhere rename to api_keys`
  await expect.poll(writable.ready).toMatchObject({ status: 200 })
})

test('is not ready if the server rejects every call, even if a statement on another pool succeeds', async () => {
  const relay = await relayTo(world.databaseUrl, {
    start: ({ application_name: name = '' }) =>
      name.endsWith('readiness') ? { code: '42704', message: 'unrecognized configuration parameter' } : undefined,
  })
  closers.push(() => relay.close())
  const { ready, call } = await apiAt(relay.url)
  const message = 'PostgreSQL rejects statements (42704)'
  await expect.poll(ready).toEqual({ status: 503, body: { database: false, temporal: true, message } })
  expect(await call()).toBe(500)
  expect(world.logged.filter((line) => line.includes(message))).toHaveLength(1)
})

test('is not ready if the role cannot read our tables', async () => {
  await world.sql.unsafe(`create role reader login password 'only-for-tests'`)
  const { ready, call } = await apiAt(
    Object.assign(new URL(world.databaseUrl), { username: 'reader', password: 'only-for-tests' }).href,
  )
  const message = 'PostgreSQL rejects statements (42501)'
  await expect.poll(ready).toEqual({ status: 503, body: { database: false, temporal: true, message } })
  expect(await call()).toBe(500)
  await world.sql.unsafe('drop role reader')
})

const remedy = 'run "npm run migrate" (in a container: node dist/admin/migrate.js)'

test('reports a schema that is missing, older or newer', async () => {
  const { ready } = await apiAt(world.databaseUrl)
  const migrations = await world.sql<{ name: string }[]>`select name from migrations order by name`
  const last = migrations.at(-1)!.name

  await world.sql`update migrations set name = '9999_of_another_release.sql' where name = ${last}`
  let message = `the schema lacks ${last}: ${remedy}`
  await expect.poll(ready).toEqual({ status: 503, body: { database: false, temporal: true, message } })
  await world.sql`insert into migrations (name, hash) values (${last}, '')`
  // While a release is rolled out, the earlier one goes on.
  message = 'the schema is newer than this program: it has 9999_of_another_release.sql'
  await expect.poll(ready).toEqual({ status: 200, body: { database: true, temporal: true, message } })
  await world.sql`alter table migrations rename to migrations_elsewhere`
  message = `the schema is missing: ${remedy}`
  await expect.poll(ready).toEqual({ status: 503, body: { database: false, temporal: true, message } })
  await world.sql`alter table migrations_elsewhere rename to migrations`
  await world.sql`delete from migrations where name like '9999%'`
  await expect.poll(ready).toMatchObject({ body: { database: true, temporal: true } })
})
