import type { Sql } from '../../store/database/database.ts'

/** Returns every row of every table as text, for tests that search for data that must not be stored. */
export async function everythingStored(sql: Sql): Promise<string[]> {
  const tables = await sql<{ name: string }[]>`
    select quote_ident(table_name) as name from information_schema.tables
    where table_schema = current_schema() and table_type = 'BASE TABLE'`
  const rows = await Promise.all(
    tables.map(({ name }) => sql.unsafe<{ row: string }[]>(`select t::text as row from ${name} t`)),
  )
  return rows.flat().map(({ row }) => row)
}
