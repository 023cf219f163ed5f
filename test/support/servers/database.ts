import { randomUUID } from 'node:crypto'
import postgres from 'postgres'
import { inject } from 'vitest'
import { openDatabase, type Database } from '../../../store/database/database.ts'

export interface TestDatabase {
  url: string
  sql: Database
  drop(): Promise<void>
}

/** Creates a database for one test file, cloned from the template. */
export function freshDatabase(templateUrl = inject('postgresUrl')): Promise<TestDatabase> {
  return createDatabase(templateUrl, `template ${new URL(templateUrl).pathname.slice(1)}`)
}

/** Creates a database without tables, in a locale as accepted by `create database`. */
export function emptyDatabase(locale: string): Promise<TestDatabase> {
  return createDatabase(inject('postgresUrl'), `template template0 encoding 'UTF8' ${locale}`)
}

async function createDatabase(serverUrl: string, as: string): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const at = (database: string) => Object.assign(new URL(serverUrl), { pathname: `/${database}` }).href
  const admin = postgres(at('postgres'), { max: 1, onnotice: () => {} })
  try {
    // Concurrent clones of a template fail. The lock ends with the session, even if the creation fails.
    await admin`select pg_advisory_lock(42)`
    await admin.unsafe(`create database ${name} ${as}`)
  } finally {
    await admin.end()
  }
  // The 2 s of production may pass while a test keeps its process busy.
  const sql = openDatabase(`${at(name)}?connect_timeout=60`, { name: 'test', max: 10 })
  return {
    url: at(name),
    sql,
    async drop() {
      await sql.end({ timeout: 5 })
      const dropping = postgres(at('postgres'), { max: 1, onnotice: () => {} })
      await dropping.unsafe(`drop database ${name} with (force)`).finally(() => dropping.end())
    },
  }
}
