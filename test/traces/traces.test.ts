import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTracing } from '../../traces/start.ts'
import { startCollector, type CollectedSpan, type Collector } from '../support/traces/collector.ts'
import { WorkerProcess } from '../support/world/worker-process.ts'
import { createWorld, type World } from '../support/world/world.ts'

// The API of this process and a worker of its own export to one collector. Both export at their end, so no test waits
// for a batch.

const key = 'a-key-for-the-collector'
let collector: Collector
let world: World
let worker: WorkerProcess
let stopTracing: () => Promise<void>
const lines: object[] = []
const log = { info: (line: object) => void lines.push(line), warn: (line: object) => void lines.push(line) }

beforeAll(async () => {
  collector = await startCollector()
  const headers = { 'x-api-key': key }
  const config = { url: `${collector.url}/v1/traces`, headers, attributes: {}, ratio: 1 } as const
  const program = { service: 'the-api', release: '0', log }
  stopTracing = await startTracing({ ...config, sampler: 'parentbased_always_on' }, program)
  world = await createWorld({ worker: false })
  worker = new WorkerProcess(world, {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_HEADERS: `x-api-key=${key}`,
    OTEL_SERVICE_NAME: 'the-worker',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    // Platforms set such variables. They have no effect.
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:1',
  })
  await worker.start()
})
afterAll(async () => {
  await stopTracing()
  await worker.kill()
  await world.close()
  collector.close()
})

/** The span of the caller. */
const caller = { trace: '4bf92f3577b34da6a3ce929d0e0e4736', span: '00f067aa0ba902b7' }
const person = { name: 'Wilhelmina Traceless', email: 'wilhelmina@person.example', address_city: 'Untracedville' }

/** Submits a card to the page as part of the caller's trace. */
async function payTraced(setupUrl: string) {
  const page = world.pageOf(setupUrl)
  const { origin, pathname, search } = page.url
  const token = await page.cardToken()
  world.secrets.add(token)
  const response = await fetch(`${origin}${pathname}/setup-completed${search}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', traceparent: `00-${caller.trace}-${caller.span}-01` },
    body: JSON.stringify({ gateway: 'stripe', confirmation_token: token, amount: 1500, currency: 'USD' }),
  })
  return { status: response.status, traceparent: response.headers.get('traceparent') }
}

let spans: CollectedSpan[]
const below = (parent: CollectedSpan) => spans.filter((span) => span.parent === parent.spanId)

test('one call gives one trace: the call, its statements, and the steps and gateway calls that it causes', async () => {
  const { bc, page } = await world.openSetup()
  const { customer_id: customer } = await world.billingCustomer(bc)
  expect((await world.asNative('PATCH', `/v1/customers/${customer}`, person)).status).toBe(200)
  const paid = await payTraced(page.url.href)
  expect(paid.status).toBe(202)
  expect(paid.traceparent).toMatch(new RegExp(`^00-${caller.trace}-[0-9a-f]{16}-01$`))
  expect(await world.ended(bc)).toBe('completed')
  await world.closedRunsOf(bc)
  await worker.kill('SIGTERM')
  await stopTracing()

  spans = collector.spans().filter(({ traceId }) => traceId === caller.trace)
  const [call, ...others] = spans.filter(({ kind }) => kind === 'server')
  expect(others).toEqual([])
  const route = '/public/edge/setup-billing/:brand_id/:org_id/:bc_id/setup-completed'
  expect(call).toMatchObject({
    service: 'the-api',
    name: `POST ${route}`,
    parent: caller.span,
    hasFailed: false,
    attributes: { 'http.request.method': 'POST', 'http.route': route, 'http.response.status_code': 202 },
  })
  expect(paid.traceparent).toContain(call!.spanId)
  const statements = below(call!).filter(({ attributes }) => attributes['db.system.name'] === 'postgresql')
  expect(statements.map(({ name, kind }) => `${kind} ${name}`)).toContain('client INSERT payment_attempts')

  const pay = below(call!).find(({ name }) => name === 'step takePayment')!
  const { onboarding } = await world.billingCustomer(bc)
  expect(pay).toMatchObject({
    service: 'the-worker',
    kind: 'consumer',
    attributes: {
      ...{ 'workflow.id': onboarding.workflow_id, 'onboarding.id': onboarding.id, 'billing_customer.id': bc },
      ...{ 'organization.id': world.seeds.org_id, 'activity.type': 'takePayment', 'activity.attempt': 1 },
    },
  })
  const names = below(pay).map(({ name }) => name)
  expect(names).toContain('stripe confirm')
  expect(names).toContain('UPDATE payment_attempts')
  const known = new Set([caller.span, ...spans.map(({ spanId }) => spanId)])
  expect(spans.filter(({ parent }) => !known.has(parent!))).toEqual([])
})

test('nothing of a person, no secret, path, token or parameter is exported, and no header is logged', async () => {
  const bytes = collector.exports.map(({ body }) => body).join('\n')
  const words = [...Object.values(person), ...world.secrets, 'token=', 'setup-billing/brand_', 'values (', key]
  expect(words.filter((word) => bytes.includes(word))).toEqual([])
  // As a word: times and ids may contain the last digits of the card.
  expect(bytes).not.toMatch(/\b4242\b/)
  for (const { path, headers } of collector.exports) expect([path, headers['x-api-key']]).toEqual(['/v1/traces', key])
  expect(collector.exports.length).toBeGreaterThan(1)
  expect(lines).toEqual([])
  expect(worker.lines.join()).not.toContain(key)
})

test('statements outside of calls and steps, and probes, have no spans', () => {
  const all = collector.spans()
  const roots = all.filter(({ parent }) => parent === undefined)
  expect(roots.filter(({ attributes }) => attributes['db.system.name'])).toEqual([])
  expect(all.filter(({ name }) => name.includes('/readyz'))).toEqual([])
})

test('once tracing is off, nothing is exported', async () => {
  const before = collector.exports.length
  const response = await fetch(`${world.apiUrl}/v1/charges`, {
    headers: { Authorization: `Bearer ${world.seeds.secret_key}`, traceparent: `00-${caller.trace}-${caller.span}-01` },
  })
  expect([response.status, response.headers.get('traceparent')]).toEqual([
    200,
    expect.stringMatching(new RegExp(`^00-${caller.trace}-[0-9a-f]{16}-01$`)),
  ])
  await stopTracing()
  expect(collector.exports.length).toBe(before)
  // Each step that ran found its call, and housekeeping deletes the rows later.
  const rows = await world.sql`select subject_id, traceparent from traces`
  expect(rows.map(({ traceparent }) => (traceparent as string).slice(3, 35))).toContain(caller.trace)
})
