import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorld, type World } from '../../support/world/world.ts'

// No call ignores a field: a misspelled one would be missed.

let world: World
beforeAll(async () => {
  world = await createWorld({ worker: false })
})
afterAll(() => world.close())

interface Operation {
  requestBody?: object
}

/** Every call of the document that has no body, except those of the hosted page. */
async function bodiless(): Promise<[method: string, path: string][]> {
  const { body } = await world.request('/openapi.json')
  const paths = Object.entries(body.paths as Record<string, Record<string, Operation>>)
  return paths
    .filter(([path]) => !path.startsWith('/public/edge/setup-billing/'))
    .flatMap(([path, operations]) =>
      Object.entries(operations)
        .filter(([method, { requestBody }]) => ['post', 'put', 'patch', 'delete'].includes(method) && !requestBody)
        .map(([method]): [string, string] => [method.toUpperCase(), path]),
    )
}

test('every call without fields rejects a field, before it does anything', async () => {
  const calls = await bodiless()
  expect(calls.map((call) => call.join(' '))).toEqual(
    expect.arrayContaining([
      'POST /v1/billing_customers/{id}/retry',
      'POST /v1/api_keys/{id}/revoke',
      'POST /v1/webhook_endpoints/{id}/disable',
      'DELETE /v1/customers/{id}',
      'DELETE /flexprice/v1/customers/{id}',
    ]),
  )
  for (const [method, path] of calls) {
    const ask = (body: string) =>
      world.request(path.replace(/\{\w+\}/g, 'nobody'), {
        method,
        headers: {
          Authorization: `Bearer ${world.seeds.secret_key}`,
          'x-api-key': world.seeds.secret_key,
          'Content-Type': 'application/json',
        },
        body,
      })
    const { status, body } = await ask('{"catch_up":false}')
    expect([status, JSON.stringify(body)], `${method} ${path}`).toEqual([
      400,
      expect.stringMatching(/catch_up:? is not a field of this call/),
    ])
    expect((await ask('{}')).status, `${method} ${path}`).toBe(404)
  }
})

test('an endpoint stays enabled, and a key valid, if the call that would end it has a field', async () => {
  const { body: endpoint } = await world.asNative('POST', '/v1/webhook_endpoints', { kind: 'pull' })
  world.secrets.add(endpoint.secret)
  const path = `/v1/webhook_endpoints/${endpoint.id}`
  expect((await world.asNative('POST', `${path}/disable`, { until: 'tomorrow' })).status).toBe(400)
  expect((await world.asNative('DELETE', path, { soft: true })).status).toBe(400)
  expect((await world.asNative('GET', path)).body.status).toBe('enabled')
  const { body: key } = await world.asNative('POST', '/v1/api_keys', { scopes: ['customers:read'] })
  world.secrets.add(key.secret)
  expect((await world.asNative('POST', `/v1/api_keys/${key.id}/revoke`, { in_seconds: 60 })).status).toBe(400)
  expect((await world.asNative('GET', `/v1/api_keys/${key.id}`)).body.revoked_at).toBeNull()
})
