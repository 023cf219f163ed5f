import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../../../tools/local/ports.ts'
import { ensureDatabase, startPostgres } from '../../../tools/local/postgres/postgres.ts'
import { silentLog } from '../../../runtime/log.ts'
import { withPassword } from '../../../store/database/connection-string.ts'
import { openDatabase, type Database } from '../../../store/database/database.ts'
import { migrate } from '../../../store/schema/migrate.ts'
import { requireUsableServer } from '../../../store/schema/usable-server.ts'
import { watchStalledTransactions } from '../../../store/database/stalled-transactions.ts'
import { freshDatabase, type TestDatabase } from '../../support/servers/database.ts'
import { relayTo } from '../../support/servers/relay.ts'
import { temporaryFolder } from '../../../tools/local/folders.ts'
import { until } from '../../support/until.ts'

let database: TestDatabase
beforeAll(async () => void (database = await freshDatabase()))
afterAll(() => database.drop())

const limits = { max: 2, statementTimeout: 2_500, transactionTimeout: 5_000 }

/** Returns the limits of a session that its server supports. */
const limitsOf = (sql: Database) => sql<{ name: string; setting: string }[]>`
  select name, setting from pg_settings
  where name in ('statement_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout', 'TimeZone')
  order by name collate "C"`

async function withPool<T>(url: string, work: (sql: Database) => Promise<T>, options: object = limits): Promise<T> {
  const sql = openDatabase(url, { name: 'servers', ...options, max: 2 })
  try {
    return await work(sql)
  } finally {
    await sql.end({ timeout: 1 })
  }
}

// https://www.pgbouncer.org/config.html#ignore_startup_parameters, beside those of every client
const takenByPgBouncer =
  /^(user|database|client_encoding|datestyle|timezone|standard_conforming_strings|application_name)$/i

test.each([
  ['a server without transaction_timeout', /^transaction_timeout$/, '42704'],
  ['a pooler that takes few startup parameters', { test: (name: string) => !takenByPgBouncer.test(name) }, '08P01'],
])('%s is supported, and the limits apply in its sessions', async (_, refused, code) => {
  const relay = await relayTo(database.url, {
    start(parameters) {
      const name = Object.keys(parameters).find((each) => refused.test(each))
      return name ? { code, message: `unrecognized configuration parameter "${name}"` } : undefined
    },
  })
  await requireUsableServer(relay.url)
  const held = await withPool(relay.url, (sql) => Promise.all([limitsOf(sql), sql.begin((t) => limitsOf(t as never))]))
  const [{ version } = { version: 0 }] = await database.sql<{ version: number }[]>`
    select current_setting('server_version_num')::integer as version`
  for (const rows of held)
    expect(rows.map(({ name, setting }) => [name, setting])).toEqual([
      ['TimeZone', 'UTC'],
      ['idle_in_transaction_session_timeout', '5000'],
      ['statement_timeout', '2500'],
      ...(version >= 170_000 ? [['transaction_timeout', '5000']] : []),
    ])
  relay.close()
})

test('a connection on which the limits cannot be set is not used', async () => {
  const wrong = withPool(database.url, (sql) => sql`select 1`, { statementTimeout: 1e15 })
  await expect(wrong).rejects.toMatchObject({ code: '22023' })
})

test('an old server is rejected with one sentence', async () => {
  const [row] = await database.sql<{ version: string }[]>`select current_setting('server_version_num') as version`
  const older = async (version: string) => {
    const relay = await relayTo(database.url, {
      answer: (bytes) => Buffer.from(bytes.toString('latin1').replaceAll(row!.version, version), 'latin1'),
    })
    return requireUsableServer(relay.url).finally(() => relay.close())
  }
  // The version is four bytes as a number and six as text: here it is text.
  await expect(older('140020')).rejects.toThrow('PostgreSQL 14 is too old: PostgreSQL 15 or newer is required')
  expect(await older('150000')).toBe(true)
})

test('a refused connection ends with one sentence, and an unavailable server is checked again later', async () => {
  const url = new URL(database.url)
  const at = (changes: object, timeout?: number) =>
    requireUsableServer(Object.assign(new URL(url), changes).href, timeout ?? 60_000)
  await expect(at({ password: 'another' })).rejects.toThrow(
    'PostgreSQL refuses the connection: password authentication failed for user "postgres"',
  )
  await expect(at({ pathname: '/none' })).rejects.toThrow('database "none" does not exist')
  await expect(at({ search: '?options=-c%20nothing%3D1' })).rejects.toThrow(/unrecognized configuration parameter/)
  for (const mode of ['require', 'verify-full'])
    await expect(at({ search: `?sslmode=${mode}` })).rejects.toThrow('PostgreSQL does not support TLS, which sslmode')
  expect(await at({ search: '?sslmode=prefer' })).toBe(true)
  const closed = String(await freePort())
  for (const search of ['', '?sslmode=require']) expect(await at({ port: closed, search }, 2_000)).toBe(false)

  await database.sql`create database latin template template0 encoding 'SQL_ASCII' locale 'C'`
  await expect(at({ pathname: '/latin' })).rejects.toThrow('has the encoding SQL_ASCII: create one with UTF8')
  await database.sql`drop database latin`
})

test.each(['p/ss', 'p#ss', 'p?ss', 'p%1', 'p%41', 'p@ss/w#rd%1', `'"\\ :`, 'pässwörd €'])(
  'a role with the password %s connects',
  async (password) => {
    const role = `role_${Buffer.from(password).toString('hex')}`
    await database.sql.unsafe(`create role ${role} login password '${password.replaceAll("'", "''")}'`)
    const url = Object.assign(new URL(database.url), { username: role, password: '' }).href
    const who = await withPool(withPassword(url, password), (sql) => sql`select current_user as name`)
    expect(who).toEqual([{ name: role }])
    await database.sql.unsafe(`drop role ${role}`)
  },
)

test('the schema of the connection string contains the tables', async () => {
  await database.sql`create schema "a ""b"`
  const url = `${database.url}?schema=${encodeURIComponent('a "b')}`
  const applied = await withPool(url, (sql) => migrate(sql))
  expect(applied.length).toBeGreaterThan(10)
  const [found] =
    await database.sql`select schemaname from pg_tables where tablename = 'customers' and schemaname <> 'public'`
  expect(found).toEqual({ schemaname: 'a "b' })
  await database.sql`drop schema "a ""b" cascade`
})

const debian = '/usr/lib/postgresql/15'
test.skipIf(!existsSync(join(debian, 'bin/postgres')))(
  `PostgreSQL 15 by its Unix socket (skipped without ${debian})`,
  async () => {
    const folder = temporaryFolder('postgres-15')
    const port = await freePort()
    const server = await startPostgres({
      folder: join(folder, 'server'),
      port,
      password: 'p@ss/w#rd%1',
      programs: debian,
      unsafe: true,
      settings: { unix_socket_directories: '/tmp' },
      logFile: join(folder, 'log'),
    })
    await ensureDatabase(server, 'app')
    const direct = server.url('app')
    const url = `postgres:///app?host=/tmp&port=${port}&user=postgres&password=${encodeURIComponent('p@ss/w#rd%1')}`
    await requireUsableServer(url)
    await withPool(url, async (sql) => {
      const [row] = await sql<{ version: string; address: string | null }[]>`
        select current_setting('server_version') as version, inet_server_addr() as address`
      expect(row).toEqual({ version: expect.stringMatching(/^15\./), address: null })
      expect((await migrate(sql)).length).toBeGreaterThan(10)
      expect((await limitsOf(sql)).map(({ setting }) => setting)).toEqual(['UTC', '5000', '2500'])
      // A process is frozen in a transaction: its session and its locks end.
      const relay = await relayTo(direct, { stopsAfter: 'between two messages' })
      for (const statement of ['select 1', 'select $1::integer as "between two messages"']) {
        const frozen = openDatabase(relay.url, { name: 'frozen', max: 2, transactionTimeout: 500 })
        const left = frozen.begin(async (t) => {
          await t`select pg_advisory_xact_lock(1)`
          await t.unsafe(statement, statement.includes('$1') ? [1] : [])
          await new Promise((resolve) => setTimeout(resolve, 2_000))
          await t`select 1`
        })
        const ended = expect(left).rejects.toThrow()
        await until(async () => (await sql`select 1 from pg_locks where locktype = 'advisory'`).length === 1)
        const stopWatch = watchStalledTransactions(sql, silentLog, 500)
        await until(async () => (await sql`select 1 from pg_locks where locktype = 'advisory'`).length === 0)
        stopWatch()
        await ended
        await frozen.end({ timeout: 1 })
      }
      relay.close()
    })
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  },
)
