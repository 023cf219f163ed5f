import type { Sql } from '../database/database.ts'
import { newerSchema } from './migrate.ts'
import { migrationNames } from './migration-files.ts'

/** The state of a database schema relative to this program. */
export interface SchemaState {
  /** Whether every migration of this program was applied, so that calls can be served. */
  isUsable: boolean
  /** A message for the operator; undefined if the schema matches this program exactly. */
  message?: string
  /** Whether migrations were applied that this program does not have. */
  newer?: true
}

const missingTable = '42P01'
const remedy = 'run "npm run migrate" (in a container: node dist/admin/migrate.js)'

/** Compares the applied migrations with those of this program. Throws the driver's errors. */
export async function schemaState(sql: Sql): Promise<SchemaState> {
  const names = migrationNames()
  const applied = await sql<{ name: string; known: boolean }[]>`
    select name, name = any(${names}) as known from migrations order by name`.catch((error: unknown) => {
    if ((error as { code?: unknown }).code === missingTable) return []
    throw error
  })
  const here = new Set(applied.map(({ name }) => name))
  const missing = names.filter((name) => !here.has(name))
  const newer = applied.filter(({ known }) => !known).map(({ name }) => name)
  if (here.size === 0) return { isUsable: false, message: `the schema is missing: ${remedy}` }
  if (missing.length > 0) return { isUsable: false, message: `the schema lacks ${missing.join(', ')}: ${remedy}` }
  if (newer.length > 0) return { isUsable: true, message: newerSchema(newer), newer: true }
  return { isUsable: true }
}
