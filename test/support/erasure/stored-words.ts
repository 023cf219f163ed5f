import type { Sql } from '../../../store/database/database.ts'

export interface TextColumn {
  table: string
  column: string
  isBytes: boolean
}

/** Lists every column of every table that can hold a text: text, JSON, bytes, and lists of them. */
export async function columnsWithText(sql: Sql): Promise<TextColumn[]> {
  return sql<TextColumn[]>`
    select c.table_name as table, c.column_name as column, c.data_type = 'bytea' as is_bytes
    from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = current_schema() and t.table_type = 'BASE TABLE'
      and c.data_type in ('text', 'character varying', 'character', 'name', 'json', 'jsonb', 'bytea', 'ARRAY', 'xml',
        'tsvector', 'USER-DEFINED')
    order by 1, 2`
}

/** Returns the columns, as `table.column`, in which one of the words is stored, in any case. */
export async function columnsWith(sql: Sql, words: string[]): Promise<string[]> {
  const found: string[] = []
  for (const { table, column, isBytes } of await columnsWithText(sql)) {
    const text = isBytes ? sql`encode(${sql(column)}, 'escape')` : sql`${sql(column)}::text`
    const rows = await sql`
      select 1 from ${sql(table)} where ${text} ilike any(${words.map((word) => `%${word}%`)}) limit 1`
    if (rows.length > 0) found.push(`${table}.${column}`)
  }
  return found
}
