import { randomUUID } from 'node:crypto'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { doorNames, doors, type DoorName } from '../../support/doors.ts'
import { type Answer } from '../../support/world/world.ts'
import { withDoors, world, said, native } from '../../support/api/raw-bodies.ts'

// Every parser reads the same in a body, or every door rejects it.

withDoors()

type Door = DoorName | 'native' | 'edge'
const everyDoor: Door[] = ['native', 'edge', ...doorNames]
const metadataOf = (door: Door) => (door === 'edge' ? 'meta' : 'metadata')

interface Sent {
  /** Raw JSON after the fields that each door needs, such as `,"a":1`. */
  rest?: string
  /** What is sent of the text. */
  encode?: (text: string) => Uint8Array<ArrayBuffer>
  headers?: Record<string, string>
  externalId?: string
  query?: string
}

/** Creates a customer at a door with a body that is written by hand. */
function create(door: Door, sent: Sent = {}): Promise<Answer> {
  const { rest = '', encode = (text) => new TextEncoder().encode(text), query = '' } = sent
  const { externalId = randomUUID() } = sent
  const { secret_key, org_id, brand_id } = world.seeds
  const smallest = {
    native: { external_id: externalId },
    edge: { api_key: secret_key, org_id, brand_id, contact_id: externalId },
  }
  const fields = door in smallest ? smallest[door as 'native'] : doors[door as DoorName].smallest(externalId)
  const paths = { native: '/v1/customers', edge: '/public/edge/createCustomer' }
  const path = door in paths ? paths[door as 'native'] : doors[door as DoorName].customers
  const key = door === 'flexprice' ? { 'x-api-key': secret_key } : { Authorization: `Bearer ${secret_key}` }
  return world.request(path + query, {
    method: 'POST',
    headers: { ...key, 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID(), ...sent.headers },
    body: encode(`${JSON.stringify(fields).slice(0, -1)}${rest}}`),
  })
}

const counted = async () => {
  const [row] = await world.sql`
    select (select count(*)::int from customers) as customers, (select count(*)::int from billing_customers) as billing,
      (select count(*)::int from idempotency_keys where status is not null) as answers`
  return row
}

describe.each(everyDoor)('%s', (door) => {
  const metadata = metadataOf(door)
  async function refuses(sent: Sent, status: number, words: string) {
    const before = await counted()
    const answer = await create(door, sent)
    const shown = `${sent.rest ?? ''} ${JSON.stringify(sent.headers ?? {})}`
    expect([answer.status, said(answer)], shown).toEqual([status, words])
    expect(await counted(), shown).toEqual(before)
    return answer
  }

  test.each(['9007199254740993', '-9007199254740993', '1e400', '0.1000000000000000055', '12345678901234567890'])(
    'rejects the number %s, which JSON parsers round, naming its field, and stores nothing',
    async (number) => {
      const words = 'must be a number that JSON represents exactly; send it as a string instead'
      await refuses({ rest: `,"${metadata}":{"crm_id":${number}}` }, 400, `${metadata}.crm_id: ${words}`)
      await refuses({ rest: `,"${metadata}":{"a":[{"b":${number}}]}` }, 400, `${metadata}.a.0.b: ${words}`)
      await refuses({ rest: `,"initial_amount":${number}` }, 400, `initial_amount: ${words}`)
    },
  )

  test('rejects a duplicate name at any depth and in any spelling', async () => {
    const twice = 'must not be specified more than once'
    await refuses({ rest: ',"name":"A","name":"A"' }, 400, `name: ${twice}`)
    await refuses({ rest: ',"name":"A","n\\u0061me":"B"' }, 400, `name: ${twice}`)
    await refuses({ rest: `,"${metadata}":{"a":{"b":1,"c":{},"b":2}}` }, 400, `${metadata}.a.b: ${twice}`)
    await refuses({ rest: `,"${metadata}":{"a":[{},{"x":1,"x":1}]}` }, 400, `${metadata}.a.1.x: ${twice}`)
  })

  test('rejects __proto__ as a name, and pollutes no prototype', async () => {
    const words = 'is not a valid field name'
    await refuses({ rest: ',"__proto__":{"polluted":1}' }, 400, `__proto__: ${words}`)
    await refuses({ rest: `,"${metadata}":{"__proto__":"x"}` }, 400, `${metadata}.__proto__: ${words}`)
    await refuses({ rest: `,"${metadata}":{"a":{"\\u005f_proto__":{}}}` }, 400, `${metadata}.a.__proto__: ${words}`)
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })

  test('rejects invalid UTF-8, so that two names never become one', async () => {
    const withBytes = (...bytes: number[]) => ({
      rest: ',"name":"Jos~"',
      encode: (text: string) => Buffer.from(text.replace('~', String.fromCharCode(...bytes)), 'latin1'),
    })
    for (const bytes of [[0xe9], [0xe8], [0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80]])
      await refuses(withBytes(...bytes), 400, 'body: must be UTF-8')
    await refuses({ encode: (text) => Buffer.from(text, 'utf16le') }, 400, 'body: must be valid JSON')
    // What is UTF-8 arrives as it is, also behind a byte order mark.
    const name = 'José 👩‍👩‍👧‍👦'
    if (door === 'edge') return
    const answer = await create(door, { rest: `,"name":"${name}"`, encode: (text) => Buffer.from(`\ufeff${text}`) })
    expect([answer.status, answer.body.name]).toEqual([201, name])
  })

  test('rejects unpaired surrogates and NUL in strings and names', async () => {
    const words = 'must be well-formed Unicode without NUL characters'
    for (const text of ['\\ud800', '\\udfff\\ud800', 'a\\u0000b']) {
      await refuses({ rest: `,"${metadata}":{"a":"${text}"}` }, 400, `${metadata}.a: ${words}`)
      await refuses({ rest: `,"${metadata}":{"${text}":"a"}` }, 400, `${metadata}: ${words}`)
    }
  })

  test('rejects other charsets and compressed bodies with 415 and names what is supported', async () => {
    for (const charset of ['iso-8859-1', '"latin1"', 'utf-16', 'us-ascii'])
      await refuses(
        { headers: { 'Content-Type': `application/json; charset=${charset}` } },
        415,
        'Content-Type: must be application/json with no charset other than utf-8',
      )
    const codings: [string, Sent['encode']][] = [
      ['gzip', (text) => new Uint8Array(gzipSync(text))],
      ['br', (text) => new Uint8Array(brotliCompressSync(text))],
      ['x-unknown', undefined],
    ]
    for (const [coding, encode] of codings) {
      const sent = { headers: { 'Content-Encoding': coding }, ...(encode ? { encode } : {}) }
      const words = 'Content-Encoding: must not be set: compressed bodies are not supported'
      const answer = await refuses(sent, 415, words)
      expect(answer.headers.get('Accept-Encoding')).toBe('identity')
    }
    for (const headers of [
      { 'Content-Type': 'application/json;charset=UTF-8', 'Content-Encoding': 'identity' },
      { 'Content-Type': 'application/json; charset="utf8"' },
    ])
      expect((await create(door, { headers })).status).toBeLessThan(300)
  })

  test('rejects every query parameter of a call that has none', async () => {
    for (const [query, name] of [
      ['?foo=1', 'foo'],
      ['?expand=customer', 'expand'],
      ['?__proto__=1', '__proto__'],
      ['?limit=5', 'limit'],
    ] as const)
      await refuses({ query }, 400, `${name}: is not a field of this call`)
  })

  test('error messages are short and well formed, regardless of the size of the input', async () => {
    const many = Array.from({ length: 20_000 }, (_, i) => `"k${i}":1`).join(',')
    const long = 'k'.repeat(400_000)
    const faces = '👩'.repeat(2_000)
    for (const rest of [
      `,${many}`,
      `,"${long}":1`,
      `,"${long}":1,"${long}":2`,
      `,"${metadata}":{"x${faces}":1e400}`,
      `,"${metadata}":{"${faces}":{"__proto__":1}}`,
      `,"x${faces}":1`,
    ]) {
      const answer = await create(door, { rest })
      const text = JSON.stringify(answer.body)
      expect(answer.status, rest.slice(0, 40)).toBe(400)
      expect(text.length, rest.slice(0, 40)).toBeLessThan(4_000)
      // JSON.stringify writes a half of a pair as an escape.
      expect(text, rest.slice(0, 40)).not.toMatch(/\\ud[89a-f]|zod|invalid_type|Unrecognized/i)
    }
  })
})

test('preserves numbers that JSON can represent, and names of Object.prototype', async () => {
  const rest =
    ',"metadata":{"a":9007199254740991,"b":-0.5,"c":15.10,"d":1e21,"e":5e-7,' +
    '"constructor":1,"toString":{"prototype":2},"hasOwnProperty":"x"}'
  const { status, body } = await create('native', { rest })
  expect(status).toBe(201)
  const expected = {
    ...{ a: 9007199254740991, b: -0.5, c: 15.1, d: 1e21, e: 5e-7 },
    ...{ constructor: 1, toString: { prototype: 2 }, hasOwnProperty: 'x' },
  }
  expect(body.metadata).toEqual(expected)
  expect((await native(`/v1/customers/${body.id}`)).body.metadata).toEqual(expected)
})

test.each(['{"toString":1}', '{"valueOf":null,"toString":{}}'])(
  'lists that take a body reject a limit of %s',
  async (json) => {
    const limit: unknown = JSON.parse(json)
    const flexprice = await world.request('/flexprice/v1/customers/search', {
      method: 'POST',
      headers: { 'x-api-key': world.seeds.secret_key, 'Content-Type': 'application/json' },
      body: JSON.stringify({ limit }),
    })
    const edge = await Promise.all(['getItems', 'getEnrollments'].map((action) => world.edge(action, { limit })))
    expect([flexprice, ...edge].map(({ status }) => status)).toEqual([400, 400, 400])
  },
)
