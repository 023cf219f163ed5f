import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exportedColumns } from '../../../store/export/exported-columns.ts'
import { freshDatabase } from '../../support/servers/database.ts'
import { columnsWithText } from '../../support/erasure/stored-words.ts'
import { inventory, leftOutOfExport } from '../../support/erasure/inventory.ts'

// A column that a migration adds fails here until docs/data-protection.md says what it holds and what becomes of it.

let database: Awaited<ReturnType<typeof freshDatabase>>
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database.drop())

test('docs/data-protection.md lists every column that can hold a text', async () => {
  const listed = inventory(readFileSync('docs/data-protection.md', 'utf8'))
  const existing = (await columnsWithText(database.sql)).map(({ table, column }) => `${table}.${column}`)
  expect([...listed.erased, ...listed.kept].sort()).toEqual(existing.sort())
})

test('an export has every column of every table, or docs/data-protection.md says why not', async () => {
  const leftOut = leftOutOfExport(readFileSync('docs/data-protection.md', 'utf8'))
  const exported = Object.entries(exportedColumns).flatMap(([table, columns]) =>
    columns.map((column) => `${table}.${column}`),
  )
  const columns = await database.sql<{ table: string; column: string }[]>`
    select table_name as table, column_name as column
    from information_schema.columns join information_schema.tables using (table_schema, table_name)
    where table_schema = current_schema() and table_type = 'BASE TABLE'`
  const wholeTables = new Set(leftOut.filter((name) => name.endsWith('.*')))
  const existing = columns.map(({ table, column }) =>
    wholeTables.has(`${table}.*`) ? `${table}.*` : `${table}.${column}`,
  )
  expect([...exported, ...leftOut].sort()).toEqual([...new Set(existing)].sort())
})
