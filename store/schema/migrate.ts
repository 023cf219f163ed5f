import { setTimeout as pause } from 'node:timers/promises'
import type { Database } from '../database/database.ts'
import { listForeignTables } from './foreign-tables.ts'
import { hashOf, readMigrations, stepsOf, type Migration, type Step } from './migration-files.ts'

type Connection = Awaited<ReturnType<Database['reserve']>>

const lockNumber = 7_411_982
/**
 * Milliseconds that a migration in a transaction waits for each lock. Statements of the service queue behind it, so it
 * gives up all of its locks instead and starts again.
 */
const lockTimeout = 100
const lockNotAvailable = '55P03'
/** How often it starts again: for about five minutes. */
const mostTries = 900

/** Returns the message for migrations that this program does not have. */
export const newerSchema = (names: string[]): string =>
  `the schema is newer than this program: it has ${names.join(', ')}`

/**
 * Applies pending migrations in order, in one process at a time (advisory lock): each in its own transaction, or
 * statement by statement if its first line says so. One that was killed is continued by the next call. Returns the
 * names of the applied ones. Throws if an applied file was changed, or a newer release has applied others, and before
 * anything is applied if the database has tables of another program.
 */
export async function migrate(database: Database, migrations: Migration[] = readMigrations()): Promise<string[]> {
  const connection = await database.reserve()
  try {
    // Polled: a statement that waits for the lock has a snapshot, for whose end a concurrent index would wait.
    while (!(await tryLock(connection))) await pause(100)
    await requireOwnDatabase(connection)
    await connection`
      create table if not exists migrations (
        name text primary key,
        hash text not null,
        applied_at timestamptz not null default now()
      )`
    const pending = await listPending(connection, migrations)
    for (const migration of pending) {
      const steps = stepsOf(migration)
      if (steps) await applySteps(connection, migration, steps)
      else await applyInTransaction(connection, migration)
    }
    return pending.map(({ name }) => name)
  } finally {
    // Also rolls back a transaction that a failed migration left open.
    await connection`rollback`.catch(() => {})
    await connection`select pg_advisory_unlock(${lockNumber})`.catch(() => {})
    connection.release()
  }
}

async function requireOwnDatabase(connection: Connection): Promise<void> {
  const [first, ...others] = await listForeignTables(connection)
  if (first === undefined) return
  const tables = others.length > 0 ? `${first} and ${others.length} more` : first
  const remedy = 'set DATABASE_URL to a database for this service alone'
  throw new Error(`the database has tables of another program (${tables}): ${remedy}`)
}

async function tryLock(connection: Connection): Promise<boolean> {
  const [row] = await connection<{ isOurs: boolean }[]>`select pg_try_advisory_lock(${lockNumber}) as is_ours`
  return row!.isOurs
}

async function listPending(connection: Connection, migrations: Migration[]): Promise<Migration[]> {
  const known = await connection<{ name: string; hash: string }[]>`select name, hash from migrations`
  const hashes = new Map(known.map(({ name, hash }) => [name, hash]))
  const names = new Set(migrations.map(({ name }) => name))
  const newer = [...hashes.keys()].filter((name) => !names.has(name)).sort()
  if (newer.length > 0) throw new Error(`${newerSchema(newer)}: use the release that applied them`)
  for (const migration of migrations) {
    const hash = hashes.get(migration.name)
    if (hash !== undefined && hash !== hashOf(migration))
      throw new Error(`migration ${migration.name} was changed after it was applied`)
  }
  return migrations.filter(({ name }) => !hashes.has(name))
}

async function applyInTransaction(connection: Connection, migration: Migration, tries = 1): Promise<void> {
  const { name, text } = migration
  try {
    // One message, so that a session that is lost in the middle leaves nothing of it. Name and hash have no quotes.
    await connection.unsafe(
      `begin; set local lock_timeout = ${lockTimeout}; ${text};
      insert into migrations (name, hash) values ('${name}', '${hashOf(migration)}'); commit`,
    )
  } catch (error) {
    if ((error as { code?: unknown }).code !== lockNotAvailable || tries === mostTries) throw error
    await connection`rollback`
    await pause(200)
    await applyInTransaction(connection, migration, tries + 1)
  }
}

/** Runs statements that can each be repeated, then records the migration. Rows of a killed batch are not changed. */
async function applySteps(connection: Connection, migration: Migration, steps: Step[]): Promise<void> {
  await dropInvalidIndexes(connection, migration)
  for (const { text, inBatches } of steps) {
    let { count } = await connection.unsafe(text)
    while (inBatches && count > 0) ({ count } = await connection.unsafe(text))
  }
  await connection`insert into migrations ${connection({ name: migration.name, hash: hashOf(migration) })}`
}

/** Drops the index whose concurrent creation was killed: it is invalid, and `if not exists` would keep it. */
async function dropInvalidIndexes(connection: Connection, { text }: Migration): Promise<void> {
  const invalid = await connection<{ name: string }[]>`
    select quote_ident(c.relname) as name from pg_index i
    join pg_class c on c.oid = i.indexrelid join pg_namespace n on n.oid = c.relnamespace
    where not i.indisvalid and n.nspname = current_schema()
      and c.relname = any(regexp_split_to_array(${text}, '\\W+'))`
  for (const { name } of invalid) await connection.unsafe(`drop index concurrently if exists ${name}`)
}
