import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import Papa from 'papaparse'
import { expect, test } from 'vitest'
import { inParts, readFile } from './read-file.ts'
import { csvRows } from '../../../api/uploads/csv-rows.ts'
import { decodeText } from '../../../api/uploads/decode-text.ts'

const line = fc
  .string({ unit: 'grapheme', maxLength: 30 })
  .map((text) => text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '').trim())
const cell = fc.oneof(
  line,
  fc.array(line, { maxLength: 3 }).map((lines) => lines.join('\n').trim()),
  fc.constantFrom('=1+1', '"', '""', 'a"b', ',', ';', '\t', 'a,b;c', "'", '|'),
)
/** Rows of notes by distinct external ids, as any program could write them. */
const file = fc.record({
  notes: fc.array(cell, { minLength: 1, maxLength: 20 }),
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  lineBreak: fc.constantFrom('\n', '\r\n', '\r'),
  quoted: fc.boolean(),
  bom: fc.boolean(),
  encoding: fc.constantFrom('utf8' as const, 'utf16le' as const),
  sizes: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 }),
})

type File = typeof file extends fc.Arbitrary<infer Value> ? Value : never

function write({ notes, delimiter, lineBreak, quoted, bom, encoding }: File): Buffer {
  const rows = notes.map((note, i) => [`usr_${i}`, note])
  const options = { delimiter, record_delimiter: lineBreak, quoted, quoted_match: /[\r\n\t;|]|^\s|\s$/ }
  const text = stringify([['external_id', 'notes'], ...rows], options)
  return Buffer.from(bom || encoding === 'utf16le' ? `\ufeff${text}` : text, encoding)
}

test('whatever is written is read back, in any form and cut anywhere', async () => {
  const property = fc.asyncProperty(file, async (written) => {
    const found = []
    for await (const { values } of csvRows(decodeText(inParts(write(written), written.sizes)))) found.push(values)
    const wanted = written.notes.map((notes, i) => {
      const text = notes.trim()
      return { external_id: `usr_${i}`, ...(text === '' ? {} : { notes: text }) }
    })
    expect(found).toEqual(wanted)
  })
  await fc.assert(property, { numRuns: Number(process.env.CSV_FILES ?? 400) })
})

test('another library reads the same cells', async () => {
  const property = fc.asyncProperty(file, async (written) => {
    const plain = { ...written, encoding: 'utf8' as const, lineBreak: '\n' as const }
    const bytes = write(plain)
    const { data } = Papa.parse<string[]>(bytes.toString(), { delimiter: written.delimiter, skipEmptyLines: true })
    const { rows } = await readFile(bytes, 'csv', ...written.sizes)
    const valid = rows.filter(({ errors }) => errors.length === 0)
    for (const { number, externalId, input } of valid)
      expect([externalId, input!.notes ?? '']).toEqual(data[number]!.map((text) => text.trim().normalize()))
    expect(rows).toHaveLength(data.length - 1)
  })
  await fc.assert(property, { numRuns: 200 })
})

test('a file is read no faster than its rows are taken', async () => {
  let taken = 0
  async function* endless() {
    yield Buffer.from('external_id\n')
    for (;;) yield Buffer.from(`usr_${taken++}\n`.repeat(100))
  }
  const rows = csvRows(decodeText(endless()))
  for (let i = 0; i < 10; i++) await rows.next()
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(taken).toBeLessThan(500)
  await rows.return(undefined)
})
