import fc, { type Arbitrary } from 'fast-check'
import type { Schema } from '../../../api/reference/schema-example.ts'
import { fill, initOf, parametersOf, requestOf, resolve, withKey, type Documented, type Values } from './documented.ts'

// Requests generated from the OpenAPI document: mostly valid, with some invalid parts.

export interface GeneratedRequest {
  documented: Documented
  path: string
  init: RequestInit
}

let depths: unknown = 'deep'
for (let i = 0; i < 200; i++) depths = i % 2 ? [depths] : { a: depths }

const nasty = fc.constantFrom<unknown>(
  ...[
    '',
    ' ',
    '\u0000',
    'a\u0000b',
    '\ud800',
    '\udfff\ud800',
    '\u202e',
    '👩‍👩‍👧‍👦'.repeat(90),
    'é'.repeat(300),
    "'; drop table customers; --",
  ],
  ...[
    'x'.repeat(70_000),
    '__proto__',
    'constructor',
    '%00',
    '../..',
    'null',
    '4242424242424242',
    '-1',
    '1e400',
    'true',
  ],
  ...[null, true, false, 0, -0, -1, 0.1, 1e308, -1e308, Number.MAX_SAFE_INTEGER, 2 ** 63, [], {}, [null], depths],
)
const anyText = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 40 }), fc.string({ unit: 'binary', maxLength: 40 }))
const anything = fc.oneof(nasty, anyText, fc.jsonValue({ maxDepth: 3 }), fc.integer(), fc.double())

/** Values that are close to a schema. One in ten is arbitrary. */
function near(schema: Schema, values: Values): Arbitrary<unknown> {
  return fc.oneof({ weight: 9, arbitrary: fitting(schema, values) }, { weight: 1, arbitrary: anything })
}

function fitting(schema: Schema & { maxLength?: number; maximum?: number }, values: Values): Arbitrary<unknown> {
  if (schema.$ref) return fitting(resolve(schema.$ref), values)
  const choices = schema.oneOf ?? schema.anyOf ?? (schema.enum ? schema.enum.map((each) => ({ const: each })) : [])
  if (schema.const !== undefined) return fc.constant(schema.const)
  if (choices.length > 0) return fc.oneof(...choices.map((each) => fitting(each as Schema, values)))
  if (schema.allOf)
    return fc.tuple(...schema.allOf.map((each) => fitting(each, values))).map((parts) => Object.assign({}, ...parts))
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type
  if (type === 'string') return texts(schema, values)
  if (type === 'integer' || type === 'number') return numbers(schema)
  if (type === 'boolean') return fc.boolean()
  if (type === 'array') return fc.array(near(schema.items ?? {}, values), { maxLength: 4 })
  return objects(schema, values)
}

function texts(schema: Schema & { maxLength?: number }, values: Values): Arbitrary<unknown> {
  const example = fill(schema.example ?? 'text', values)
  const most = Math.min(schema.maxLength ?? 255, 5_000)
  return fc.oneof(
    { weight: 6, arbitrary: fc.constant(example) },
    { weight: 2, arbitrary: anyText },
    {
      weight: 1,
      arbitrary: fc.constantFrom('x'.repeat(most), 'x'.repeat(most + 1), '2026-11-21T09:00:00Z', 'ada@example.com'),
    },
  )
}

const numbers = ({ minimum, maximum, example, type }: Schema & { maximum?: number }) =>
  fc.oneof(
    fc.constantFrom(...[example ?? 1, minimum ?? 0, maximum ?? 100, (minimum ?? 0) - 1, (maximum ?? 100) + 1]),
    type === 'integer' ? fc.integer() : fc.double({ noNaN: true }),
  )

/** Objects with required properties nearly always, optional ones sometimes, and unknown ones rarely. */
function objects({ properties = {}, required = [] }: Schema, values: Values): Arbitrary<unknown> {
  const parts = Object.entries(properties).map(([name, schema]) =>
    fc
      .tuple(near(schema, values), fc.nat(99))
      .map(([value, dice]) => (dice < (required.includes(name) ? 97 : 25) ? [[name, value]] : [])),
  )
  const surprise = fc
    .tuple(anyText, anything, fc.nat(19))
    .map(([name, value, dice]) => (dice === 0 ? [[name, value]] : []))
  return fc.tuple(...parts, surprise).map((all) => Object.fromEntries(all.flat() as [string, unknown][]))
}

const brokenBodies = fc.constantFrom(
  '{',
  '[]',
  'null',
  '"text"',
  '',
  '{"a":"\u0000"}',
  '{"a":"\\ud800"}',
  '{"a":1e999}',
  `${'['.repeat(9_999)}`,
)

/** Text for a path or query, with every byte that a URL can carry, including NUL and lone surrogates. */
const inUrl = (value: unknown) => {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return encodeURIComponent(text.toWellFormed().slice(0, 2_000)).replace(/^\.{1,2}$/, 'dots') || 'empty'
}
const oddBytes = fc.constantFrom('%00', '%ED%A0%80', '%FF', '%C0%80', '%E2%80%AE', '%2F', '%25')

function addresses(documented: Documented, values: Values): Arbitrary<string> {
  const parts = parametersOf(documented.operation)
    .filter(({ in: place }) => place !== 'header')
    .map(({ name, in: place, schema }) =>
      fc.tuple(near(schema, values), oddBytes, fc.nat(99)).map(([value, odd, dice]) => {
        const real = values[name] ?? values[/^([a-z]+)_/.exec(String(schema.example))?.[1] ?? '']
        const text = dice < 60 && real ? inUrl(real) : dice > 95 ? odd : inUrl(value)
        return { name, place, text, given: place === 'path' || name in values || dice % 3 === 0 }
      }),
    )
  return fc.tuple(...parts).map((all) => {
    const query = all
      .filter(({ place, given }) => place === 'query' && given)
      .map(({ name, text }) => `${name}=${text}`)
    const path = all.reduce(
      (made, { name, place, text }) => (place === 'path' ? made.replace(`{${name}}`, () => text) : made),
      documented.path,
    )
    return query.length > 0 ? `${path}?${query.join('&')}` : path
  })
}

const oddHeaders = fc.constantFrom<Record<string, string>>(
  { 'Content-Type': 'text/plain' },
  { 'Content-Type': 'application/json; charset=utf-16' },
  { 'Idempotency-Key': 'x'.repeat(300) },
  { 'Idempotency-Key': 'two words' },
  { 'Idempotency-Key': 'the-same-for-all' },
  { Authorization: 'Bearer' },
  { Authorization: 'Basic eDp5' },
  { 'x-api-key': 'é' },
  { Accept: 'text/html' },
)

/** Requests of one operation. `key` is a valid key; one request in thirty has none. */
export function requestsOf(documented: Documented, values: Values, key: string): Arbitrary<GeneratedRequest> {
  const media = documented.operation.requestBody?.content['application/json']
  const body = media ? near(media.schema, values) : fc.constant(undefined)
  return fc
    .record({
      path: addresses(documented, values),
      body,
      broken: brokenBodies,
      odd: oddHeaders,
      dice: fc.nat(29),
      unique: fc.uuid(),
    })
    .map(({ path, body: made, broken, odd, dice, unique }) => {
      const isObject = made !== null && typeof made === 'object' && !Array.isArray(made)
      const request = {
        ...requestOf(documented, values),
        ...(isObject ? { body: made as Record<string, unknown> } : {}),
      }
      const keyed = withKey(request, documented.credential, dice === 0 ? undefined : key)
      const init = initOf(isObject ? keyed : { ...keyed, body: undefined as never })
      const headers = { ...(init.headers as Record<string, string>), ...(dice === 1 ? odd : {}) }
      if ('Idempotency-Key' in request.headers) headers['Idempotency-Key'] ??= unique
      if (!media) return { documented, path, init: { ...init, headers } }
      const text = dice === 2 ? broken : isObject ? init.body! : (JSON.stringify(made) ?? '')
      return {
        documented,
        path,
        init: { ...init, headers: { 'Content-Type': 'application/json', ...headers }, body: text },
      }
    })
}
