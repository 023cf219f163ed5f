import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Failure } from '../../../domain/failure/failures.ts'
import { readRows } from '../../../api/uploads/read-rows.ts'
import { inParts, readFile, type Read } from './read-file.ts'

const folder = new URL('./files/', import.meta.url)

/** What each file gives: its rows as `external id: name`, errors as `line: param message`, or why it is refused. */
const expected: Record<string, { rows?: string[]; errors?: string[]; refused?: string }> = {
  'utf-8-bom.csv': two(),
  'utf-16le.csv': two(),
  'utf-16be.csv': two(),
  'windows-1252.csv': { refused: 'line 3: is not UTF-8; save the file as "CSV UTF-8"' },
  'semicolon.csv': two(),
  'tab.csv': two(),
  'sep-line.csv': { rows: ['3 usr_1: Ada Example', '4 usr_2: Zoë Beispiel'] },
  'crlf.csv': two(),
  'cr.csv': two(),
  'mixed-breaks.csv': two(),
  'no-last-break.csv': two(),
  'break-in-quotes.csv': { rows: ['2 usr_1: Ada Example', '4 usr_2: Zoë "Z" Beispiel', '5 usr_3: '] },
  'blank-lines.csv': { rows: ['5 usr_1: Ada Example', '8 usr_2: Zoë Beispiel'] },
  'header-spelling.csv': { rows: ['2 usr_1: Ada Example'] },
  'header-twice.csv': { refused: 'header.3: repeats a column: each must occur once' },
  'header-missing.csv': {
    refused: 'header: must be the first line, with names of columns such as external_id, name, email, phone',
  },
  'header-unknown.csv': { refused: 'header.3: is not a column; did you mean email?' },
  'header-no-external-id.csv': { refused: 'header: must have the column external_id' },
  'header-proto.csv': { refused: expect.stringMatching(/^header\.2: is not a column: use external_id, name, /) },
  'unclosed-quote.csv': { refused: 'line 3: has a quote that is not closed' },
  'unclosed-quote-long.csv': { refused: 'line 3: must be at most 64 KB, or has a quote that is not closed' },
  'text-after-quote.csv': {
    refused: 'line 3: has text after a closing quote; double a quote that is part of a text',
  },
  'stray-quote.csv': {
    refused: 'line 2: has a quote within a text; put the text in quotes and double the quote',
  },
  'rewritten-number.csv': {
    rows: ['4 00042: Bob'],
    errors: [2, 3].map(
      (line) =>
        `${line}: external_id looks like a number that a spreadsheet rewrote; format the column as text before saving`,
    ),
  },
  'card-number.csv': {
    rows: ['4 usr_3: Bob'],
    errors: ['2: notes must not contain a card number', '3: external_id must not contain a card number'],
  },
  'phones.csv': {
    rows: ['3 usr_2: '],
    errors: [2, 4].map((line) => `${line}: phone must be a phone number in E.164 form, such as +27123456789`),
  },
  'spaces.csv': { rows: ['2 usr_1: Ada Example', '3 usr_2: “Zoë”'] },
  'same-contact-twice.csv': { rows: ['2 usr_1: Ada', '3 usr_2: Zoe', '4 usr_1: duplicate of row 1'] },
  'nul.csv': { rows: ['3 usr_2: Zoe'], errors: ['2: name must be well-formed Unicode without NUL characters'] },
  'half-surrogate.jsonl': {
    rows: ['2 usr_2: '],
    errors: ['1: name must be well-formed Unicode without NUL characters'],
  },
  'formula.csv': { rows: ['2 =cmd(): =HYPERLINK("http://x.example")', '3 @usr: +1', '4 -usr: Bob'] },
  'results-again.csv': { rows: ['2 usr_1: ', '3 =cmd(): '] },
  'other-lengths.csv': {
    rows: ['4 usr_3: Bob'],
    errors: ['2: row has 2 cells; the header has 3', '3: row has 4 cells; the header has 3'],
  },
  'bad-fields.csv': {
    rows: ['4 usr_3: '],
    errors: [
      '2: email must be an email address of at most 254 characters',
      '2: balance must be a whole number of minor units',
      '2: gateway must be one of stripe, paypal',
      '2: require_initial must be true or false',
      '2: initial_amount must be at least 1',
      '3: external_id is required',
    ],
  },
  'existing-ids.csv': {
    rows: ['2 usr_1: ', '3 usr_2: ', '4 usr_3: ', '7 usr_6: '],
    errors: [
      '5: require_initial must be specified together with payment_method_id: it says whether the payment method is ' +
        'charged now. The setting require_initial does not apply here',
      '6: gateway_customer_id must not be specified for paypal, which has no customers',
      '8: gateway_customer_id must be the id of a customer at Stripe, such as cus_Q…',
      '8: payment_method_id must be the id of a payment method at Stripe, such as pm_1Q…',
      '9: require_initial must be true or false',
    ],
  },
  'two-customers.jsonl': {
    rows: ['1 usr_1: '],
    errors: ['2: gateway_customer_id must be the id that integration_entity_mapping has for stripe'],
  },
  'rows.jsonl': { rows: ['1 usr_1: Ada Example', '3 usr_2: '] },
  'one-list.jsonl': { refused: 'body: must have one object per line, not one array' },
  'long-line.jsonl': { refused: 'line 2: must be at most 64 KB' },
  'broken-lines.jsonl': {
    rows: ['1 usr_1: '],
    errors: [
      '2: row must be valid JSON',
      '3: row must be a JSON object',
      '4: external_id must not be specified more than once',
      '5: __proto__ is not a valid field name',
      '6: plan is not a field of this call',
    ],
  },
  'empty.csv': {
    refused: 'header: must be the first line, with names of columns such as external_id, name, email, phone',
  },
  'only-header.csv': { rows: [] },
}

function two() {
  return { rows: ['2 usr_1: Ada Example', '3 usr_2: Zoë Beispiel'] }
}

const shown = ({ rows }: Read) => ({
  rows: rows
    .filter(({ errors }) => errors.length === 0)
    .map(({ line, externalId, input, duplicateOf }) =>
      [
        `${line} ${externalId}`,
        duplicateOf === null ? (input!.profile.name ?? '') : `duplicate of row ${duplicateOf}`,
      ].join(': '),
    ),
  errors: rows.flatMap(({ line, errors }) => errors.map(({ param, message }) => `${line}: ${param} ${message}`)),
})

test('every file of trouble has an expectation', () => {
  expect(readdirSync(folder).sort()).toEqual(Object.keys(expected).sort())
})

test.each(Object.entries(expected))('%s, whole and byte by byte', async (name, { refused, rows, errors = [] }) => {
  const bytes = readFileSync(new URL(name, folder))
  for (const size of [bytes.length || 1, bytes.length > 20_000 ? 1000 : 1]) {
    const read = readFile(bytes, name.endsWith('.csv') ? 'csv' : 'jsonl', size)
    if (refused) {
      const error = await read.then(
        () => undefined,
        (thrown: unknown) => thrown,
      )
      expect(error).toBeInstanceOf(Failure)
      expect(`${(error as Failure).param}: ${(error as Failure).message}`).toEqual(refused)
    } else expect(shown(await read)).toEqual({ rows, errors })
  }
})

test('values have the types of their fields', async () => {
  const bytes = readFileSync(new URL('bad-fields.csv', folder))
  const { rows } = await readFile(bytes, 'csv')
  expect(rows[2]!.input).toMatchObject({
    profile: { externalId: 'usr_3', balance: -5 },
    requireInitial: true,
    initialAmount: 1500,
    gateway: 'stripe',
  })
})

test('metadata keeps the case of its keys, and objects of JSON lines', async () => {
  const csv = await readFile(readFileSync(new URL('header-spelling.csv', folder)), 'csv')
  expect(csv.rows[0]!.input!.profile.metadata).toEqual({ Plan: 'gold' })
  const lines = await readFile(readFileSync(new URL('rows.jsonl', folder)), 'jsonl')
  expect(lines.rows[0]!.input!.profile.metadata).toEqual({ plan: 'gold', seats: 3 })
})

test('an error never contains the value that was wrong', async () => {
  const secret = 'Adalovelace1815'
  const header = 'external_id,email,phone,balance,currency,address_country,gateway,require_initial'
  const { rows } = await readFile(Buffer.from(`${header}\nusr_1${`,${secret}`.repeat(7)}\n`), 'csv')
  expect(rows[0]!.errors).toHaveLength(7)
  expect(JSON.stringify(rows[0])).not.toContain(secret)
})

test.each(readdirSync(folder))('%s: the body is closed, also if the file is rejected before its end', async (name) => {
  let isClosed = false
  async function* body() {
    try {
      yield* inParts(readFileSync(new URL(name, folder)), [7])
    } finally {
      isClosed = true
    }
  }
  const rows = readRows(body(), name.endsWith('.jsonl') ? 'jsonl' : 'csv', async () => ({}) as never)
  const read = async () => {
    for await (const row of rows) expect(row).toBeDefined()
  }
  await read().catch((error: unknown) => expect(error).toBeInstanceOf(Failure))
  expect(isClosed).toBe(true)
})
