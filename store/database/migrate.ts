import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { Database } from './database.ts'

const folder = new URL('../migrations/', import.meta.url)
const lockNumber = 7_411_982

interface Migration {
  name: string
  text: string
  hash: string
}

/** Returns the names of this program's migrations, in order. */
export const migrationNames = (): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort()

/** Returns the message for migrations that this program does not have. */
export const newerSchema = (names: string[]): string =>
  `the schema is newer than this program: it has ${names.join(', ')}`

const readMigrations = (): Migration[] =>
  migrationNames().map((name) => {
    const text = readFileSync(new URL(name, folder), 'utf8')
    return { name, text, hash: createHash('sha256').update(text).digest('hex') }
  })

/**
 * Applies pending migrations in order, each in its own transaction, in one process at a time (advisory lock). Returns
 * the names of the applied ones. Throws if an applied file was changed, or a newer release has applied others.
 */
export async function migrate(database: Database): Promise<string[]> {
  const connection = await database.reserve()
  try {
    await connection`select pg_advisory_lock(${lockNumber})`
    await connection`
      create table if not exists migrations (
        name text primary key,
        hash text not null,
        applied_at timestamptz not null default now()
      )`
    const known = await connection<{ name: string; hash: string }[]>`select name, hash from migrations`
    const names = migrationNames()
    const newer = known.filter(({ name }) => !names.includes(name)).map(({ name }) => name)
    if (newer.length > 0) throw new Error(`${newerSchema(newer.sort())}: use the release that applied them`)
    const applied: string[] = []
    for (const migration of readMigrations()) {
      const before = known.find((row) => row.name === migration.name)
      if (before && before.hash !== migration.hash)
        throw new Error(`migration ${migration.name} was changed after it was applied`)
      if (before) continue
      const { name, hash, text } = migration
      // One message, so that a session that is lost in the middle leaves nothing of it. Name and hash have no quotes.
      await connection.unsafe(
        `begin; ${text}; insert into migrations (name, hash) values ('${name}', '${hash}'); commit`,
      )
      applied.push(name)
    }
    return applied
  } finally {
    // Also rolls back a transaction that a failed migration left open.
    await connection`rollback`.catch(() => {})
    await connection`select pg_advisory_unlock(${lockNumber})`.catch(() => {})
    connection.release()
  }
}
