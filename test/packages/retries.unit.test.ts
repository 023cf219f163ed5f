import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createBillingClient } from '../../packages/client/src/index.ts'

interface Reply {
  status: number
  headers?: Record<string, string>
  body?: string
}

/** Serves the replies one after the other, the last one again and again, and keeps the requests. */
async function serving(...replies: (Reply | 'silence')[]) {
  const received: { key: unknown; authorization: unknown; at: number }[] = []
  const server = createServer((incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { 'idempotency-key': key, authorization } = incoming.headers
    received.push({ key, authorization, at: performance.now() })
    const reply = replies[Math.min(received.length, replies.length) - 1]!
    if (reply !== 'silence') outgoing.writeHead(reply.status, reply.headers).end(reply.body ?? '{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, received }
}

const problem = (status: number, code: string, headers: Record<string, string> = {}): Reply => ({
  status,
  headers: { 'Content-Type': 'application/problem+json', ...headers },
  body: JSON.stringify({ status, code, detail: 'try again' }),
})
const body = { external_id: 'usr_1' }
const apiKey = 'sk_test_example'

test.each([
  [503, 'unavailable'],
  [429, 'too_many_requests'],
  [409, 'idempotency_in_progress'],
])('%i %s is repeated with the same key, not before Retry-After', async (status, code) => {
  const refusal = problem(status, code, { 'Retry-After': '1' })
  const { baseUrl, received } = await serving(refusal, { status: 201, body: '{"id":"cus_1"}' })
  const billing = createBillingClient({ baseUrl, apiKey })
  expect(await billing.post('/v1/customers', { body })).toEqual({ id: 'cus_1' })
  const [first, second, ...more] = received
  expect(more).toEqual([])
  expect(second!.at - first!.at).toBeGreaterThanOrEqual(995)
  expect(second!.key).toBe(first!.key)
  expect(first).toMatchObject({ key: expect.stringMatching(/^[0-9a-f-]{36}$/), authorization: `Bearer ${apiKey}` })
})

test('two calls have different keys, and a GET has none', async () => {
  const { baseUrl, received } = await serving({ status: 200 })
  const billing = createBillingClient({ baseUrl, apiKey })
  await billing.post('/v1/customers', { body })
  await billing.post('/v1/customers', { body })
  await billing.get('/v1/settings')
  const [first, second, third] = received.map(({ key }) => key)
  expect(first).not.toBe(second)
  expect(third).toBeUndefined()
})

test('a longer Retry-After is not awaited: the error tells the seconds', async () => {
  const { baseUrl, received } = await serving(problem(429, 'too_many_requests', { 'Retry-After': '3600' }))
  const error = { status: 429, code: 'too_many_requests', retryAfter: 3600 }
  await expect(createBillingClient({ baseUrl, apiKey }).get('/v1/settings')).rejects.toMatchObject(error)
  expect(received).toHaveLength(1)
})

test.each([400, 402, 404, 409, 422, 500, 502])('%i is not repeated', async (status) => {
  const { baseUrl, received } = await serving(problem(status, 'conflict'))
  const call = createBillingClient({ baseUrl, apiKey }).post('/v1/customers', { body })
  await expect(call).rejects.toMatchObject({ status, code: 'conflict' })
  expect(received).toHaveLength(1)
})

test('the number of retries is limited, and 0 means none', async () => {
  const { baseUrl, received } = await serving(problem(503, 'unavailable'))
  const calls = [1, 0].map((retries) => createBillingClient({ baseUrl, apiKey, retries }).get('/v1/settings'))
  for (const outcome of await Promise.allSettled(calls))
    expect(outcome).toMatchObject({ status: 'rejected', reason: { status: 503 } })
  expect(received).toHaveLength(3)
})

test('a page of a proxy is an error without a code', async () => {
  const page = { status: 502, headers: { 'Content-Type': 'text/html' }, body: '<h1>Bad gateway</h1>' }
  const { baseUrl } = await serving(page)
  const error = { name: 'ApiError', status: 502, code: undefined, message: expect.stringContaining('502') }
  await expect(createBillingClient({ baseUrl, apiKey }).get('/v1/settings')).rejects.toMatchObject(error)
})

test('a silent service is tried again after the time limit', async () => {
  const { baseUrl, received } = await serving('silence', { status: 200, body: '{"currency":"USD"}' })
  const billing = createBillingClient({ baseUrl, apiKey, timeoutMs: 3_000 })
  expect(await billing.get('/v1/settings')).toEqual({ currency: 'USD' })
  expect(received).toHaveLength(2)
})

test('a signal ends a call that waits for its next attempt', async () => {
  const { baseUrl, received } = await serving(problem(503, 'unavailable', { 'Retry-After': '30' }))
  const controller = new AbortController()
  const call = createBillingClient({ baseUrl, apiKey }).get('/v1/settings', { signal: controller.signal })
  const outcome = expect(call).rejects.toThrow('enough')
  await expect.poll(() => received.length).toBe(1)
  controller.abort(new Error('enough'))
  await outcome
  expect(received).toHaveLength(1)
})
