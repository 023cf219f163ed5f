import { pino } from 'pino'
import { afterEach, expect, test, vi } from 'vitest'
import { createSender } from '../../activities/webhooks/sender.ts'
import { createTurn } from '../../activities/webhooks/turn.ts'
import { createSlots } from '../../domain/slots.ts'
import { healthy } from '../../domain/webhooks/health.ts'
import { openDatabase } from '../../store/database/database.ts'
import { createSealing } from '../../store/database/sealing.ts'
import { insertTenantEvent } from '../../store/events/events.ts'
import { readBatch } from '../../store/webhooks/deliveries/deliveries.ts'
import { disableEndpoint } from '../../store/webhooks/endpoint-state.ts'
import { updateEndpoint } from '../../store/webhooks/endpoints.ts'
import type { Endpoint } from '../../store/webhooks/find-endpoints.ts'
import { recordHealth } from '../../store/webhooks/health.ts'
import { claimEndpoint } from '../../store/webhooks/leases.ts'
import { rotateSecret } from '../../store/webhooks/secrets.ts'
import { startWebhookDispatcher } from '../../worker/webhooks/dispatcher.ts'
import { until } from '../support/until.ts'
import { webhookWorld } from '../support/webhooks/deliveries.ts'
import { startReceiver, type Receiver } from '../support/webhooks/receiver.ts'
import { webhookKey } from '../support/world/api.ts'

/** An attempt may take a minute: nothing here may wait for one to end. */
const own = webhookWorld({ whole: 60_000, connect: 5_000, body: 500 })

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
  await own.world.sql`update webhook_endpoints set deleted_at = now()`
  await own.world.sql`delete from webhook_deliveries`
})

const operator = { actor: 'operator' } as const
const startDispatcher = (options: Partial<Parameters<typeof startWebhookDispatcher>[0]> = {}) => {
  const dispatcher = startWebhookDispatcher({
    ...own.hooks.dependencies,
    startRun: async () => {},
    every: 20,
    ...options,
  })
  closers.push(() => dispatcher.stop())
  return dispatcher
}
async function receiver(): Promise<Receiver> {
  const started = await startReceiver()
  closers.unshift(() => started.close())
  return started
}
const settingsChange = () =>
  own.world.sql.begin((sql) =>
    insertTenantEvent(sql, own.hooks.tenant, {
      type: 'settings.changed',
      actor: 'api',
      data: { changed: ['gateways'] },
    }),
  )
const delivered = (endpoint: Endpoint) =>
  until(
    () => own.hooks.states(endpoint.id),
    (states) => states.length === 1 && states[0]!.state === 'delivered',
  )
const sequences = ({ arrived }: Receiver) => arrived.map(({ sequence }) => sequence)
/** The events of one new customer: one lane, one request at a time. */
const ofCustomer = { types: ['billing_customer.*', 'onboarding.*'] }

test('a secret that no key decrypts is shown, stops no other endpoint, and works once its key is there', async () => {
  const [lost, good] = [await receiver(), await receiver()]
  const types = ['settings.changed']
  const [unreadable, readable] = [
    await own.hooks.endpoint(lost.url, { types }),
    await own.hooks.endpoint(good.url, { types, description: 'readable' }),
  ]
  const former = 'a-former-key-of-this-test-run-and-no-other'
  await own.world.sql`
    update webhook_secrets set sealed = ${createSealing([former], 'webhook').seal(unreadable.id, Buffer.alloc(32))}
    where endpoint_id = ${unreadable.id}`
  for (let i = 0; i < 3; i++) await settingsChange()
  const dispatcher = startDispatcher()
  const health = async () => (await own.world.asNative('GET', `/v1/webhook_endpoints/${unreadable.id}`)).body.health
  await delivered(readable)
  await until(health, ({ last_error }) => last_error === 'secret_unreadable')
  expect(await health()).toMatchObject({ state: 'resting', failing_since: null, pending: 3 })
  expect(Date.parse((await health()).next_try_at)).toBeGreaterThan(Date.now())
  expect(lost.arrived).toEqual([])
  await dispatcher.stop()

  startDispatcher({ sealing: createSealing([webhookKey, former], 'webhook') })
  await own.world.sql`update webhook_health set retry_at = now() where endpoint_id = ${unreadable.id}`
  await delivered(unreadable)
  // The turn writes the health after the results.
  const recovered = await until(health, ({ state }) => state === 'healthy')
  expect(recovered).toMatchObject({ last_error: null, pending: 0 })
})

test('an endpoint that is disabled gets nothing from the next attempt on', async () => {
  const started = await receiver()
  const endpoint = await own.hooks.endpoint(started.url, ofCustomer)
  await own.world.openSetup()
  started.reply(async () => {
    await own.world.sql.begin((sql) => disableEndpoint(sql, endpoint, 'caller', operator))
    return 200
  })
  startDispatcher()
  await until(
    () => own.hooks.states(endpoint.id),
    (states) => states.some(({ state }) => state === 'delivered'),
  )
  const probe = await receiver()
  const other = await own.hooks.endpoint(probe.url, { types: ['settings.changed'] })
  await settingsChange()
  await delivered(other)
  expect(sequences(started)).toEqual([1])
  expect((await own.hooks.states(endpoint.id)).map(({ state }) => state)).toEqual(['delivered', 'pending'])
})

test('a dispatcher that stops completes the attempts in flight, starts no other, and releases its lease', async () => {
  const started = await receiver()
  const endpoint = await own.hooks.endpoint(started.url, ofCustomer)
  await own.world.openSetup()
  let respond = () => {}
  const responds = new Promise<void>((resolve) => (respond = resolve))
  started.reply(async () => {
    await responds
    return 200
  })
  const dispatcher = startDispatcher()
  await until(() => started.arrived.length === 1)
  const stopping = dispatcher.stop()
  respond()
  await stopping
  expect(sequences(started)).toEqual([1])
  expect((await own.hooks.states(endpoint.id)).map(({ state }) => state)).toEqual(['delivered', 'pending'])
  const [health] = await own.world.sql`select leased_until from webhook_health where endpoint_id = ${endpoint.id}`
  expect(health).toEqual({ leasedUntil: null })
})

test('a changed URL gets everything from the next attempt on, while the former one does not respond', async () => {
  const [former, current] = [await receiver(), await receiver()]
  const endpoint = await own.hooks.endpoint(former.url, ofCustomer)
  await own.world.openSetup()
  former.reply(() => 'hang')
  startDispatcher()
  await until(() => former.arrived.length === 1)
  await updateEndpoint(own.world.sql, endpoint, { url: current.url }, operator, own.hooks.sealing)
  await delivered(endpoint)
  expect(sequences(former)).toEqual([1])
  expect(sequences(current).length).toBeGreaterThan(1)
  expect(sequences(current)).toEqual(sequences(current).map((_, i) => i + 1))
})

test('an attempt that waited for its turn until the lease was lost, or the secret changed, is not sent', async () => {
  const started = await receiver()
  const endpoint = await own.hooks.endpoint(started.url, { types: ['settings.changed'] })
  await settingsChange()
  const slots = createSlots(1)
  let release = () => {}
  void slots.use(() => new Promise<void>((resolve) => (release = resolve)))
  const lease = (await claimEndpoint(own.world.sql, { ...own.hooks.tenant, endpointId: endpoint.id }))!
  const send = (await createSender({ ...own.hooks.dependencies, slots }, lease))!
  const [delivery] = await readBatch(own.world.sql, endpoint.id, 1)
  const sending = send(delivery!)
  const sealed = own.hooks.sealing.seal(endpoint.id, Buffer.alloc(32))
  await rotateSecret(own.world.sql, endpoint, sealed, 0, operator)
  release()
  expect(await sending).toBeUndefined()
  expect(started.arrived).toEqual([])
})

test('an endpoint that cannot be served because of us is tried with growing pauses; others are served', async () => {
  const good = await receiver()
  const types = ['settings.changed']
  await own.hooks.endpoint('http://127.0.0.1:9/hooks', { types })
  const other = await own.hooks.endpoint(good.url, { types })
  await settingsChange()
  const tries: number[] = []
  startDispatcher({
    post: (request) => {
      if (request.url === good.url) return own.hooks.dependencies.post(request)
      tries.push(Date.now())
      throw new Error('a fault of ours')
    },
  })
  await delivered(other)
  await until(() => tries.length >= 3)
  expect(tries[2]! - tries[0]!).toBeGreaterThan(2_500)
})

test('polls with growing pauses while the database is unavailable', async () => {
  const warnings: number[] = []
  const log = pino({ level: 'warn' }, { write: () => void warnings.push(Date.now()) })
  const database = openDatabase('postgres://nobody@127.0.0.1:9/nothing', { name: 'away' })
  closers.push(() => database.end({ timeout: 1 }))
  startDispatcher({ database, log, every: 30 })
  await until(() => warnings.length >= 6)
  expect(warnings[5]! - warnings[0]!).toBeGreaterThan(30 * (2 + 4 + 8 + 16 + 32) * 0.9)
})

const claim = async (endpoint: Endpoint) =>
  (await claimEndpoint(own.world.sql, { ...own.hooks.tenant, endpointId: endpoint.id }))!
const answer = (status: number, retryAfter: number | null = null) => ({
  status,
  error: status < 300 ? null : ('status' as const),
  response: null,
  retryAfter,
  took: 1,
})

test('a lease ends after 15 seconds without a renewal, and a turn renews it every 5 seconds', async () => {
  const endpoint = await own.hooks.endpoint('http://127.0.0.1:9/hooks')
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const lease = await claim(endpoint)
  const turn = createTurn(own.hooks.dependencies, lease, undefined, () => false)
  const left = async () => {
    const [row] = await own.world.sql<[{ left: number }]>`
      select extract(epoch from leased_until - now())::float8 as left from webhook_health
      where endpoint_id = ${endpoint.id}`
    return row.left
  }
  expect(await left()).toBeLessThan(15.5)
  await own.world.sql`
    update webhook_health set leased_until = now() - interval '1 s' where endpoint_id = ${endpoint.id}`
  vi.advanceTimersByTime(5_000)
  vi.useRealTimers()
  expect(await until(left, (seconds) => seconds > 0)).toBeLessThan(15.5)
  await turn.close()
})

test('an event never overtakes a due one of its customer that is in a later batch, however old both are', async () => {
  const endpoint = await own.hooks.endpoint('http://127.0.0.1:9/hooks', ofCustomer)
  await own.world.openSetup()
  await own.world.sql`
    update webhook_deliveries
    set happened_at = now() - interval '1 hour', due_at = now() - sequence * interval '1 minute'
    where endpoint_id = ${endpoint.id}`
  const sent: unknown[] = []
  const send = async ({ sequence }: { sequence: number | null }) => {
    sent.push(sequence)
    return answer(200)
  }
  const turn = createTurn(own.hooks.dependencies, await claim(endpoint), send, () => false)
  for (let i = 0; i < 100; i++) {
    await turn.sendLanes([await readBatch(own.world.sql, endpoint.id, 1)])
    await turn.written()
  }
  await turn.close()
  expect(sent.length).toBeGreaterThan(1)
  expect(sent).toEqual(sent.map((_, i) => i + 1))
})

test('requests have the time of PostgreSQL although the worker has another, and the log says so', async () => {
  const started = await receiver()
  const endpoint = await own.hooks.endpoint(started.url, { types: ['settings.changed'] })
  const warnings: { seconds?: number }[] = []
  const log = pino({ level: 'warn' }, { write: (line: string) => void warnings.push(JSON.parse(line)) })
  const real = Date.now
  const clock = vi.spyOn(Date, 'now').mockImplementation(() => real() - 3_600_000)
  try {
    startDispatcher({ log })
    for (let i = 0; i < 2; i++) {
      await settingsChange()
      await until(() => started.arrived.length === i + 1)
    }
    await delivered(endpoint)
  } finally {
    clock.mockRestore()
  }
  for (const { headers } of started.arrived)
    expect(Math.abs(Number(headers['webhook-timestamp']) - Date.now() / 1_000)).toBeLessThan(60)
  expect(warnings.map(({ seconds }) => Math.round(seconds! / 60))).toEqual([-60])
})

test('a pause has its length although the clock of the worker is wrong', async () => {
  const endpoint = await own.hooks.endpoint('http://127.0.0.1:9/hooks', { types: ['settings.changed'] })
  await settingsChange()
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 3_600_000 })
  try {
    const turn = createTurn(
      own.hooks.dependencies,
      await claim(endpoint),
      async () => answer(503, 90),
      () => false,
    )
    await turn.tryOnce((await readBatch(own.world.sql, endpoint.id, 1))[0]!)
    await turn.close()
  } finally {
    vi.useRealTimers()
  }
  const [row] = await own.world.sql<[{ pause: number }]>`
    select extract(epoch from retry_at - now())::float8 as pause from webhook_health where endpoint_id = ${endpoint.id}`
  expect(row.pause).toBeGreaterThan(30)
  expect(row.pause).toBeLessThanOrEqual(90)
})

test('an endpoint that recovers and fails again in one turn is reported as recovered, then as failing', async () => {
  const endpoint = await own.hooks.endpoint('http://127.0.0.1:9/hooks', { types: ['settings.changed'] })
  const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000)
  const failing = { ...healthy, state: 'failing' as const, failures: 20, retryAt: new Date() }
  const record = async (failingSince: Date) =>
    recordHealth(
      own.world.sql,
      await claim(endpoint),
      { ...failing, failingSince },
      { status: 503, error: 'status' },
      undefined,
    )
  const release = () => own.world.sql`update webhook_health set leased_until = null where endpoint_id = ${endpoint.id}`
  await record(hoursAgo(2))
  await release()
  await own.world.sql`update webhook_health set reported_at = ${hoursAgo(1.5)} where endpoint_id = ${endpoint.id}`
  await record(hoursAgo(1.2))
  await release()
  await record(hoursAgo(1.2))
  const events = await own.world.sql<{ type: string }[]>`
    select type from events where data ->> 'webhook_endpoint_id' = ${endpoint.id} order by created_at, id`
  expect(events.map(({ type }) => type.split('.')[1])).toEqual(['created', 'failing', 'recovered', 'failing'])
})
