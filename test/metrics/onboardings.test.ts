import { afterAll, beforeAll, expect, test } from 'vitest'
import { registry } from '../../metrics/registry.ts'
import { readRecordState } from '../../store/measures/record-state.ts'
import { freePort } from '../../tools/local/ports.ts'
import { scrape, seriesOf, sumOf, type Series } from '../support/metrics/scrape.ts'
import { slowDown } from '../support/slow-step.ts'
import { WorkerProcess } from '../support/world/worker-process.ts'
import { createWorld, type World } from '../support/world/world.ts'

// The API runs in this process, with other tests: its counters are compared with those before. The worker is a process.

let world: World
let worker: WorkerProcess
let workerUrl: string
beforeAll(async () => {
  world = await createWorld({ worker: false })
  const port = await freePort()
  workerUrl = `http://127.0.0.1:${port}`
  worker = new WorkerProcess(world, { METRICS_PORT: String(port), GATEWAY_TIMEOUT_MS: '20000' })
  await worker.start()
})
afterAll(async () => {
  await worker.kill()
  await world.close()
})

const ofWorker = () => scrape(`${workerUrl}/metrics`)
const ofApi = async () => seriesOf(await registry.metrics())
/** The worker reads the record at most every 5 seconds. */
const untilShown = (name: string, labels: Record<string, string> = {}) =>
  expect.poll(async () => sumOf(await ofWorker(), name, labels), { interval: 500 })

let before: Series[]

test('a decline, a charge and its refund are counted by the processes that made them', async () => {
  before = await ofApi()
  const { bc, page } = await world.openSetup()
  await untilShown('onboarding_live', { blocked_on: 'customer', gateway: 'stripe', step: 'payment_method' }).toBe(1)
  await page.submitCard('4000000000009995')
  await expect.poll(async () => (await page.progress()).body.steps[1].message).toContain('insufficient funds')
  await page.submitCard()
  expect(await world.ended(bc)).toBe('completed')
  const { body } = await world.asNative('GET', `/v1/charges?billing_customer_id=${bc}`)
  const refund = await world.asNative('POST', `/v1/charges/${body.data[0].id}/refund`, { reason: 'asked for it' })
  expect(refund.status).toBe(200)
  await untilShown('events_total', { type: 'charge.refunded' }).toBe(1)
  // The SDK's metrics are beside ours. A run closes after its onboarding has ended in the record.
  await untilShown('temporal_workflow_completed_total', { workflow_type: 'onboarding' }).toBe(1)

  const after = await ofWorker()
  const of = { environment: 'sandbox', gateway: 'stripe' }
  expect(sumOf(after, 'payment_attempts_total')).toBe(2)
  expect(sumOf(after, 'payment_attempts_total', { ...of, outcome: 'declined', code: 'insufficient_funds' })).toBe(1)
  expect(sumOf(after, 'payment_attempts_total', { ...of, outcome: 'paid', code: '' })).toBe(1)
  expect(sumOf(after, 'onboarding_ended_total', { environment: 'sandbox', result: 'completed' })).toBe(1)
  expect(sumOf(after, 'events_total', { environment: 'sandbox', type: 'charge.succeeded' })).toBe(1)
  expect(sumOf(after, 'gateway_calls_total', { ...of, call: 'confirm', outcome: 'ok' })).toBe(2)
  expect(sumOf(after, 'gateway_calls_total', { ...of, call: 'refund', outcome: 'ok' })).toBe(1)
  expect(sumOf(after, 'gateway_call_duration_seconds_count', { call: 'confirm' })).toBe(2)
  expect(sumOf(after, 'db_pool_wait_seconds_count', { pool: 'worker' })).toBeGreaterThan(3)
  const names = after.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['process_cpu_seconds_total', 'nodejs_eventloop_lag_p99_seconds']))
})

test('the API counts calls by door and pattern, and the onboardings that it opened', async () => {
  const after = await ofApi()
  const added = (name: string, labels: Record<string, string>) =>
    sumOf(after, name, labels) - sumOf(before, name, labels)
  expect(added('onboarding_created_total', { environment: 'sandbox' })).toBe(1)
  const setup = '/public/edge/setup-billing/:brand_id/:org_id/:bc_id/setup-completed'
  const submitted = { door: 'hosted_page', method: 'POST', route: setup, status: '202' }
  expect(added('http_request_duration_seconds_count', submitted)).toBe(2)
  const refunded = { door: 'native', method: 'POST', route: '/v1/charges/:id/refund' }
  expect(added('http_request_duration_seconds_count', refunded)).toBe(1)
  expect(added('gateway_event_lag_seconds_count', { gateway: 'stripe' })).toBeGreaterThan(0)
})

test('a run that no worker takes up is overdue, and the record says what it waits for', async () => {
  await untilShown('onboarding_oldest_overdue_wake_seconds').toBe(0)
  const { bc } = await world.openSetup()
  // The run has read the record, and does so again in a day.
  const isRead = () => world.sql`
    select wake_at > now() + interval '1 hour' as is_read from onboardings where billing_customer_id = ${bc}`
  await expect.poll(() => isRead()).toEqual([{ isRead: true }])
  await world.sql`
    update onboardings set wakes = 3, first_wake_at = now() - interval '400 seconds', blocked_on = 'operator',
      blocked_reason = 'gateway_refused', wake_at = now() + interval '10 minutes'
    where billing_customer_id = ${bc}`
  await untilShown('onboarding_live', { blocked_on: 'operator', reason: 'gateway_refused' }).toBe(1)
  expect(sumOf(await ofWorker(), 'onboarding_oldest_overdue_wake_seconds')).toBeGreaterThan(399)
  await world.sql`update onboardings set blocked_reason = 'of a newer version' where billing_customer_id = ${bc}`
  await untilShown('onboarding_live', { blocked_on: 'operator', reason: 'other' }).toBe(1)
})

test('a live onboarding counts under the step that it is at', async () => {
  // That of the test before waits for an operator.
  const steps = async () =>
    (await readRecordState(world.sql, world.gateways.listOfInstallation())).live
      .filter(({ reason }) => reason === null)
      .map(({ step }) => step)
  const bank = await world.hold('/v1/payment_intents/*/confirm')
  const activation = await slowDown(world, 'billing_customers', "update new.status = 'active'")
  const { bc, page } = await world.openSetup()
  await page.submitCard()
  await bank.reached()
  expect(await steps()).toEqual(['initial_charge'])
  await bank.release()
  await activation.reached()
  expect(await steps()).toEqual(['activation'])
  await activation.end()
  expect(await world.ended(bc)).toBe('completed')
  expect(await steps()).toEqual([])
})

test('a refund and a bulk onboarding whose run does not look are overdue since they were due', async () => {
  // In one transaction: the worker would take up what is due.
  const overdueAfter = (wakes: number, wakeAt: string | null) =>
    world.sql.begin(async (sql) => {
      await sql`update charges set wakes = ${wakes}, wake_at = now() + ${wakeAt}::interval`
      return (await readRecordState(sql, world.gateways.listOfInstallation())).overdueFor
    })
  // Claimed four times: 15 + 30 + 60 + 120 seconds, the last of them 20 seconds ago.
  await world.sql`update onboardings set first_wake_at = null, wakes = 0, wake_at = now() + interval '1 day'
    where ended_at is null`
  expect(await overdueAfter(4, '100 seconds')).toBeCloseTo(125, -1)
  expect(await overdueAfter(8, '-1 second')).toBeCloseTo(945 + 1_200 + 1, -1)
  expect(await overdueAfter(0, null)).toBe(0)
})

/** How many hours ago something was, by the kind of its accounts. */
const hoursOf = <Kind extends object>(times: Kind[], at: (time: Kind) => number) =>
  times.map((time) => ({ ...time, hours: Math.round((Date.now() / 1_000 - at(time)) / 3_600) }))

test('lists show until when each kind of account was compared and read, but not of those that cannot be', async () => {
  await world.sql`
    insert into gateway_lists (account_id, list, compared_until, finished_at)
    select a.id, l.list, now() - l.age * interval '1 hour', now() - l.read * interval '1 hour'
    from gateway_accounts a, (values ('payments', 2, null), ('refunds', 1, null), ('recent_refunds', 20, null),
      ('events', 30, 3)) as l (list, age, read)
    where a.organization_id is null and a.environment = 'sandbox' and a.gateway = 'stripe'
    on conflict (account_id, list) do update set compared_until = excluded.compared_until,
      finished_at = excluded.finished_at, due_at = now() + interval '1 hour'`
  // Of an account that is no longer configured.
  await world.sql`
    insert into gateway_lists (account_id, list, compared_until, finished_at, due_at)
    select a.id, l.list, now() - interval '99 hours', now() - interval '99 hours', now() + interval '1 hour'
    from gateway_accounts a, (values ('payments'), ('events')) as l (list)
    where a.organization_id is null and a.environment = 'live' and a.gateway = 'stripe'`
  const state = () => readRecordState(world.sql, world.gateways.listOfInstallation())
  const kind = { environment: 'sandbox', gateway: 'stripe', account: 'installation' }
  const { compared, eventsReadAt } = await state()
  expect(hoursOf(compared, ({ until }) => until)).toMatchObject([{ ...kind, hours: 2 }])
  expect(hoursOf(eventsReadAt, ({ at }) => at)).toMatchObject([{ ...kind, hours: 3 }])
  await world.sql`update gateway_lists set finished_at = null where account_id = 'ga_stripe_sandbox'`
  expect((await state()).eventsReadAt).toEqual([])
  await world.sql`update gateway_accounts set status = 'disabled' where organization_id is null`
  expect(await state()).toMatchObject({ compared: [], eventsReadAt: [] })
  await world.sql`update gateway_accounts set status = 'active' where organization_id is null`
})

test('no label has an id, an email address or a secret', async () => {
  const texts = [...(await ofWorker()), ...(await ofApi())].flatMap(({ labels }) => Object.values(labels))
  expect(texts.length).toBeGreaterThan(500)
  const secrets = [...world.secrets]
  const leaking = texts.filter(
    (text) =>
      /@|(org|brand|cus|bc|onb|ch|rfd|evt|we|ga|enr|bi)_[a-z0-9]{10}|(pi|pm|seti|ctoken)_\w{8}|[0-9a-f-]{36}/.test(
        text.replace(world.taskQueue, ''),
      ) || secrets.some((secret) => text.includes(secret)),
  )
  expect(leaking).toEqual([])
})

test('the worker is healthy while it accepts work', async () => {
  const health = await fetch(`${workerUrl}/healthz`)
  expect([health.status, await health.json()]).toEqual([200, { status: 'ok' }])
  expect((await fetch(`${workerUrl}/anything`)).status).toBe(404)
})
