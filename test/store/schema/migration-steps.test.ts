import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openDatabase } from '../../../store/database/database.ts'
import { migrate } from '../../../store/schema/migrate.ts'
import { stepsOf, type Migration } from '../../../store/schema/migration-files.ts'
import { emptyDatabase, type TestDatabase } from '../../support/servers/database.ts'
import { until } from '../../support/until.ts'

// Migrations that run outside a transaction: concurrent indexes, and changes of many rows in batches.

const rows = 5_000
let database: TestDatabase
beforeAll(async () => {
  database = await emptyDatabase('')
})
beforeEach(async () => {
  await database.sql.unsafe('drop schema public cascade; create schema public')
})
afterAll(() => database.drop())

const table: Migration = {
  name: '0001_table.sql',
  text: `create table things (id integer primary key, size text);
    insert into things select generate_series(1, ${rows})`,
}
const filled: Migration = {
  name: '0002_filled.sql',
  text: `-- outside a transaction
-- In an order: 1; 2; 3
create index concurrently if not exists things_unfilled on things (id) where size is null;
-- in batches
update things set size = 'a; b'
where id in (select id from things where size is null order by id limit 200);
drop index concurrently if exists things_unfilled;
create unique index concurrently if not exists things_size on things (size, id);
`,
}
const after: Migration = { name: '0003_after.sql', text: 'alter table things alter column size set not null' }
const all = [table, filled, after]

const countFilled = async () => {
  const [row] = await database.sql<{ count: number }[]>`select count(*)::integer as count from things where size <> ''`
  return row!.count
}
const listIndexes = () => database.sql<{ name: string; isValid: boolean }[]>`
  select c.relname as name, i.indisvalid as is_valid from pg_index i join pg_class c on c.oid = i.indexrelid
  where i.indrelid = 'things'::regclass order by 1`
const listApplied = async () => {
  const applied = await database.sql<{ name: string }[]>`select name from migrations order by name`
  return applied.map(({ name }) => name)
}

/** Migrates in a session of its own, which ends as soon as `isTime` returns true. */
async function killedWhen(isTime: () => Promise<boolean>): Promise<void> {
  const pool = openDatabase(database.url, { name: 'victim', max: 1 })
  const migrating = expect(migrate(pool, all)).rejects.toThrow()
  await until(isTime)
  await database.sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where application_name like '%victim%' and datname = current_database()`
  await migrating
  await pool.end({ timeout: 0 })
}

test('the statements of a file outside a transaction, and which of them is repeated', () => {
  expect(stepsOf(table)).toBeUndefined()
  expect(stepsOf(filled)!.map(({ text, inBatches }) => [text.split(' ')[0], inBatches])).toEqual([
    ['create', false],
    ['update', true],
    ['drop', false],
    ['create', false],
  ])
})

test('a migration in batches that is killed again and again is continued; each row is changed once', async () => {
  await migrate(database.sql, [table])
  await database.sql.unsafe(`
    create table changes (id integer);
    create function count_change() returns trigger language plpgsql as $$ begin
      insert into changes values (new.id); return new; end $$;
    create trigger counts before update on things for each row execute function count_change();
    create function take_time() returns trigger language plpgsql as $$ begin
      perform pg_sleep(0.05); return null; end $$;
    create trigger takes_time after update on things execute function take_time()`)
  for (const filledAtLeast of [200, 1_000, 2_000]) {
    await killedWhen(async () => (await countFilled()) >= filledAtLeast)
    expect(await listApplied()).toEqual([table.name])
  }
  expect(await countFilled()).toBeLessThan(rows)

  expect(await migrate(database.sql, all)).toEqual([filled.name, after.name])
  expect(await countFilled()).toBe(rows)
  expect(await database.sql`select 1 from changes group by id having count(*) > 1`).toHaveLength(0)
  expect(await migrate(database.sql, all)).toEqual([])
})

test('an index whose concurrent creation was killed is created again', async () => {
  await migrate(database.sql, [table])
  // An old snapshot, which a concurrent index waits for.
  const holder = openDatabase(database.url, { name: 'holder', max: 1 })
  const held = await holder.reserve()
  await held.unsafe('begin isolation level repeatable read; select 1 from things limit 1')
  await killedWhen(async () => (await listIndexes()).some(({ isValid }) => !isValid))
  expect(await listIndexes()).toContainEqual({ name: 'things_unfilled', isValid: false })
  await held.unsafe('commit')
  held.release()
  await holder.end()

  await migrate(database.sql, all)
  expect(await listIndexes()).toEqual([
    { name: 'things_pkey', isValid: true },
    { name: 'things_size', isValid: true },
  ])
})

test('five concurrent starts build an index concurrently once', async () => {
  const pools = Array.from({ length: 5 }, () => openDatabase(database.url, { name: 'migrate', max: 1 }))
  const applied = await Promise.all(pools.map((pool) => migrate(pool, all)))
  await Promise.all(pools.map((pool) => pool.end()))
  expect(applied.flat().sort()).toEqual(all.map(({ name }) => name))
  expect(applied.filter((names) => names.length > 0)).toHaveLength(1)
})

/** Returns the results of a work that is done so often, one after another. */
async function inTurn<T>(times: number, work: () => Promise<T>): Promise<T[]> {
  const results: T[] = []
  while (results.length < times) results.push(await work())
  return results
}

test('a migration that waits for a lock lets the statements behind it pass, and is applied later', async () => {
  await migrate(database.sql, [table, filled])
  const holder = openDatabase(database.url, { name: 'holder', max: 1 })
  const held = await holder.reserve()
  await held.unsafe('begin; update things set size = size where id = 1')
  const timeOfWriter = async () => {
    await pause(150)
    const from = performance.now()
    const other = openDatabase(database.url, { name: 'writer', max: 1 })
    await other`update things set size = size where id = 2`
    await other.end()
    return performance.now() - from
  }
  const slowest = async () => Math.max(...(await inTurn(5, timeOfWriter)))
  const alone = await slowest()
  const migrating = migrate(database.sql, all)
  const besides = await slowest()
  expect(await listApplied()).not.toContain(after.name)
  await held.unsafe('commit')
  held.release()
  await holder.end()
  expect(await migrating).toEqual([after.name])
  expect(besides).toBeLessThan(1_000 + 10 * alone)
})
