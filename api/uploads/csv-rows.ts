import { once } from 'node:events'
import { CsvError, parse } from 'csv-parse'
import { parse as parseNow } from 'csv-parse/sync'
import { invalid } from '../../domain/failure/failures.ts'
import { countKnown, readHeader, toValues, type Header } from '../../domain/bulk/columns.ts'
import { countLines, wrongLine } from './decode-text.ts'
import { mostRowBytes, type FileRow } from './file-row.ts'

const delimiters = [',', ';', '\t', '|']
const common = { trim: true, relax_column_count: true, record_delimiter: ['\r\n', '\n', '\r'] }

/**
 * Reads the rows of a CSV file (RFC 4180, with any common delimiter and line break). Blank lines are skipped. Throws
 * `invalid_request` for an invalid header, and with the line number for unbalanced quotes, after which nothing can be
 * read.
 */
export async function* csvRows(text: AsyncIterable<string>): AsyncGenerator<FileRow> {
  const source = text[Symbol.asyncIterator]()
  try {
    yield* rowsBelow(await takeHeader(source), source)
  } finally {
    // Also if the header is rejected: otherwise this upload would keep its turn forever, which all others wait for.
    await source.return?.(undefined)
  }
}

/** Reads the rows below a header. */
async function* rowsBelow(
  { header, delimiter, rest, lines }: Beginning,
  source: AsyncIterator<string>,
): AsyncGenerator<FileRow> {
  // The line on which the next record begins. The parser is ahead of the reader.
  let begins = lines + 1
  const onRecord = (cells: string[], { lines: parsed }: { lines: number }): ParsedRecord => {
    const line = begins
    begins = lines + parsed + 1
    return { cells, line }
  }
  const parser = parse({ ...common, delimiter, max_record_size: mostRowBytes, on_record: onRecord as never })
  const feeding = feed(parser, rest, source)
  try {
    for await (const { cells, line } of parser as AsyncIterable<ParsedRecord>)
      if (cells.some((cell) => cell.trim() !== '')) yield rowOf(header, cells, line)
    await feeding
  } catch (error) {
    throw error instanceof CsvError ? wrongLine(begins, whyNotCsv(error)) : error
  } finally {
    parser.destroy()
  }
}

interface ParsedRecord {
  cells: string[]
  /** The line on which it begins. */
  line: number
}

/** Writes a text into the parser, no faster than its rows are consumed. */
async function feed(parser: ReturnType<typeof parse>, first: string, source: AsyncIterator<string>): Promise<void> {
  const closed = once(parser, 'close').catch(() => {})
  try {
    for (let next = first; ;) {
      if (!parser.write(next)) await Promise.race([once(parser, 'drain'), closed])
      if (parser.destroyed) return
      const { value, done } = await source.next()
      if (done) break
      next = value as string
    }
    parser.end()
  } catch (error) {
    parser.destroy(error as Error)
  }
}

const messages: Record<string, string> = {
  CSV_QUOTE_NOT_CLOSED: 'has a quote that is not closed',
  CSV_MAX_RECORD_SIZE: `must be at most ${mostRowBytes / 1024} KB, or has a quote that is not closed`,
  CSV_INVALID_CLOSING_QUOTE: 'has text after a closing quote; double a quote that is part of a text',
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: 'has text after a closing quote; double a quote that is part of a text',
  INVALID_OPENING_QUOTE: 'has a quote within a text; put the text in quotes and double the quote',
}
const whyNotCsv = ({ code }: CsvError) => messages[code] ?? 'is not CSV'

function rowOf(header: Header, cells: string[], line: number): FileRow {
  const { length } = header.columns
  if (cells.length >= length && cells.slice(length).every((cell) => cell.trim() === ''))
    return { line, ...toValues(header, cells) }
  const message = `has ${cells.length} cells; the header has ${length}`
  return { line, values: {}, wrong: { param: 'row', message } }
}

interface Beginning {
  header: Header
  delimiter: string
  /** The text after the header. */
  rest: string
  /** The number of lines before it. */
  lines: number
}

/** Reads up to the end of the header. A first line `sep=;`, which Excel writes, is skipped. */
async function takeHeader(source: AsyncIterator<string>): Promise<Beginning> {
  let text = ''
  for (;;) {
    const end = endOfHeader(text)
    if (end !== undefined)
      return { ...headerOf(text.slice(0, end)), rest: text.slice(end), lines: countLines(text.slice(0, end)) }
    if (text.length > mostRowBytes) throw invalid('header', `must be at most ${mostRowBytes / 1024} KB`)
    const { value, done } = await source.next()
    if (done) return { ...headerOf(text), rest: '', lines: countLines(text) }
    text += value as string
  }
}

const before = /^(?:[^\S\r\n]*(?:\r\n|\n|\r))*(?:sep=[^\r\n]?(?:\r\n|\n|\r))?/i

/** Returns where the header ends; undefined if more of the text is needed. */
function endOfHeader(text: string): number | undefined {
  const start = before.exec(text)![0].length
  for (let at = start, quoted = false; at < text.length - 1; at++) {
    const character = text[at]
    if (character === '"') quoted = !quoted
    if (quoted || (character !== '\n' && character !== '\r')) continue
    return character === '\r' && text[at + 1] === '\n' ? at + 2 : at + 1
  }
  return undefined
}

/** Returns the header, parsed with the delimiter that yields the most known columns. */
function headerOf(text: string): Pick<Beginning, 'header' | 'delimiter'> {
  const line = text.slice(before.exec(text)![0].length)
  const read = delimiters.map((delimiter) => ({ delimiter, cells: cellsOf(line, delimiter) }))
  const best = read.reduce((first, other) => (countKnown(other.cells) > countKnown(first.cells) ? other : first))
  return { header: readHeader(best.cells), delimiter: best.delimiter }
}

function cellsOf(line: string, delimiter: string): string[] {
  try {
    return (parseNow(line, { ...common, delimiter }) as string[][])[0] ?? []
  } catch {
    return []
  }
}
