import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorld, type World } from '../../../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

test('a billing customer shows its onboarding, step by step', async () => {
  const { bc, page } = await world.openSetup()
  const { status, body } = await world.asNative('GET', `/v1/billing_customers/${bc}`)
  expect(status).toBe(200)
  expect(body).toMatchObject({
    id: bc,
    object: 'billing_customer',
    environment: 'sandbox',
    status: 'pending',
    allow_trigger: true,
    initial_charged: false,
    needs_person: null,
    setup_url: page.url.href,
    onboarding: {
      n: 1,
      status: 'pending',
      blocked_on: 'customer',
      amount: 1500,
      currency: 'USD',
      workflow_id: expect.stringMatching(/^onboarding\/cus_\w+$/),
    },
  })
  expect(body.onboarding.steps.map(({ name, state }: { name: string; state: string }) => `${name} ${state}`)).toEqual([
    'record done',
    'payment_method waiting',
    'initial_charge waiting',
    'activation waiting',
    'enrollment waiting',
  ])
})

test('errors name what is invalid, and objects of others are reported as unknown', async () => {
  const { bc } = await world.openSetup()
  const { secret_key } = world.seeds.other_org
  const foreign = await world.asNative('GET', `/v1/billing_customers/${bc}`, undefined, secret_key)
  const unknown = await world.asNative('GET', '/v1/billing_customers/bc_unknown', undefined, secret_key)
  expect(foreign.headers.get('Content-Type')).toBe('application/problem+json')
  expect({ ...foreign.body, request_id: 'x' }).toEqual({ ...unknown.body, request_id: 'x' })
  expect(foreign.body).toMatchObject({ status: 404, code: 'not_found', title: 'Not found' })
  for (const path of ['cancel', 'setup_link', 'retry']) {
    const body = path === 'retry' ? undefined : path === 'cancel' ? { reason: 'x' } : {}
    expect((await world.asNative('POST', `/v1/billing_customers/${bc}/${path}`, body, secret_key)).status).toBe(404)
  }
  expect((await world.request(`/v1/billing_customers/${bc}`)).status).toBe(401)
  expect(
    (await world.asNative('GET', `/v1/billing_customers/${bc}`, undefined, world.seeds.publishable_key)).status,
  ).toBe(403)
  const wrong = await world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: '' })
  expect([wrong.status, wrong.body.code, wrong.body.param]).toEqual([400, 'invalid_request', 'reason'])
  const surprise = await world.asNative('POST', `/v1/billing_customers/${bc}/setup_link`, { replaced: true })
  expect([surprise.status, surprise.body.param]).toEqual([400, 'replaced'])
})

test('rejects NUL and unpaired surrogates, also in a path and in a chunked body', async () => {
  const { bc } = await world.openSetup()
  const chunked = (path: string, text: string) =>
    world.request(path, {
      method: 'POST',
      headers: { Authorization: `Bearer ${world.seeds.secret_key}`, 'Content-Type': 'application/json' },
      body: new Blob([text]).stream(),
      duplex: 'half',
    } as RequestInit)
  for (const reason of ['a\\u0000b', '\\ud800']) {
    const answer = await chunked(`/v1/billing_customers/${bc}/cancel`, `{"reason":"${reason}"}`)
    expect([answer.status, answer.body.param]).toEqual([400, 'reason'])
  }
  for (const path of ['/v1/billing_customers/%00', `/v1/billing_customers/${bc}%00`])
    expect((await world.asNative('GET', path)).status).toBe(400)
})

test('returns no link of an onboarding that is ending', async () => {
  const { bc } = await world.openSetup()
  await world.stopWorker()
  await world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'x' })
  expect((await world.asNative('POST', `/v1/billing_customers/${bc}/setup_link`, {})).status).toBe(409)
  await world.startWorker()
})

test('rejects cancel, extend and retry without a live onboarding', async () => {
  const { bc, page } = await world.openSetup()
  await page.submitCard()
  await world.ended(bc)
  for (const [path, body] of [
    ['cancel', { reason: 'x' }],
    ['setup_link', { replace: true }],
    ['retry', undefined],
  ] as const) {
    expect((await world.asNative('POST', `/v1/billing_customers/${bc}/${path}`, body)).status).toBe(409)
  }
})

test('the OpenAPI document is valid, and lists every route except those for vendors and machines', async () => {
  const { body } = await world.request('/openapi.json')
  expect(body.openapi).toBe('3.1.0')
  // `npm run openapi` writes the file.
  expect(body).toEqual(JSON.parse(readFileSync(new URL('../../../../openapi.json', import.meta.url), 'utf8')))
  const { Validator } = await import('@seriousme/openapi-schema-validator')
  expect(await new Validator().validate(structuredClone(body))).toEqual({ valid: true })
  const operations = Object.values(body.paths as Record<string, Record<string, { operationId: string }>>).flatMap(
    (path) => Object.values(path),
  )
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length)
  expect(operations.length).toBeGreaterThan(15)
})

test('responses match the OpenAPI document', async () => {
  const { body: document } = await world.request('/openapi.json')
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  ajv.addSchema({ $id: 'doc', ...document })
  const matches = (name: string, value: unknown) => {
    const valid = ajv.compile({ $ref: `doc#/components/schemas/${name}` })
    return valid(value) || valid.errors
  }
  const { bc, contact } = await world.openSetup()
  expect(matches('BillingCustomer', await world.billingCustomer(bc))).toBe(true)
  expect(matches('EdgeCreatedCustomer', (await world.edge('createCustomer', { contact_id: contact })).body)).toBe(true)
  expect(matches('EdgeCustomer', (await world.edge('getCustomer', { bc_id: bc })).body)).toBe(true)
  expect(matches('EdgeItems', (await world.edge('getItems', {})).body)).toBe(true)
  expect(matches('EdgeEnrollments', (await world.edge('getEnrollments', {})).body)).toBe(true)
  expect(matches('EdgeError', (await world.edge('getCustomer', { bc_id: 'x' })).body)).toBe(true)
  expect(matches('Problem', (await world.asNative('GET', '/v1/billing_customers/x')).body)).toBe(true)
})
