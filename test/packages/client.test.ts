import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  ApiError,
  ConnectionError,
  createBillingClient,
  NotActiveError,
  type BillingCustomer,
  type WebhookEvent,
} from '../../packages/client/src/index.ts'
import { cuttingProxy } from '../support/packages/cutting-proxy.ts'
import { createWorld, type World } from '../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const clientOf = (baseUrl = world.apiUrl) => createBillingClient({ baseUrl, apiKey: world.seeds.secret_key })
async function all<Each>(list: AsyncIterable<Each>): Promise<Each[]> {
  const whole: Each[] = []
  for await (const each of list) whole.push(each)
  return whole
}
const rejected = (call: Promise<unknown>) => call.then(() => undefined).catch((error: unknown) => error)

test('an onboarding from the customer to the charge', async () => {
  const billing = clientOf()
  const external_id = world.newContact()
  const customer = await billing.post('/v1/customers', { body: { external_id } })
  const opened = await billing.post('/v1/billing_customers', { body: { customer_id: customer.id } })
  const states: BillingCustomer[] = []
  const waiting = billing.waitForActive(opened.id, { onPoll: (state) => states.push(state) })
  const path = { id: opened.id }
  await billing.post('/v1/test_helpers/billing_customers/{id}/submit', { params: { path }, body: { outcome: 'pays' } })
  const active = await waiting
  expect(active).toMatchObject({ id: opened.id, status: 'active', onboarding: { status: 'completed' } })
  expect(states.at(-1)).toEqual(active)
  const query = { billing_customer_id: opened.id }
  const charges = await all(billing.list('/v1/charges', { params: { query } }))
  expect(charges).toMatchObject([{ status: 'succeeded', amount: 1500 }])
})

test('pulled events have the types of webhooks', async () => {
  const billing = clientOf()
  const { id, secret } = await billing.post('/v1/webhook_endpoints', { body: { kind: 'pull', types: ['customer.*'] } })
  world.secrets.add(secret!)
  const { id: customer } = await billing.post('/v1/customers', { body: { external_id: world.newContact() } })
  const { data } = await billing.get('/v1/webhook_endpoints/{id}/pull', { params: { path: { id } } })
  const created = data.flatMap((event: WebhookEvent) =>
    event.type === 'customer.created' ? [event.data.customer_id] : [],
  )
  expect(created).toEqual([customer])
  // @ts-expect-error: the data of an event has the fields of its type
  expect(data[0]!.data.no_such_field).toBeUndefined()
})

test('waitForActive throws when the onboarding ended without success, or the signal ends the wait', async () => {
  const billing = clientOf()
  const opened = await billing.post('/v1/billing_customers', { body: { customer_id: world.newContact() } })
  const ended = await rejected(billing.waitForActive(opened.id, { signal: AbortSignal.timeout(700) }))
  expect(ended).toMatchObject({ name: 'TimeoutError' })
  const path = { id: opened.id }
  await billing.post('/v1/billing_customers/{id}/cancel', { params: { path }, body: { reason: 'no longer wanted' } })
  const error = await rejected(billing.waitForActive(opened.id))
  expect(error).toBeInstanceOf(NotActiveError)
  expect(error).toMatchObject({
    message: `${opened.id} is not active: the status of its onboarding is canceled`,
    billingCustomer: { id: opened.id, onboarding: { status: 'canceled' } },
  })
})

test('a file is uploaded as it is', async () => {
  const body = `external_id\n${world.newContact()}\n`
  const params = { query: { dry_run: 'true' as const } }
  const upload = await clientOf().post('/v1/bulk_onboardings', {
    params,
    headers: { 'Content-Type': 'text/csv' },
    body,
  })
  expect(upload).toMatchObject({ id: expect.any(String) })
})

test('list iterates over all pages', async () => {
  const billing = clientOf()
  const email = world.newContact()
  for (let created = 0; created < 5; created += 1)
    await billing.post('/v1/customers', { body: { email, external_id: world.newContact() } })
  const whole = await all(billing.list('/v1/customers', { params: { query: { email, limit: 2 } } }))
  expect(new Set(whole.map(({ id }) => id)).size).toBe(5)
  const times = whole.map(({ created_at }) => created_at)
  expect(times).toEqual([...times].sort().reverse())
  const some = billing.list('/v1/customers', { params: { query: { email, limit: 2 } } })
  expect((await some.next()).value).toEqual(whole[0])
  await some.return()
})

test('errors of the service have its code and the invalid fields', async () => {
  const billing = clientOf()
  const missing = await rejected(billing.get('/v1/customers/{id}', { params: { path: { id: 'nobody' } } }))
  expect(missing).toBeInstanceOf(ApiError)
  expect(missing).toMatchObject({ status: 404, code: 'not_found', docUrl: expect.stringContaining('#not_found') })
  const invalid = await rejected(billing.post('/v1/customers', { body: { external_id: '', email: 'none' } }))
  expect(invalid).toMatchObject({ status: 400, code: 'invalid_request', requestId: expect.stringMatching(/^req_/) })
  const { errors, param, message } = invalid as ApiError
  expect(errors.map((each) => each.param)).toEqual(['external_id', 'email'])
  expect(param).toBe('external_id')
  expect(message).toMatch(/^invalid_request: external_id: /)
})

test.each(['after', 'inside'] as const)('a POST whose connection is cut (%s) takes effect once', async (cut) => {
  const proxy = await cuttingProxy(world.apiUrl, [cut, cut])
  const external_id = world.newContact()
  const customer = await clientOf(proxy.url).post('/v1/customers', { body: { external_id } })
  expect(proxy.statuses).toEqual([201, 201, 201])
  expect(new Set(proxy.keys).size).toBe(1)
  const { body } = await world.asNative('GET', `/v1/customers?external_id=${encodeURIComponent(external_id)}`)
  expect(body.data).toMatchObject([{ id: customer.id }])
})

test('a payment whose connection is cut is awaited, and charged once', async () => {
  const confirmation = await world.hold('/v1/payment_intents/*/confirm')
  const proxy = await cuttingProxy(world.apiUrl, [() => confirmation.reached()])
  const customer_id = world.newContact()
  const opening = clientOf(proxy.url).post('/v1/billing_customers', {
    body: { customer_id, payment_data: { pm_id: 'pm_card_visa' } },
  })
  await expect.poll(() => proxy.statuses).toContain(409)
  await confirmation.release()
  const opened = await opening
  expect(opened).toMatchObject({ status: 'active', initial_charged: true })
  expect(new Set(proxy.keys).size).toBe(1)
  const charges = await all(clientOf().list('/v1/charges', { params: { query: { billing_customer_id: opened.id } } }))
  expect(charges).toMatchObject([{ status: 'succeeded' }])
})

test('a DELETE whose connection is cut succeeds, although the record is gone at the next attempt', async () => {
  const contact = world.newContact()
  await clientOf().post('/v1/customers', { body: { external_id: contact } })
  const proxy = await cuttingProxy(world.apiUrl, ['after'])
  const options = { params: { path: { id: contact } } }
  await clientOf(proxy.url).delete('/v1/customers/{id}', options)
  expect(proxy.statuses).toEqual([204, 404])
  expect(await rejected(clientOf().delete('/v1/customers/{id}', options))).toMatchObject({ code: 'not_found' })
})

test('a key of the caller is sent, and repeats a call from elsewhere', async () => {
  const [body, idempotencyKey] = [{ external_id: world.newContact() }, `create-${world.newContact()}`]
  const first = await clientOf().post('/v1/customers', { body, idempotencyKey })
  expect(await clientOf().post('/v1/customers', { body, idempotencyKey })).toEqual(first)
  const other = { external_id: world.newContact() }
  const error = await rejected(clientOf().post('/v1/customers', { body: other, idempotencyKey }))
  expect(error).toMatchObject({ status: 422, code: 'idempotency_mismatch' })
})

test('a service that cannot be reached', async () => {
  const billing = createBillingClient({ baseUrl: 'http://127.0.0.1:9', apiKey: 'sk_test_none', retries: 1 })
  const error = await rejected(billing.get('/v1/settings'))
  expect(error).toBeInstanceOf(ConnectionError)
  expect((error as Error).cause).toMatchObject({ message: 'fetch failed' })
})
