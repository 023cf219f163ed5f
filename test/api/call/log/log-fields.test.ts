import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorld, type World } from '../../../support/world/world.ts'

let world: World
beforeAll(async () => void (world = await createWorld({ worker: false, listen: true })))
afterAll(() => world.close())

const trace = '4bf92f3577b34da6a3ce929d0e0e4736'
type Line = Record<string, unknown>
const linesOf = (requestId: string | null) =>
  world.logged.map((line) => JSON.parse(line) as Line).filter((line) => line['request_id'] === requestId)

async function call(path: string, init: RequestInit = {}) {
  const Authorization = `Bearer ${world.seeds.secret_key}`
  const headers = { Authorization, traceparent: `00-${trace}-00f067aa0ba902b7-01`, ...init.headers }
  const { status, headers: answered } = await fetch(`${world.apiUrl}${path}`, { ...init, headers })
  return { status, id: answered.get('X-Request-Id'), traceparent: answered.get('traceparent') }
}

test('a line of a call has its trace, its caller and the ids in its path; the response returns the trace', async () => {
  const { bc } = await world.openSetup()
  const { status, id, traceparent } = await call(`/v1/billing_customers/${bc}`)
  expect(status).toBe(200)
  expect(traceparent).toMatch(new RegExp(`^00-${trace}-[0-9a-f]{16}-01$`))
  await expect.poll(() => linesOf(id)).toHaveLength(1)
  expect(linesOf(id)[0]).toMatchObject({
    msg: 'request',
    trace_id: trace,
    organization: world.seeds.org_id,
    environment: 'sandbox',
    billing_customer: bc,
    route: '/v1/billing_customers/:id',
    status: 200,
  })
})

test('a call that opens an onboarding has its ids in the log, but not the id of the contact', async () => {
  const contact_id = world.newContact()
  const headers = { 'Content-Type': 'application/json' }
  const { status, id } = await call('/v1/billing_customers', {
    method: 'POST',
    headers,
    body: JSON.stringify({ contact_id }),
  })
  expect(status).toBe(201)
  await expect.poll(() => linesOf(id)).toHaveLength(1)
  const [row] = await world.sql`
    select b.customer_id as customer, b.id as billing_customer, o.id as onboarding
    from billing_customers b join onboardings o on o.billing_customer_id = b.id
      join customers c on c.id = b.customer_id
    where c.external_id = ${contact_id}`
  const { customer, billingCustomer: billing_customer, onboarding } = row!
  expect(linesOf(id)[0]).toMatchObject({ customer, billing_customer, onboarding, trace_id: trace })
  expect(world.logged.join()).not.toContain(contact_id)
})

test('calls at the same time do not mix their fields, and errors have them too', async () => {
  const calls = await Promise.all(
    Array.from({ length: 20 }, (_, i) => {
      const traceparent = `00-${String(i + 1).padStart(32, '0')}-00f067aa0ba902b7-00`
      return call('/v1/charges?limit=wrong', { headers: { traceparent } })
    }),
  )
  for (const [i, { id, status }] of calls.entries()) {
    expect(status).toBe(400)
    await expect.poll(() => linesOf(id)).toHaveLength(1)
    expect(linesOf(id)[0]).toMatchObject({ trace_id: String(i + 1).padStart(32, '0'), status: 400 })
  }
  const withoutKey = await call('/healthz', { headers: { traceparent: 'mallory@example.com' } })
  expect(withoutKey.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/)
  expect((await call('/nowhere')).id).toMatch(/^req_/)
})
