import { setImmediate as otherCalls } from 'node:timers/promises'
import type { CheckedRow } from '../../store/bulk/row-input.ts'
import type { CheckRow } from './check-row.ts'
import { csvRows } from './csv-rows.ts'
import { decodeText } from './decode-text.ts'
import { jsonLines } from './json-lines.ts'

/** The formats of an upload: rows under a header, or one JSON object per line. */
export type FileFormat = 'csv' | 'jsonl'

/** Milliseconds of work after which other calls get the thread: a row can have thousands of cells. */
const longestTurn = 10

/**
 * Reads the rows of a file during its upload, no faster than they are consumed. Throws `invalid_request` with the line
 * number for a file that cannot be parsed. A row that can be parsed but is invalid has errors instead.
 */
export async function* readRows(
  parts: AsyncIterable<Uint8Array>,
  format: FileFormat,
  check: CheckRow,
): AsyncGenerator<CheckedRow> {
  const text = decodeText(parts)
  let began = performance.now()
  for await (const row of format === 'csv' ? csvRows(text) : jsonLines(text)) {
    yield await check(row)
    if (performance.now() - began < longestTurn) continue
    await otherCalls()
    began = performance.now()
  }
}
