import { afterAll, beforeAll, expect, test } from 'vitest'
import { endpointWorkflowId } from '../../domain/webhooks/endpoint.ts'
import { createSealing } from '../../store/database/sealing.ts'
import type { Endpoint } from '../../store/webhooks/find-endpoints.ts'
import { webhooksOf } from '../support/webhooks/deliveries.ts'
import { startReceiver, type Receiver } from '../support/webhooks/receiver.ts'
import { endPause as endPauseOf, startWebhookWorker } from '../support/webhooks/worker.ts'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'

let world: World
let hooks: ReturnType<typeof webhooksOf>
const closers: (() => unknown)[] = []
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300 })
  hooks = webhooksOf(world)
  closers.push(await startWebhookWorker(world, hooks))
})
afterAll(async () => {
  for (const close of closers) await close()
  await world.close()
})

const runOf = ({ id: endpointId }: Endpoint) =>
  world.client.workflow.getHandle(endpointWorkflowId({ ...hooks.tenant, endpointId }))
const isRunning = (endpoint: Endpoint) =>
  runOf(endpoint)
    .describe()
    .then(
      ({ status }) => status.name === 'RUNNING',
      () => false,
    )
const healthOf = async ({ id }: Endpoint) =>
  (
    await world.sql<{ state: string; pauses: number; failures: number; isServed: boolean }[]>`
    select state, pauses, failures, leased_until is not null as is_served from webhook_health
    where endpoint_id = ${id}`
  )[0]!
const endPause = ({ id }: Endpoint) => endPauseOf(world, id)

/** An endpoint whose receiver is unavailable until its run has taken over. */
async function failing(): Promise<{ endpoint: Endpoint; receiver: Receiver; events: number }> {
  const receiver = await startReceiver()
  closers.unshift(() => receiver.close())
  receiver.reply(() => 503)
  const endpoint = await hooks.endpoint(receiver.url)
  for (let i = 0; i < 6; i++) await world.openSetup()
  await until(
    () => healthOf(endpoint),
    ({ state }) => state !== 'healthy',
  )
  await until(async () => {
    await endPause(endpoint)
    return (await healthOf(endpoint)).state === 'failing'
  })
  await until(() => isRunning(endpoint))
  const [{ count }] = await world.sql<[{ count: number }]>`
    select count(*)::integer from webhook_deliveries where endpoint_id = ${endpoint.id}`
  return { endpoint, receiver, events: count }
}

const inOrder = (receiver: Receiver) => {
  const last = new Map<unknown, number>()
  for (const { data, sequence } of receiver.first()) {
    if (sequence === null) continue
    const before = last.get(data.billing_customer_id) ?? 0
    if (sequence < before) return false
    last.set(data.billing_customer_id, sequence)
  }
  return true
}

/** Onboards a customer to the end. Returns the id of the billing customer. */
async function onboard(): Promise<string> {
  const { bc, page } = await world.openSetup()
  await page.submitCard()
  expect(await world.ended(bc)).toBe('completed')
  return bc
}

/** What a receiver was told about another endpoint. */
const told = (receiver: Receiver, { id }: Endpoint) =>
  receiver
    .first()
    .filter(({ type, data }) => type.startsWith('webhook_endpoint.') && data.webhook_endpoint_id === id)
    .map(({ type }) => type.split('.')[1])

test('a receiver that comes back gets everything in order, and the run ends', async () => {
  const { endpoint, receiver, events } = await failing()
  const tried = receiver.arrived.length
  receiver.arrived.length = 0
  receiver.reply(() => 200)
  await endPause(endpoint)
  expect(await runOf(endpoint).result()).toEqual({ recovered: true })
  await until(
    () => hooks.states(endpoint.id),
    (states) => states.length === 1 && states[0]!.state === 'delivered',
  )
  expect(new Set(receiver.arrived.map(({ id }) => id)).size).toBe(events)
  expect(inOrder(receiver)).toBe(true)
  expect(tried).toBeLessThan(20)
})

test('away for 72 hours: failed in Temporal, the other endpoint is told; enabled, all arrives in order', async () => {
  const other = await startReceiver()
  closers.unshift(() => other.close())
  await hooks.endpoint(other.url)
  const { endpoint, receiver } = await failing()
  const path = `/v1/webhook_endpoints/${endpoint.id}`
  const listed = (status: string) =>
    world.listed(`WorkflowId = '${runOf(endpoint).workflowId}' AND ExecutionStatus = '${status}'`)
  /** Moves the first failure back, and retries until the other endpoint was told. */
  const failsFor = async (hours: number, event: string) => {
    await world.sql`
      update webhook_health set failing_since = now() - make_interval(hours => ${hours})
      where endpoint_id = ${endpoint.id}`
    await until(async () => {
      await endPause(endpoint)
      return told(other, endpoint).at(-1) === event
    })
  }
  await listed('Running')
  await onboard()
  await until(async () => {
    await endPause(endpoint)
    return (await healthOf(endpoint)).failures >= 10
  })
  await failsFor(2, 'failing')
  await failsFor(73, 'disabled')
  await expect(runOf(endpoint).result()).rejects.toMatchObject({ cause: { type: 'WebhookEndpointDisabled' } })
  await listed('Failed')
  const disabled = await world.asNative('GET', path)
  expect(disabled.body).toMatchObject({ status: 'disabled', disabled_because: 'failing' })

  receiver.arrived.length = 0
  receiver.reply(() => 200)
  const meanwhile = await onboard()
  await until(() =>
    other.arrived.some(
      ({ type, data }) => type === 'billing_customer.activated' && data.billing_customer_id === meanwhile,
    ),
  )
  expect(receiver.arrived).toEqual([])

  await world.asNative('POST', `${path}/enable`, {})
  await until(
    () => hooks.states(endpoint.id),
    (states) => states.length === 1 && states[0]!.state === 'delivered',
  )
  await until(() => told(other, endpoint).join() === 'created,failing,disabled,enabled')
  const arrived = new Set(receiver.arrived.map(({ id }) => id))
  const events = await world.sql<{ id: string }[]>`
    select e.id from events e join webhook_endpoints w on w.id = ${endpoint.id} and e.created_at > w.created_at`
  expect(events.length).toBeGreaterThan(30)
  expect(events.filter(({ id }) => !arrived.has(id))).toEqual([])
  expect(inOrder(receiver)).toBe(true)
})

test('a terminated run comes back, and its history holds no URL and no external id', async () => {
  const { endpoint, receiver } = await failing()
  await runOf(endpoint).terminate('test')
  await until(async () => {
    await endPause(endpoint)
    return isRunning(endpoint)
  })
  const history = JSON.stringify(await runOf(endpoint).fetchHistory())
  expect(history).not.toContain(new URL(receiver.url).port)
  expect(history).not.toContain('example.com')
  const withCard = runOf(endpoint).executeUpdate('retryNow', { args: [{ note: '4242 4242 4242 4242' }] })
  await expect(withCard).rejects.toMatchObject({ cause: { message: 'an update must not contain a card number' } })
  await runOf(endpoint).executeUpdate('disable')
  expect(await runOf(endpoint).result()).toEqual({ recovered: false })
  expect((await world.sql`select disabled_because from webhook_endpoints where id = ${endpoint.id}`)[0]).toEqual({
    disabledBecause: 'operator',
  })
})

test('410 disables at once', async () => {
  const receiver = await startReceiver()
  closers.unshift(() => receiver.close())
  receiver.reply(() => 410)
  const endpoint = await hooks.endpoint(receiver.url)
  await world.openSetup()
  await until(
    () => world.sql`select disabled_because from webhook_endpoints where id = ${endpoint.id}`,
    ([row]) => row!.disabledBecause === 'gone',
  )
  expect(receiver.arrived.length).toBeLessThanOrEqual(4)
})

test('a run whose endpoint has an unreadable secret says so, and ends when the key is there again', async () => {
  const { endpoint, receiver } = await failing()
  const [{ sealed }] = await world.sql<[{ sealed: Buffer }]>`
    select sealed from webhook_secrets where endpoint_id = ${endpoint.id}`
  const foreign = createSealing(['another-key-of-this-test-run-and-no-other'], 'webhook')
  const setSecret = (bytes: Buffer) =>
    world.sql`update webhook_secrets set sealed = ${bytes} where endpoint_id = ${endpoint.id}`
  await setSecret(foreign.seal(endpoint.id, Buffer.alloc(32)))
  // An attempt that began before, with the right secret, counts as a failure when it ends.
  const { failures } = await until(
    () => healthOf(endpoint),
    ({ isServed }) => !isServed,
  )
  const details = () =>
    runOf(endpoint)
      .query<{ currentDetails?: string }>('__temporal_workflow_metadata')
      .then(({ currentDetails }) => currentDetails ?? '')
  await until(async () => {
    await endPause(endpoint)
    return (await details()).includes('WEBHOOK_SECRET_KEYS')
  })
  expect((await healthOf(endpoint)).failures).toBe(failures)
  const tried = receiver.arrived.length
  receiver.reply(() => 200)
  await setSecret(sealed)
  await runOf(endpoint).executeUpdate('retryNow')
  expect(await runOf(endpoint).result()).toEqual({ recovered: true })
  await until(
    () => hooks.states(endpoint.id),
    (states) => states.length === 1 && states[0]!.state === 'delivered',
  )
  expect(receiver.arrived.length).toBeGreaterThan(tried)
  const { events } = await runOf(endpoint).fetchHistory()
  expect(events!.filter((event) => event.activityTaskFailedEventAttributes)).toEqual([])
})
