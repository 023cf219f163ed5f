import { afterAll, beforeAll, expect, test } from 'vitest'
import { initOf, operations, requestOf, routes, withKey, type Documented } from '../support/documented/documented.ts'
import { createWorld, type Answer, type World } from '../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ worker: false, hstsSeconds: 31_536_000 })
})
afterAll(() => world.close())

const isDocument = (path: string) =>
  /^\/(embed\.js|openapi\.json|llms\.txt|docs|docs\/errors|favicon\.ico|assets\/.+)$/.test(path)

/** The hosted page and its notices, in the language of the reader. Calls of the page have one segment more. */
const isPage = (path: string) =>
  /^\/public\/edge\/setup-billing\/(returned|[^/]+\/[^/]+\/[^/]+(\/resume)?)(\?|$)/.test(path)

/** What an answer should say and does not. */
function missing(path: string, { status, headers }: Answer): Record<string, string | null> {
  const wanted: Record<string, RegExp> = {
    'X-Content-Type-Options': /^nosniff$/,
    'Strict-Transport-Security': /^max-age=31536000$/,
    'Cache-Control': isDocument(path) ? /^public, / : /^no-store$/,
    ...(isDocument(path)
      ? {}
      : {
          Vary: isPage(path)
            ? /^Authorization, x-api-key, Accept-Language(, Accept-Encoding)?$/
            : /^Authorization, x-api-key$/,
        }),
    ...(status === 401 ? { 'WWW-Authenticate': /^(Bearer|ApiKey) realm="billing-onboarding"/ } : {}),
  }
  const wrong = Object.entries(wanted).filter(([name, value]) => !value.test(headers.get(name) ?? ''))
  return Object.fromEntries(wrong.map(([name]) => [name, headers.get(name)]))
}

const filled = (path: string) => path.replaceAll(/:[a-z_]+/g, 'none')

test.each(routes)('%s sends its Cache-Control header without a key and with a wrong one', async (route) => {
  const [method, path] = [route.split(' ')[0]!, filled(route.split(' ')[1]!)]
  const body = method === 'GET' ? {} : { body: '{"api_key":"wrong"}' }
  for (const headers of [{}, { Authorization: 'Bearer wrong', 'x-api-key': 'wrong' }]) {
    const json = { ...headers, ...(method === 'GET' ? {} : { 'Content-Type': 'application/json' }) }
    const answer = await world.request(path, { method, headers: json, redirect: 'manual', ...body })
    expect([answer.status, missing(path, answer)]).toEqual([answer.status, {}])
  }
})

const keyed = operations.filter(({ credential }) => credential !== 'link')
const nameOf = ({ method, path }: Documented) => `${method} ${path}`

test.each(keyed.map((documented) => [nameOf(documented), documented] as const))(
  '%s sends it with a key, too, and without a key returns 401 with a challenge',
  async (_name, documented) => {
    const values = { org: world.seeds.org_id, brand: world.seeds.brand_id, sk_test: world.seeds.secret_key }
    for (const key of [world.seeds.secret_key, undefined, 'sk_test_wrong']) {
      const request = withKey(requestOf(documented, values), documented.credential, key)
      const answer = await world.request(request.path, initOf(request))
      if (key !== world.seeds.secret_key) expect(answer.status).toBe(401)
      expect(missing(request.path, answer)).toEqual({})
    }
    // Rotating or revoking its own key, a walker would lock itself out.
    expect((await world.asNative('GET', '/v1/customers')).status).toBe(200)
  },
)

test.each([
  ['GET', '/nothing'],
  ['PUT', '/openapi.json'],
  ['GET', '/v1/nothing'],
  ['PUT', '/v1/customers'],
  ['GET', '/billing-io/v1/nothing'],
  ['GET', '/moment/nothing'],
  ['GET', '/flexprice/v1/nothing'],
  ['POST', '/public/edge/nothing'],
  ['GET', '/apis/public/edge/createCustomer.php'],
  ['GET', '/public/edge/setup-billing/a/b/c?token=wrong'],
  ['POST', '/webhooks/nothing'],
])('%s %s, which does not exist, sends it too', async (method, path) => {
  const answer = await world.request(path, { method })
  expect([answer.status >= 400, missing(isPage(path) ? path : '/v1', answer)]).toEqual([true, {}])
})

test('a 201 response and a response without a body send it too', async () => {
  const made = await world.asNative('POST', '/v1/customers', {})
  expect([made.status, missing('/v1', made)]).toEqual([201, {}])
  const gone = await world.asNative('DELETE', `/v1/customers/${made.body.id}`)
  expect([gone.status, missing('/v1', gone)]).toEqual([204, {}])
})

test('the challenge names the header in which each door expects its key', async () => {
  const challenge = async (path: string, init?: RequestInit) =>
    (await world.request(path, init)).headers.get('WWW-Authenticate')
  const post = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' }
  expect(await challenge('/v1/customers')).toBe('Bearer realm="billing-onboarding"')
  expect(await challenge('/public/edge/getCustomer', post)).toContain('in="body", name="api_key"')
  expect(await challenge('/flexprice/v1/customers/cust_1')).toMatch(/in="header", name="x-api-key", Bearer realm=/)
})
