import { connect, createServer, type AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { openDatabase, type Database } from '../../../store/database/database.ts'
import { freshDatabase, type TestDatabase } from '../../support/servers/database.ts'
import { until } from '../../support/until.ts'

// One example of each wrong answer and each hang that `npm run torture` has found in the driver (docs/decisions/0007).

let database: TestDatabase
beforeAll(async () => void (database = await freshDatabase()))
afterAll(() => database.drop())
/** One connection, which all statements share. */
let sql: Database
beforeEach(() => void (sql = openDatabase(database.url, { name: 'mends', max: 1 })))
afterEach(() => sql.end({ timeout: 5 }))

const echo = (on: Database, number: number) => on`select ${number}::integer as number`.then(([row]) => row)

test('a statement that cannot be encoded fails alone, whatever was sent before and after it', async () => {
  await Promise.all([echo(sql, 0), sql`select ${new Date(0)}::timestamptz as moment`])
  const answers = await Promise.allSettled([
    echo(sql, 1),
    echo(sql, 2),
    sql`select ${new Date(NaN)}::timestamptz as moment`,
    sql`select ${undefined as never}::text as nothing`,
    echo(sql, 3),
    echo(sql, 4),
  ])
  const codes = answers.map((answer) =>
    answer.status === 'fulfilled' ? answer.value : (answer.reason as { code?: string; name: string }),
  )
  expect(codes).toMatchObject([
    { number: 1 },
    { number: 2 },
    { name: 'RangeError' },
    { code: 'UNDEFINED_VALUE' },
    { number: 3 },
    { number: 4 },
  ])
})

test('a retried statement waits for one behind it that is sent in two messages', async () => {
  await sql`create table reshaped (value text)`
  await sql`insert into reshaped values ('1')`
  const ask = (number: number) => sql`select value, ${number}::integer as number, ${'x'}::text as text from reshaped`
  const unprepared = (number: number) =>
    sql.unsafe<{ number: number }[]>('select $1::integer as number, $2::text as text', [number, 'y'])
  await ask(1)
  for (const [turn, type] of ['varchar(9)', 'text', 'varchar(9)', 'text'].entries()) {
    await database.sql.unsafe(`alter table reshaped alter column value type ${type}`)
    // Sent at once: one that is asked again, one of the same kind, and one that the server describes first.
    const asked = [ask(turn), ask(turn + 10), unprepared(turn + 20)]
    const answers = await Promise.all(asked.map((each) => each.then(([row]) => row)))
    expect(answers).toEqual([
      { value: '1', number: turn, text: 'x' },
      { value: '1', number: turn + 10, text: 'x' },
      { number: turn + 20, text: 'y' },
    ])
    expect(await echo(sql, turn)).toEqual({ number: turn })
  }
})

test('a retried statement is not part of the transaction that begins behind it', async () => {
  await sql`create table kept (value text)`
  const keep = () => sql`insert into kept values (${'1'}) returning *`
  await keep()
  await database.sql.unsafe('alter table kept add column more text')
  const [kept, rolledBack] = await Promise.allSettled([
    keep().execute(),
    sql.begin(async (transaction) => {
      await transaction`select 1`
      throw new Error('rolled back')
    }),
  ])
  expect([kept, rolledBack]).toMatchObject([
    { value: [{ value: '1', more: null }] },
    { reason: { message: 'rolled back' } },
  ])
  expect(await sql`select from kept`).toHaveLength(2)
})

test('a prepared statement whose table has changed is retried with the same values, beside others', async () => {
  await sql`create table changing (value text)`
  await sql`insert into changing values ('1')`
  const ask = () => sql`select value, ${true}::boolean as truth, ${sql.json({ a: 1 })}::jsonb as json from changing`
  const right = [{ value: '1', truth: true, json: { a: 1 } }]
  for (const type of ['varchar(9)', 'text', 'varchar(9)']) {
    expect([...(await ask())]).toEqual(right)
    await database.sql.unsafe(`alter table changing alter column value type ${type}`)
    const [one, again, other] = await Promise.all([echo(sql, 1), ask(), echo(sql, 2)])
    expect([one, [...again], other]).toEqual([{ number: 1 }, right, { number: 2 }])
    // In a transaction it fails once, and not for as long as the connection lives.
    await database.sql.unsafe('alter table changing alter column value type char(1)')
    await sql.begin((transaction) => transaction`select value from changing`).catch(() => {})
    await database.sql.unsafe(`alter table changing alter column value type ${type}`)
  }
  await sql`select value from changing where ${1} = 1`
  const inside = () => sql.begin((transaction) => transaction`select value from changing where ${1} = 1`)
  await inside()
  await database.sql.unsafe('alter table changing alter column value type char(1)')
  await expect(inside()).rejects.toMatchObject({ code: '0A000' })
  expect([...(await inside())]).toEqual([{ value: '1' }])
})

test('when one branch of a transaction fails, the others have no effect', async () => {
  const pool = openDatabase(database.url, { name: 'branches', max: 2 })
  await sql`create table branched (what text)`
  const late: Promise<unknown>[] = []
  const failed = pool.begin(async (transaction) => {
    const goesOn = async () => {
      await transaction`select pg_sleep(0.05)`.catch(() => {})
      for (let i = 0; i < 20; i++) {
        await new Promise((resolve) => setTimeout(resolve, 2))
        await transaction`insert into branched values ('late')`
      }
    }
    late.push(goesOn())
    await Promise.all([transaction`select 1 / 0`, ...late])
  })
  await expect(failed).rejects.toMatchObject({ code: '22012' })
  for (let i = 0; i < 20; i++)
    await pool.begin(async (transaction) => void (await transaction`insert into branched values ('next')`))
  // 25P02: it was sent before the rollback was.
  await expect(late[0]).rejects.toMatchObject({ code: expect.stringMatching(/^(TRANSACTION_ENDED|25P02)$/) })
  expect([...(await sql`select what, count(*) as n from branched group by what`)]).toEqual([{ what: 'next', n: 20 }])
  await pool.end({ timeout: 5 })
})

test('a transaction that the server rolled back at its end has failed', async () => {
  const refused = sql.begin(async (transaction) => {
    // The savepoint cannot be rolled back to, and only the savepoint is told.
    const savepoint = transaction.savepoint(async (inside) => {
      await inside`release savepoint s0`
      await inside`select 1 / 0`
    })
    await expect(savepoint).rejects.toMatchObject({ code: '3B001' })
  })
  await expect(refused).rejects.toMatchObject({ code: 'TRANSACTION_ROLLED_BACK' })
  expect(await echo(sql, 1)).toEqual({ number: 1 })
})

test('a commit that fails with the error of an unawaited statement is not resent and counted', async () => {
  await sql`create table deferred (value integer)`
  await sql.unsafe(`
    create function run_forgotten() returns trigger language plpgsql as $$ begin execute 'execute forgotten'; end $$;
    create constraint trigger at_commit after insert on deferred deferrable initially deferred
      for each row execute function run_forgotten()`)
  await sql.begin((tx) => echo(tx as never, 1))
  await expect(sql.begin((tx) => tx`insert into deferred values (1)`)).rejects.toMatchObject({ code: '26000' })
  expect(await sql`select * from deferred`).toHaveLength(0)
  await expect(sql.begin((tx) => echo(tx as never, 2))).resolves.toEqual({ number: 2 })
})

test('when a connection is lost, queued statements of a transaction fail', async () => {
  const pool = openDatabase(database.url, { name: 'waiting', max: 2 })
  const asked: Promise<unknown>[] = []
  const lost = pool.begin(async (transaction) => {
    asked.push(transaction`select ${1}::integer, pg_terminate_backend(pg_backend_pid()), pg_sleep(1)`.then())
    for (let i = 0; i < 5; i++) asked.push(transaction`select ${i}::integer as n, ${String(i)}::text as text`.then())
    await Promise.all(asked)
  })
  await expect(lost).rejects.toThrow()
  expect((await Promise.allSettled(asked)).map(({ status }) => status)).toEqual(asked.map(() => 'rejected'))
  expect([...(await pool.begin((transaction) => transaction`select 1 as one`))]).toEqual([{ one: 1 }])
  await pool.end({ timeout: 5 })
})

test('when the server closes each connection at once, statements fail without waiting for a time limit', async () => {
  const server = createServer((client) => client.end()).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  const away = openDatabase(`postgres://nobody@127.0.0.1:${port}/nothing`, { name: 'away', max: 2 })
  const began = Date.now()
  await expect(away`select 1`).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' })
  await expect(away.begin((transaction) => transaction`select 1`)).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' })
  // Each would otherwise wait for the connection timeout of two seconds.
  expect(Date.now() - began).toBeLessThan(3_000)
  await away.end({ timeout: 1 })
  server.close()
})

// The server's answer to the driver's question about types is replaced by an error, as after a statement time-out.
test('a connection that could not read which types are arrays is not used', async () => {
  const url = new URL(database.url)
  const port = Number(url.port)
  let failures = 0
  const relay = createServer((client) => {
    const server = connect(port, '127.0.0.1')
    for (const socket of [client, server]) socket.on('error', () => {})
    client.on('close', () => server.destroy())
    server.pipe(client)
    client.on('data', (part: Buffer) => server.write(failures < 3 ? spoil(part) : part))
  }).listen(0, '127.0.0.1')
  const spoil = (part: Buffer): Buffer => {
    const at = part.indexOf('pg_catalog.pg_type a')
    if (at === -1) return part
    failures++
    const spoiled = Buffer.from(part)
    spoiled.write('pg_catalog.pg_typo a', at)
    return spoiled
  }
  await new Promise((resolve) => relay.once('listening', resolve))
  url.port = String((relay.address() as AddressInfo).port)
  const pool = openDatabase(url.href, { name: 'types', max: 2 })
  const lists: unknown[] = []
  for (let i = 0; i < 8; i++) {
    const asked = pool`select ${['a', 'b']}::text[] as list`
    lists.push(await asked.then(([row]) => row!.list as unknown).catch(() => 'failed'))
  }
  expect(lists).toEqual(['failed', 'failed', 'failed', ...Array.from({ length: 5 }, () => ['a', 'b'])])
  await pool.end({ timeout: 1 })
  relay.close()
})

test('a pool that has ended opens no connection, and rejects those who wait for one', async () => {
  const pool = openDatabase(database.url, { name: 'ended', max: 2 })
  const running = pool.begin((transaction) => transaction`select pg_sleep(0.2)`)
  const waiting = pool.begin((transaction) => transaction`select 1`)
  await echo(pool, 1)
  const ended = pool.end()
  await expect(waiting).rejects.toMatchObject({ code: 'CONNECTION_ENDED' })
  await running
  await ended
  await expect(pool.begin((transaction) => transaction`select 1`)).rejects.toMatchObject({ code: 'CONNECTION_ENDED' })
  // PostgreSQL ends a session some time after its client has closed the connection.
  await until(async () => (await sql`select from pg_stat_activity where application_name like '%ended'`).length === 0)
})
