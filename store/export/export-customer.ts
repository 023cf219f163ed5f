import { byApiKey } from '../../domain/events/author.ts'
import { invalid } from '../../domain/failure/failures.ts'
import type { Tenant } from '../../domain/reference.ts'
import { isIdOf } from '../../domain/text/ids.ts'
import type { Database, Sql } from '../database/database.ts'
import { encodeCursor, readPage, type Page, type PageRequest } from '../database/pages.ts'
import { readDataSubject, type DataSubject } from '../erasure/subject.ts'
import { insertTenantEvent } from '../events/events.ts'
import { exportedColumns, exportedTables, type ExportedTable } from './exported-columns.ts'
import { rowsAbout } from './rows-about.ts'

/** A row about a customer, with the columns of `exportedColumns`. */
export interface ExportedRow {
  table: ExportedTable
  row: Record<string, unknown>
}

/** Where a page of an export begins: after this row, of the export that this event recorded. */
interface Position {
  eventId: string
  after: string
}

interface FoundRow {
  id: string
  name: ExportedTable
  data: Record<string, unknown>
}

/**
 * Returns a page of the rows about a customer, table by table. Without a cursor it begins an export, which the event
 * `customer.exported` records. Throws `invalid_request` for a cursor that is not of an export of this customer.
 */
export async function exportCustomer(
  database: Database,
  tenant: Tenant,
  { customerId, by }: { customerId: string; by: string },
  { limit, cursor }: PageRequest,
): Promise<Page<ExportedRow>> {
  const { eventId, after } =
    cursor === undefined
      ? { eventId: await recordExport(database, tenant, customerId, by), after: '' }
      : await positionOf(database, tenant, customerId, cursor)
  const subject = (await readDataSubject(database, customerId))!
  const page = await readPage<FoundRow>(database, rowsAfter(database, subject, after), { limit, oldestFirst: true })
  return {
    rows: page.rows.map(({ name, data }) => ({ table: name, row: pick(name, data) })),
    nextCursor: page.nextCursor === null ? null : encodeCursor(`${eventId}/${page.rows.at(-1)!.id}`),
  }
}

const recordExport = (database: Database, tenant: Tenant, customerId: string, by: string): Promise<string> =>
  database.begin((sql) =>
    insertTenantEvent(sql, tenant, {
      type: 'customer.exported',
      ...byApiKey(by),
      data: { customer_id: customerId },
    }),
  ) as Promise<string>

/** Reads a cursor. Its export must be recorded: nobody reads personal data without a trace by making up a cursor. */
async function positionOf(sql: Sql, tenant: Tenant, customerId: string, cursor: string): Promise<Position> {
  const [, eventId = '', after = ''] = /^(\w+)\/(\d\d\/.+)$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  const isWritten = isIdOf('event', eventId) && encodeCursor(`${eventId}/${after}`) === cursor
  const recorded = isWritten
    ? await sql`
        select from events
        where id = ${eventId} and organization_id = ${tenant.organizationId} and environment = ${tenant.environment}
          and type = 'customer.exported' and data ->> 'customer_id' = ${customerId}`
    : []
  if (recorded.length === 0) throw invalid('cursor', 'must be the next_cursor of an earlier response of this export')
  return { eventId, after }
}

/** Selects the rows after a position: one text sorts the rows of all tables, beginning with the table's number. */
function rowsAfter(sql: Sql, subject: DataSubject, after: string) {
  const places = rowsAbout(sql, subject)
  const parts = exportedTables.map((table, i) => {
    const { from, key } = places[table]
    const number = String(i + 1).padStart(2, '0')
    return sql`
      select ${table}::text as name, (${`${number}/`}::text || ${key}) collate "C" as id, to_jsonb(t) as data
      from ${from}`
  })
  const all = parts.reduce((before, part) => sql`${before} union all ${part}`)
  return sql`
    select id, name, data, octet_length(data::text) as row_bytes from (${all}) rows where id > ${after}`
}

const pick = (table: ExportedTable, data: Record<string, unknown>) =>
  Object.fromEntries(exportedColumns[table].map((column) => [column, shown(column, data[column])]))

/** Returns a value as the API shows it. PostgreSQL's JSON has times in UTC as +00:00. */
const shown = (column: string, value: unknown): unknown =>
  typeof value === 'string' && /(_at|^until)$/.test(column) ? value.replace(/\+00:00$/, 'Z') : value
