import type { CheckedRow } from '../../store/bulk/row-input.ts'
import type { CheckRow } from './check-row.ts'
import { csvRows } from './csv-rows.ts'
import { decodeText } from './decode-text.ts'
import { jsonLines } from './json-lines.ts'

/** The formats of an upload: rows under a header, or one JSON object per line. */
export type FileFormat = 'csv' | 'jsonl'

/**
 * Reads the rows of a file as it arrives, no faster than they are taken. Throws `invalid_request` with the line for a
 * file that cannot be read; a row that can be read and is wrong has errors instead.
 */
export async function* readRows(
  parts: AsyncIterable<Uint8Array>,
  format: FileFormat,
  check: CheckRow,
): AsyncGenerator<CheckedRow> {
  const text = decodeText(parts)
  for await (const row of format === 'csv' ? csvRows(text) : jsonLines(text)) yield await check(row)
}
