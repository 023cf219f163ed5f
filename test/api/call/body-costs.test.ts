import { randomUUID } from 'node:crypto'
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWorld, type World } from '../../support/world/world.ts'

// What a body may cost is bounded before anybody knows who sent it: the edge door has its key in the body, and the page
// has only a link.

let world: World
beforeAll(async () => {
  world = await createWorld({ worker: false })
})
afterAll(() => world.close())

const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  world.request(path, { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body })

describe('the edge door checks the key before the values', () => {
  const wrong = [
    ['a name that is given twice', '"contact_id":"a","contact_id":"b"'],
    ['a number that is not exact', '"meta":{"a":9007199254740993}'],
    ['NUL', '"contact_id":"a\\u0000b"'],
    ['the name __proto__', '"__proto__":{}'],
  ] as const
  test.each(wrong)('%s: 401 with a wrong key, 400 with a valid one', async (_, rest) => {
    const paths = ['/public/edge/createCustomer', '/apis/public/edge/getItems.php']
    for (const path of paths) {
      expect((await post(path, `{"api_key":"sk_test_wrong",${rest}}`)).status, path).toBe(401)
      expect((await post(path, `{${rest}}`)).status, path).toBe(401)
      expect((await post(path, `{"api_key":"${world.seeds.secret_key}",${rest}}`)).status, path).toBe(400)
    }
  })

  test('rejects a duplicate key field, whichever of the two is valid', async () => {
    const { secret_key } = world.seeds
    const answers = []
    for (const [first, last] of [
      [secret_key, 'sk_test_wrong'],
      ['sk_test_wrong', secret_key],
      [secret_key, secret_key],
    ])
      answers.push((await post('/public/edge/getItems', `{"api_key":"${first}","api_key":"${last}"}`)).status)
    expect(answers).toEqual([401, 400, 400])
  })
})

describe('a body has at most 20,000 values', () => {
  const values = {
    numbers: `[${'1,'.repeat(20_000)}1]`,
    objects: `[${'{},'.repeat(20_000)}{}]`,
    names: `{${Array.from({ length: 20_001 }, (_, i) => `"${i}":1`).join()}}`,
    'lists within lists': `[${'[1,1],'.repeat(10_000)}1]`,
  }
  const says = 'must not have more than 20000 values'
  test.each(Object.entries(values))('%s', async (_, many) => {
    const edge = await post('/public/edge/createCustomer', `{"meta":${many}}`)
    expect([edge.status, edge.body.errors]).toEqual([400, [`body: ${says}`]])
    const native = await post('/v1/customers', `{"metadata":${many}}`, {
      Authorization: `Bearer ${world.seeds.secret_key}`,
    })
    expect([native.status, native.body.detail]).toEqual([400, `body: ${says}`])
  })

  test('accepts any number of commas within a string', async () => {
    const text = ',[]{}\\"\\\\'.repeat(300)
    const { status, body } = await post(
      '/v1/customers',
      `{"external_id":"${randomUUID()}","metadata":{"a":"${text}"}}`,
      {
        Authorization: `Bearer ${world.seeds.secret_key}`,
      },
    )
    expect([status, body.metadata.a]).toEqual([201, ',[]{}"\\'.repeat(300)])
  })

  test('both doors accept the largest metadata with the smallest values', async () => {
    const lists = Array.from({ length: 8 }, (_, i) => [`l${i}`, Array<number>(1_990).fill(1)])
    const metadata = Object.fromEntries(lists) as object
    const native = await world.asNative('POST', '/v1/customers', { external_id: randomUUID(), metadata })
    expect([native.status, native.body.metadata]).toEqual([201, metadata])
    const { secret_key, org_id, brand_id } = world.seeds
    const edge = { api_key: secret_key, org_id, brand_id, contact_id: randomUUID(), meta: metadata }
    expect((await post('/public/edge/createCustomer', JSON.stringify(edge))).status).toBe(200)
  })

  test('rejects deeply nested bodies before parsing them, valid or not', async () => {
    for (const deep of ['['.repeat(500_000), '{"a":'.repeat(100_000), `{"a":${'['.repeat(30)}${']'.repeat(30)}}`]) {
      const { status, body } = await post('/public/edge/getItems', deep)
      expect([status, body.errors[0]]).toEqual([
        400,
        expect.stringContaining('must not be nested deeper than 24 levels'),
      ])
    }
  })
})

describe('the strings and numbers of a body have at most 262,144 characters', () => {
  const says = (field: string) =>
    `${field}: must be shorter: all strings and numbers of a body have at most 262144 characters together`
  const spaced = '4 '.repeat(150_000)
  test.each([
    ['one string', 'name', { external_id: 'a', name: spaced }],
    ['many strings', 'metadata', { external_id: 'a', metadata: { a: Array<string>(2_000).fill('4242 '.repeat(30)) } }],
    ['a name', 'metadata', { metadata: { [spaced]: 1 } }],
    ['a name of a field', spaced.slice(0, 3), { [spaced]: 1 }],
  ])('%s', async (_, field, body) => {
    const native = await world.asNative('POST', '/v1/customers', body)
    const edge = await world.edge('createCustomer', body)
    expect([native.status, edge.status]).toEqual([400, 400])
    for (const text of [native.body.detail, edge.body.errors[0]]) {
      expect(text.startsWith(field)).toBe(true)
      expect(text.endsWith(says(''))).toBe(true)
    }
  })

  test('a number', async () => {
    const { status, body } = await post('/v1/customers', `{"metadata":{"card":${'4'.repeat(300_000)}}}`, {
      Authorization: `Bearer ${world.seeds.secret_key}`,
    })
    expect([status, body.detail]).toEqual([400, says('metadata')])
  })

  test('escapes count as one character: 32 KiB of metadata written in ASCII', async () => {
    const { secret_key, org_id, brand_id } = world.seeds
    const data = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`k${i}`, 'é'.repeat(2_000)]))
    const edge = { api_key: secret_key, org_id, brand_id, contact_id: randomUUID(), meta: data }
    const ascii = JSON.stringify(edge).replaceAll('é', '\\u00e9')
    expect(ascii.length).toBeGreaterThan(95_000)
    expect((await post('/public/edge/createCustomer', ascii)).status).toBe(200)
  })

  test('1,000 ids of 256 characters, as the search of FlexPrice accepts', async () => {
    const external_ids = Array.from({ length: 1_000 }, (_, i) => String(i).padStart(256, 'x'))
    const { status } = await post('/flexprice/v1/customers/search', JSON.stringify({ external_ids }), {
      'x-api-key': world.seeds.secret_key,
    })
    expect(status).toBe(200)
  })
})

test('calls of the hosted page accept 16 KB, whole or chunked', async () => {
  const { page } = await world.openSetup()
  const url = new URL(page.url)
  const path = `${url.pathname}/setup-completed?token=${page.token}`
  const of = (length: number) => `{"gateway":"stripe","x":"${'x'.repeat(length)}"}`
  expect((await post(path, of(16_000))).status).toBe(400)
  expect([(await post(path, of(17_000))).status]).toEqual([413])
  const chunked = await world.request(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: new Blob([of(17_000)]).stream(),
    duplex: 'half',
  } as RequestInit)
  expect(chunked.status).toBe(413)
  // A browser sends no body with GET. Whoever does gets the same answer, from the page too.
  for (const path of [url.pathname, `${url.pathname}/progress`]) {
    const answer = await getWithBody(`${path}?token=${page.token}`, of(17_000))
    expect([answer.status, answer.body]).toEqual([413, expect.stringContaining('16 KB')])
  }
  expect((await getWithBody(`${url.pathname}?token=${page.token}`, of(1_000))).status).toBe(200)
})

const getWithBody = (path: string, body: string) =>
  new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json', 'Content-Length': body.length }
    request(`${world.apiUrl}${path}`, { method: 'GET', headers }, (answer) => {
      let text = ''
      answer.on('data', (part: Buffer) => (text += part.toString()))
      answer.on('end', () => resolve({ status: answer.statusCode, body: text }))
    })
      .on('error', reject)
      .end(body)
  })
