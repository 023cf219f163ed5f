import { invalid } from '../failure/failures.ts'
import { own } from '../text/own.ts'
import { nearest } from '../text/nearest.ts'

/** The type of a column: cells become numbers and booleans only if the field is one. */
type CellKind = 'text' | 'number' | 'boolean'

/** The fields that a column can have, by their names in the API. A dot separates a field from the name within it. */
const fieldColumns: Record<string, CellKind> = {
  external_id: 'text',
  name: 'text',
  email: 'text',
  phone: 'text',
  currency: 'text',
  balance: 'number',
  address_line1: 'text',
  address_line2: 'text',
  address_city: 'text',
  address_state: 'text',
  address_postal_code: 'text',
  address_country: 'text',
  parent_customer_id: 'text',
  parent_customer_external_id: 'text',
  brand_id: 'text',
  gateway: 'text',
  billable_item_id: 'text',
  require_initial: 'boolean',
  initial_amount: 'number',
  allow_trigger: 'boolean',
  notes: 'text',
  gateway_customer_id: 'text',
  payment_method_id: 'text',
  'page.locale': 'text',
  'page.return_url': 'text',
  'page.cancel_url': 'text',
  'page.on_completion': 'text',
  'page.theme': 'text',
}

/** Columns that only a results file has. They are ignored, so that such a file can be uploaded again. */
export const resultColumns = [
  'row',
  'state',
  'existing',
  'customer_id',
  'billing_customer_id',
  'onboarding_id',
  'status',
  'setup_url',
  'error_code',
  'error_param',
  'error_message',
  'last_error',
] as const

/** Maximum number of columns. Metadata has at most 100 keys in each row. */
const mostColumns = 500

/** The valid names of columns, for messages and documentation. */
export const columnNames: string[] = Object.keys(fieldColumns)

export interface Column {
  /** The field of a row; null if the column is ignored. */
  field: string | null
  /** The name within a field that is an object, such as `metadata`. */
  key?: string
  kind: CellKind
}

const metadataPrefix = 'metadata.'
const toName = (cell: string) => cell.trim().toLowerCase()

/** Returns the column of a header's cell; undefined if there is no such column. */
function columnOf(cell: string): Column | undefined {
  const name = toName(cell)
  const kind = own<CellKind>(fieldColumns, name)
  const [field, part] = name.split('.') as [string, string?]
  if (kind) return { field, ...(part === undefined ? {} : { key: part }), kind }
  if ((resultColumns as readonly string[]).includes(name)) return { field: null, kind: 'text' }
  // The key keeps its case; only the prefix is case-insensitive.
  const key = cell.trim().slice(metadataPrefix.length)
  return name.startsWith(metadataPrefix) && key !== '' && key !== '__proto__'
    ? { field: 'metadata', key, kind: 'text' }
    : undefined
}

/** Returns how many cells of a header name a column. */
export const countKnown = (cells: string[]): number => cells.filter((cell) => columnOf(cell) !== undefined).length

/** The header of a file. */
export interface Header {
  columns: Column[]
  /** Whether the file is a results file, in which texts that a spreadsheet would execute begin with an apostrophe. */
  isResults: boolean
}

/**
 * Returns the columns of a header, in the order of the file. Throws `invalid_request` for an unknown or repeated
 * column, and if `external_id` is missing. Messages name cells by number, because a file without a header has data
 * there.
 */
export function readHeader(cells: string[]): Header {
  const shown = columnNames.slice(0, 4).join(', ')
  if (countKnown(cells) === 0) throw invalid('header', `must be the first line, with names of columns such as ${shown}`)
  // Spreadsheets write empty columns at the end for cells that were once used.
  const used = cells.slice(0, cells.findLastIndex((cell) => cell.trim() !== '') + 1)
  if (used.length > mostColumns) throw invalid('header', `must have at most ${mostColumns} columns`)
  const columns = used.map((cell, i) => columnOf(cell) ?? refuseUnknown(cell, i + 1))
  const seen = new Set<string>()
  columns.forEach(({ field, key }, i) => {
    const name = key === undefined ? field : `${field}.${key}`
    if (name !== null && seen.has(name)) throw invalid(`header.${i + 1}`, 'repeats a column: each must occur once')
    if (name !== null) seen.add(name)
  })
  if (!seen.has('external_id')) throw invalid('header', 'must have the column external_id')
  const names = new Set(used.map(toName))
  return { columns, isResults: names.has('row') && names.has('state') }
}

function refuseUnknown(cell: string, position: number): never {
  const near = nearest(toName(cell), columnNames)
  const hint = near ? `; did you mean ${near}?` : `: use ${columnNames.join(', ')} or metadata.<key>`
  throw invalid(`header.${position}`, `is not a column${hint}`)
}

/** A long number as spreadsheets write it: `1.23E+15`. */
const scientific = /^\d([.,]\d+)?E\+?\d+$/i
// A text that already begins with such apostrophes gets one more, so that removing one restores every text.
const formula = /^'*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/
const escapedFormula = /^'(?='*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])/

/** Returns a cell of a results file, in which a text that a spreadsheet would execute begins with an apostrophe. */
export const escapeFormula = (text: string): string => (formula.test(text) ? `'${text}` : text)

/** The values of a row by field, and an error that only files can have. */
export interface RowOfCells {
  values: Record<string, unknown>
  wrong?: { param: string; message: string }
}

/** Returns the fields of a row. An empty cell counts as an omitted field. */
export function toValues({ columns, isResults }: Header, cells: string[]): RowOfCells {
  const values: Record<string, unknown> = {}
  for (const [i, { field, key, kind }] of columns.entries()) {
    const text = cells[i]!.trim()
    if (field === null || text === '') continue
    if (key === undefined) values[field] = valueOf(text, kind)
    else ((values[field] ??= {}) as Record<string, string>)[key] = text
  }
  const { external_id: externalId } = values
  if (typeof externalId !== 'string') return { values }
  if (isResults) values.external_id = externalId.replace(escapedFormula, '')
  if (!scientific.test(externalId)) return { values }
  const message = 'looks like a number that a spreadsheet rewrote; format the column as text before saving'
  return { values, wrong: { param: 'external_id', message } }
}

function valueOf(text: string, kind: CellKind): unknown {
  if (kind === 'number' && /^-?\d{1,16}$/.test(text)) return Number(text)
  if (kind === 'boolean' && /^(true|false|1|0)$/i.test(text)) return /^(true|1)$/i.test(text)
  return text
}
