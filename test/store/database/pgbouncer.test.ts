import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { chownSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { freePort } from '../../../tools/local/ports.ts'
import { openDatabase } from '../../../store/database/database.ts'
import { requireUsableServer } from '../../../store/schema/usable-server.ts'
import { freshDatabase, type TestDatabase } from '../../support/servers/database.ts'
import { temporaryFolder } from '../../../tools/local/folders.ts'
import { until } from '../../support/until.ts'

const program = process.env.PGBOUNCER ?? 'pgbouncer'
const isHere = spawnSync(program, ['--version']).status === 0

let database: TestDatabase
beforeAll(async () => void (database = await freshDatabase()))
afterAll(() => database.drop())

const running: { bouncer: ChildProcess; folder: string }[] = []
afterEach(async () => {
  for (const { bouncer, folder } of running.splice(0)) {
    bouncer.kill('SIGKILL')
    await until(() => bouncer.exitCode !== null || bouncer.signalCode !== null)
    rmSync(folder, { recursive: true, force: true })
  }
})

/** Starts PgBouncer in front of the test database. Returns the URL through it. */
async function startPgBouncer(mode: 'session' | 'transaction' | 'statement', settings = ''): Promise<string> {
  const folder = temporaryFolder('pgbouncer')
  const url = new URL(database.url)
  const port = await freePort()
  const files = { ini: join(folder, 'ini'), users: join(folder, 'users') }
  writeFileSync(
    files.ini,
    `[databases]
* = host=${url.hostname} port=${url.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${files.users}
pool_mode = ${mode}
default_pool_size = 50
${settings}
`,
  )
  writeFileSync(files.users, `"${url.username}" "${decodeURIComponent(url.password)}"\n`)
  // PgBouncer refuses to run as root.
  const account = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
  if (account.uid) for (const path of [folder, ...Object.values(files)]) chownSync(path, account.uid, account.gid)
  const bouncer = spawn(program, [files.ini], { ...account, stdio: 'ignore' })
  running.push({ bouncer, folder })
  url.port = String(port)
  const sql = openDatabase(url.href, { name: 'first', max: 1 })
  await until(() => sql`select 1`.then(Boolean, () => false))
  await sql.end({ timeout: 1 })
  return url.href
}

const without = `(skipped without ${program} or PGBOUNCER)`

test.skipIf(!isHere)(`session mode works like PostgreSQL itself, without further settings ${without}`, async () => {
  const url = await startPgBouncer('session')
  expect(await requireUsableServer(url)).toBe(true)
  const sql = openDatabase(url, { name: 'bounced', max: 6, statementTimeout: 3_000, transactionTimeout: 4_000 })
  await sql`create table if not exists counted (n integer not null)`
  await sql`insert into counted values (0)`
  const limits = await Promise.all([
    sql`select current_setting('statement_timeout') as limit`,
    sql.begin((t) => t`select current_setting('idle_in_transaction_session_timeout') as limit`),
  ])
  expect(limits.flat()).toEqual([{ limit: '3s' }, { limit: '4s' }])
  // Many concurrent prepared statements, transactions and statements outside of transactions.
  const rows = await Promise.all(
    Array.from({ length: 300 }, (_, i) =>
      i % 3 === 0
        ? sql.begin(async (t) => {
            await t`update counted set n = n + ${1}`
            return t`select ${i}::integer as i`
          })
        : sql`select ${i}::integer as i`,
    ),
  )
  expect(rows.map(([row]) => row!.i)).toEqual(Array.from({ length: 300 }, (_, i) => i))
  expect(await sql`select n from counted`).toEqual([{ n: 100 }])
  await expect(sql`select pg_sleep(30)`).rejects.toMatchObject({ code: '57014' })
  const left = sql.begin(async (t) => {
    await t`update counted set n = 0`
    await new Promise((resolve) => setTimeout(resolve, 5_500))
    await t`select 1`
  })
  await expect(left).rejects.toThrow()
  expect(await sql`select n from counted`).toEqual([{ n: 100 }])
  await sql.end({ timeout: 5 })
})

test.skipIf(!isHere).each([
  ['transaction', ''],
  ['transaction', 'server_round_robin = 1'],
  ['transaction', 'ignore_startup_parameters = extra_float_digits, statement_timeout, transaction_timeout'],
  ['statement', ''],
] as const)(`%s mode is rejected at startup %s ${without}`, async (mode, settings) => {
  const url = await startPgBouncer(mode, settings)
  await expect(requireUsableServer(url)).rejects.toThrow(/^the connection pooler .* use session mode/)
})
