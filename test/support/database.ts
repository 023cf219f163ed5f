import { randomUUID } from 'node:crypto'
import postgres from 'postgres'
import { inject } from 'vitest'
import { openDatabase, type Database } from '../../store/database.ts'

export interface TestDatabase {
  url: string
  sql: Database
  drop(): Promise<void>
}

/** A private database for one test file, cloned from the template. */
export async function freshDatabase(templateUrl = inject('postgresUrl')): Promise<TestDatabase> {
  const template = new URL(templateUrl)
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const admin = postgres(Object.assign(new URL(template), { pathname: '/postgres' }).href, {
    max: 1,
    onnotice: () => {},
  })
  // Two clones at once disturb each other: the template must have no other session.
  await admin`select pg_advisory_lock(42)`
  await admin.unsafe(`create database ${name} template ${template.pathname.slice(1)}`)
  await admin`select pg_advisory_unlock(42)`
  const url = Object.assign(new URL(template), { pathname: `/${name}` }).href
  const sql = openDatabase(url, { name: 'test', max: 10 })
  return {
    url,
    sql,
    async drop() {
      await sql.end({ timeout: 5 })
      await admin.unsafe(`drop database ${name} with (force)`)
      await admin.end()
    },
  }
}
