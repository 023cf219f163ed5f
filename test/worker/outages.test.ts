import { setTimeout as sleep } from 'node:timers/promises'
import Stripe from 'stripe'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { untilServed } from '../support/answer.ts'
import { apiVersion } from '../../gateways/stripe/api-version.ts'
import { isAlive } from '../../tools/local/processes.ts'
import { OwnServers } from '../support/servers/own-servers.ts'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'

// For longer outages: OUTAGE_SECONDS=60 npx vitest run test/worker/outages.test.ts
const outage = Number(process.env.OUTAGE_SECONDS ?? 5) * 1000

let servers: OwnServers
let world: World
beforeAll(async () => {
  servers = await new OwnServers().start()
  world = await createWorld({
    temporalAddress: servers.temporal.address,
    templateUrl: servers.templateUrl,
    longestRetryPause: 300,
    asksOnce: true,
  })
})
afterAll(async () => {
  await world.close()
  await servers.stop()
})

interface Created {
  bc: string
  setupUrl: string
  /** Milliseconds until the response, and until that of a concurrent read that uses only PostgreSQL. */
  ms: number
  read: number
}

/** Creates customers at a steady rate until stopped. */
function burst() {
  let going = true
  const calls: Promise<Created>[] = []
  const pacing = (async () => {
    while (going) {
      calls.push(one())
      await sleep(100)
    }
  })()
  async function one(): Promise<Created> {
    const contact_id = world.newContact()
    const creating = clock(() => untilServed(() => world.edge('createCustomer', { contact_id })))
    const reading = clock(() => untilServed(() => world.asNative('GET', '/v1/customers?limit=1')))
    const [{ status, body }, ms] = await creating
    expect(status).toBe(200)
    const bc = body.billing_customer_id as string
    return { bc, setupUrl: body.data.setup_url as string, ms, read: (await reading)[1] }
  }
  return async () => {
    going = false
    await pacing
    return Promise.all(calls)
  }
}

/** Returns the response of a call and its duration in milliseconds. */
async function clock<T>(call: () => Promise<T>): Promise<[T, number]> {
  const began = performance.now()
  return [await call(), performance.now() - began]
}

/** A charge that was refunded in Stripe's dashboard, before its event arrives. */
async function paidAndReturned() {
  const { bc, page } = await world.openSetup()
  await page.submitCard()
  await world.ended(bc)
  const { payment_intent } = (await world.ledger(bc)).charges[0]
  world.simulator.sendEventsTo({ url: `${world.apiUrl}/nowhere`, secret: 'x' })
  await world.atStripe('POST', '/v1/refunds', { payment_intent })
  const created = Math.floor(Date.now() / 1000)
  const about = { object: 'refund', id: 're_1', payment_intent, metadata: {} }
  const of = { object: 'event', api_version: apiVersion, livemode: false }
  const event = { id: 'evt_refund', type: 'refund.created', created, ...of }
  const payload = JSON.stringify({ ...event, data: { object: about } })
  const signer = new Stripe('sk_test_x', { telemetry: false }).webhooks
  const tell = () =>
    world.request('/webhooks/stripe', {
      method: 'POST',
      body: payload,
      headers: { 'Stripe-Signature': signer.generateTestHeaderString({ payload, secret: 'whsec_test_only' }) },
    })
  const marked = async () => (await world.sql`select 1 from gateway_events where id = 'evt_refund'`).length === 1
  return { bc, tell, marked }
}

const p95 = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length * 0.95)]!

/**
 * A call to Temporal times out after 2 seconds: a response that waits for it takes longer, however slow the machine is.
 */
function expectQuick(created: Created[]): void {
  const [ms, read] = [p95(created.map((each) => each.ms)), p95(created.map((each) => each.read))]
  expect(ms).toBeLessThan(1_500 + 4 * read)
}

/** Milliseconds of a call, and of the slowest concurrent call without dependencies. */
async function timed<T>(work: () => Promise<T>): Promise<{ answer: T; ms: number; idle: number }> {
  let [going, idle] = [true, 0]
  const asking = (async () => {
    for (; going; await sleep(20)) idle = Math.max(idle, (await clock(() => world.request('/healthz')))[1])
  })()
  const [answer, ms] = await clock(work)
  going = false
  await asking
  return { answer, ms, idle }
}
/** A time limit plus some turns of the event loop, which a slow machine adds. */
const within = (seconds: number, idle: number) => seconds * 1_000 + 15 * idle

async function allRun(created: { bc: string; setupUrl: string }[]): Promise<void> {
  await until(
    async () => {
      const [row] = await world.sql<
        { n: number }[]
      >`select count(*)::integer as n from onboardings where started_at is null`
      return row!.n === 0
    },
    Boolean,
    120_000 + outage,
  )
  for (const { bc } of created) expect(await world.runsOf(bc)).toHaveLength(1)
  const last = created.at(-1)!
  await world.pageOf(last.setupUrl).submitCard()
  expect(await world.ended(last.bc)).toBe('completed')
}

test(
  'createCustomer responds while the worker is stopped; afterwards every onboarding has one run',
  { timeout: 240_000 + 5 * outage },
  async () => {
    await world.stopWorker()
    const stop = burst()
    await sleep(outage)
    const created = await stop()
    await world.startWorker()
    expectQuick(created)
    await allRun(created)
  },
)

test(
  'createCustomer responds while Temporal is stopped; afterwards every onboarding has one run',
  { timeout: 240_000 + 5 * outage },
  async () => {
    const returned = await paidAndReturned()
    const stop = burst()
    await servers.temporal.stop('SIGKILL')
    // No run can be signaled about the refund: the event is not marked as processed, so that Stripe sends it again.
    expect((await returned.tell()).status).toBe(503)
    expect(await returned.marked()).toBe(false)
    await sleep(outage)
    const created = await stop()
    await servers.startTemporal()
    expectQuick(created)
    await allRun(created)
    await until(async () => (await returned.tell()).status === 200)
    expect(await returned.marked()).toBe(true)
    await until(async () => (await world.eventTypes(returned.bc)).includes('charge.refunded'))
  },
)

test(
  'with PostgreSQL stopped, calls return 503 with Retry-After within 3 seconds, and nothing is half done',
  { timeout: 240_000 + 5 * outage },
  async () => {
    const contact = world.newContact()
    await servers.postgres.stop()
    const {
      answer: answers,
      ms,
      idle,
    } = await timed(() =>
      Promise.all([
        world.edge('createCustomer', { contact_id: contact }),
        world.edge('getCustomer', { bc_id: 'bc_unknown' }),
        world.asNative('GET', '/v1/billing_customers/bc_unknown'),
      ]),
    )
    expect(ms).toBeLessThan(within(3, idle))
    for (const { status, headers } of answers) {
      expect(status).toBe(503)
      expect(Number(headers.get('Retry-After'))).toBeGreaterThan(0)
    }
    expect((await world.request('/healthz')).status).toBe(200)
    await expect.poll(async () => (await world.request('/readyz')).body).toEqual({ database: false, temporal: true })
    await servers.startPostgres()
    const { status, body } = await until(
      () => world.edge('createCustomer', { contact_id: contact }),
      (answer) => answer.status !== 503,
    )
    expect(status).toBe(200)
    expect(body.existing).toBe(false)
    await allRun([{ bc: body.billing_customer_id, setupUrl: body.data.setup_url }])
  },
)

test('with PostgreSQL frozen, calls return 503 within 3 seconds', async () => {
  const pids = await world.sql<{ pid: number }[]>`select pid from pg_stat_activity where datname = current_database()`
  const freeze = (signal: NodeJS.Signals) =>
    [servers.postgres.pid, ...pids.map(({ pid }) => pid)].filter(isAlive).forEach((pid) => process.kill(pid, signal))
  freeze('SIGSTOP')
  try {
    const { answer, ms, idle } = await timed(() => world.edge('createCustomer', { contact_id: world.newContact() }))
    expect([answer.status, answer.headers.get('Retry-After')]).toEqual([503, expect.any(String)])
    expect(ms).toBeLessThan(within(3, idle))
  } finally {
    freeze('SIGCONT')
  }
  await until(async () => (await world.edge('getItems', {})).status === 200)
})
