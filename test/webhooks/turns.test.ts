import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createSender } from '../../activities/webhooks/sender.ts'
import { createSlots } from '../../activities/webhooks/slots.ts'
import { openDatabase } from '../../store/database/database.ts'
import { createSealing } from '../../store/database/sealing.ts'
import { insertTenantEvent } from '../../store/events/events.ts'
import { readBatch } from '../../store/webhooks/deliveries.ts'
import { disableEndpoint, updateEndpoint, type Endpoint } from '../../store/webhooks/endpoints.ts'
import { claimEndpoint } from '../../store/webhooks/leases.ts'
import { rotateSecret } from '../../store/webhooks/secrets.ts'
import { startWebhookDispatcher } from '../../worker/webhooks/dispatcher.ts'
import { until } from '../support/until.ts'
import { webhooksOf } from '../support/webhooks/deliveries.ts'
import { startReceiver, type Receiver } from '../support/webhooks/receiver.ts'
import { webhookKey } from '../support/world/api.ts'
import { createWorld, type World } from '../support/world/world.ts'

let world: World
/** A try may take a minute: nothing here may wait for one to end. */
let hooks: ReturnType<typeof webhooksOf>
beforeAll(async () => {
  world = await createWorld({ worker: false })
  hooks = webhooksOf(world, { whole: 60_000, connect: 5_000, body: 500 })
})
afterAll(async () => {
  await hooks.close()
  await world.close()
})

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
  await world.sql`update webhook_endpoints set deleted_at = now()`
  await world.sql`delete from webhook_deliveries`
})

const operator = { actor: 'operator' } as const
const startDispatcher = (options: Partial<Parameters<typeof startWebhookDispatcher>[0]> = {}) => {
  const dispatcher = startWebhookDispatcher({ ...hooks.dependencies, startRun: async () => {}, every: 20, ...options })
  closers.push(() => dispatcher.stop())
  return dispatcher
}
async function receiver(): Promise<Receiver> {
  const started = await startReceiver()
  closers.unshift(() => started.close())
  return started
}
const settingsChange = () =>
  world.sql.begin((sql) =>
    insertTenantEvent(sql, hooks.tenant, { type: 'settings.changed', actor: 'api', data: { changed: ['gateways'] } }),
  )
const delivered = (endpoint: Endpoint) =>
  until(
    () => hooks.states(endpoint.id),
    (states) => states.length === 1 && states[0]!.state === 'delivered',
  )
const sequences = ({ arrived }: Receiver) => arrived.map(({ sequence }) => sequence)
/** The events of one new customer: one lane, one request at a time. */
const ofCustomer = { types: ['billing_customer.*', 'onboarding.*'] }

test('a secret that no key decrypts is shown, stops no other endpoint, and works once its key is there', async () => {
  const [lost, good] = [await receiver(), await receiver()]
  const types = ['settings.changed']
  const [unreadable, readable] = [
    await hooks.endpoint(lost.url, { types }),
    await hooks.endpoint(good.url, { types, description: 'readable' }),
  ]
  const former = 'a-former-key-of-this-test-run-and-no-other'
  await world.sql`
    update webhook_secrets set sealed = ${createSealing([former], 'webhook').seal(unreadable.id, Buffer.alloc(32))}
    where endpoint_id = ${unreadable.id}`
  for (let i = 0; i < 3; i++) await settingsChange()
  const dispatcher = startDispatcher()
  const health = async () => (await world.asNative('GET', `/v1/webhook_endpoints/${unreadable.id}`)).body.health
  await delivered(readable)
  await until(health, ({ last_error }) => last_error === 'secret_unreadable')
  expect(await health()).toMatchObject({ state: 'resting', failing_since: null, pending: 3 })
  expect(Date.parse((await health()).next_try_at)).toBeGreaterThan(Date.now())
  expect(lost.arrived).toEqual([])
  await dispatcher.stop()

  startDispatcher({ sealing: createSealing([webhookKey, former], 'webhook') })
  await world.sql`update webhook_health set retry_at = now() where endpoint_id = ${unreadable.id}`
  await delivered(unreadable)
  expect(await health()).toMatchObject({ state: 'healthy', last_error: null, pending: 0 })
})

test('an endpoint that is disabled gets nothing from the next try on', async () => {
  const started = await receiver()
  const endpoint = await hooks.endpoint(started.url, ofCustomer)
  await world.openSetup()
  started.reply(async () => {
    await world.sql.begin((sql) => disableEndpoint(sql, endpoint, 'caller', operator))
    return 200
  })
  startDispatcher()
  await until(
    () => hooks.states(endpoint.id),
    (states) => states.some(({ state }) => state === 'delivered'),
  )
  const probe = await receiver()
  const other = await hooks.endpoint(probe.url, { types: ['settings.changed'] })
  await settingsChange()
  await delivered(other)
  expect(sequences(started)).toEqual([1])
  expect((await hooks.states(endpoint.id)).map(({ state }) => state)).toEqual(['delivered', 'pending'])
})

test('a URL that is changed gets everything from the next try on, while the former one does not respond', async () => {
  const [former, current] = [await receiver(), await receiver()]
  const endpoint = await hooks.endpoint(former.url, ofCustomer)
  await world.openSetup()
  former.reply(() => 'hang')
  startDispatcher()
  await until(() => former.arrived.length === 1)
  await updateEndpoint(world.sql, endpoint, { url: current.url }, operator)
  await delivered(endpoint)
  expect(sequences(former)).toEqual([1])
  expect(sequences(current).length).toBeGreaterThan(1)
  expect(sequences(current)).toEqual(sequences(current).map((_, i) => i + 1))
})

test('a try that waited for its turn until the lease was lost, or the secret changed, is not sent', async () => {
  const started = await receiver()
  const endpoint = await hooks.endpoint(started.url, { types: ['settings.changed'] })
  await settingsChange()
  const slots = createSlots(1)
  let release = () => {}
  void slots.use(() => new Promise<void>((resolve) => (release = resolve)))
  const lease = (await claimEndpoint(world.sql, { ...hooks.tenant, endpointId: endpoint.id }))!
  const send = (await createSender({ ...hooks.dependencies, slots }, lease))!
  const [delivery] = await readBatch(world.sql, endpoint.id, 1)
  const sending = send(delivery!)
  const sealed = hooks.sealing.seal(endpoint.id, Buffer.alloc(32))
  await rotateSecret(world.sql, endpoint, sealed, 0, operator)
  release()
  expect(await sending).toBeUndefined()
  expect(started.arrived).toEqual([])
})

test('an endpoint that cannot be served because of us is tried with growing pauses; others are served', async () => {
  const good = await receiver()
  const types = ['settings.changed']
  await hooks.endpoint('http://127.0.0.1:9/hooks', { types })
  const other = await hooks.endpoint(good.url, { types })
  await settingsChange()
  const tries: number[] = []
  startDispatcher({
    post: (request) => {
      if (request.url === good.url) return hooks.dependencies.post(request)
      tries.push(Date.now())
      throw new Error('a fault of ours')
    },
  })
  await delivered(other)
  await until(() => tries.length >= 3)
  expect(tries[2]! - tries[0]!).toBeGreaterThan(2_500)
})

test('polls with growing pauses while the database is away', async () => {
  const warnings: number[] = []
  const log = pino({ level: 'warn' }, { write: () => void warnings.push(Date.now()) })
  const database = openDatabase('postgres://nobody@127.0.0.1:9/nothing', { name: 'away' })
  closers.push(() => database.end({ timeout: 1 }))
  startDispatcher({ database, log, every: 30 })
  await until(() => warnings.length >= 6)
  expect(warnings[5]! - warnings[0]!).toBeGreaterThan(30 * (2 + 4 + 8 + 16 + 32) * 0.9)
})
