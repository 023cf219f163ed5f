import type { Sql } from './database.ts'
import { migrationNames } from './migrate.ts'

/** What the schema of a database is for this program. */
export interface SchemaState {
  /** Whether calls can be served: every migration of this program was applied. */
  isUsable: boolean
  /** What an operator should know; undefined where the schema is exactly this program's. */
  message?: string
}

const missingTable = '42P01'

/** Compares the migrations that were applied with those of this program. Throws the driver's errors. */
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
  if (here.size === 0) return { isUsable: false, message: 'the schema is missing: run the migrations' }
  if (missing.length > 0)
    return { isUsable: false, message: `the schema lacks ${missing.join(', ')}: run the migrations` }
  if (newer.length > 0)
    return { isUsable: true, message: `the schema is newer than this program: it has ${newer.join(', ')}` }
  return { isUsable: true }
}
