import { Failure, invalid } from '../../domain/failure/failures.ts'
import { checkJson, parseJson } from '../call/json-text.ts'
import { wrongLine } from './decode-text.ts'
import { mostRowBytes, type FileRow } from './file-row.ts'

/**
 * Reads the rows of a file with one JSON object per line. Blank lines are skipped. A line that is not an object is an
 * invalid row. Throws `invalid_request` for a file that is one JSON array, and for a line of more than 64 KB.
 */
export async function* jsonLines(text: AsyncIterable<string>): AsyncGenerator<FileRow> {
  let line = 0
  for await (const found of splitLines(text)) {
    line++
    if (Buffer.byteLength(found) > mostRowBytes) throw wrongLine(line, `must be at most ${mostRowBytes / 1024} KB`)
    const row = found.trim()
    if (row === '') continue
    if (row.startsWith('[')) throw invalid('body', 'must have one object per line, not one array')
    yield { line, ...valuesOf(row) }
  }
}

function valuesOf(text: string): Omit<FileRow, 'line'> {
  try {
    const values = parseJson(text)
    checkJson(text)
    return { values }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return { values: {}, wrong: { param: error.param!, message: error.message } }
  }
}

async function* splitLines(text: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = ''
  for await (const part of text) {
    const lines = (rest + part).split('\n')
    rest = lines.pop()!
    yield* lines
    // Too long for a row: the caller rejects it.
    if (rest.length > mostRowBytes) break
  }
  if (rest !== '') yield rest
}
