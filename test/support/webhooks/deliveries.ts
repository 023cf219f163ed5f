import { randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll } from 'vitest'
import { createSlots } from '../../../domain/slots.ts'
import type { WebhookDependencies } from '../../../activities/webhooks/dependencies.ts'
import type { Tenant } from '../../../domain/reference.ts'
import { secretText } from '../../../domain/webhooks/secret.ts'
import { createAddressRules } from '../../../receivers/addresses.ts'
import { createReceivers } from '../../../receivers/post.ts'
import { createSealing } from '../../../store/database/sealing.ts'
import { insertEndpoint, type NewEndpoint } from '../../../store/webhooks/endpoints.ts'
import type { Endpoint } from '../../../store/webhooks/find-endpoints.ts'
import { startWebhookDispatcher } from '../../../worker/webhooks/dispatcher.ts'
import { webhookKey } from '../world/api.ts'
import { createWorld, type World, type WorldOptions } from '../world/world.ts'
import { startReceiver } from './receiver.ts'

const loopback = { address: '127.0.0.0', bits: 8, fromPort: 1_024, toPort: 65_535 }
const operator = { actor: 'operator' } as const
/** Those of production: an attempt that a busy machine delays is not given up, and its event arrives once. */
const usualLimits = { whole: 15_000, connect: 5_000, body: 2_000 }

/** Delivers the webhooks of a world. */
export function webhooksOf(world: World, limits = usualLimits) {
  const sealing = createSealing([webhookKey], 'webhook')
  const receivers = createReceivers({
    rules: createAddressRules([loopback], []),
    publicUrl: 'https://billing.example',
    limits,
  })
  const dependencies: WebhookDependencies = {
    database: world.sql,
    post: receivers.post,
    sealing,
    slots: createSlots(256),
    log: world.log,
  }
  const tenant: Tenant = { organizationId: world.seeds.org_id, environment: 'sandbox' }
  return {
    dependencies,
    sealing,
    tenant,
    start: (startRun: Parameters<typeof startWebhookDispatcher>[0]['startRun'] = async () => {}, every = 100) =>
      startWebhookDispatcher({ ...dependencies, startRun, every }),
    /** Creates an endpoint. Returns it with its secret. */
    async endpoint(url: string, options: Partial<NewEndpoint> = {}): Promise<Endpoint & { secret: string }> {
      const key = randomBytes(32)
      const endpoint = { ...tenant, kind: 'push', url, description: '', types: null } as const
      const seal = (id: string) => sealing.seal(id, key)
      const { endpoint: created } = await insertEndpoint(world.sql, { ...endpoint, ...options }, operator, seal)
      return { ...created, secret: secretText(key) }
    },
    states: (endpointId: string) =>
      world.sql<{ state: string; count: number }[]>`
        select state, count(*)::integer from webhook_deliveries where endpoint_id = ${endpointId}
        group by 1 order by 1`,
    close: () => receivers.close(),
  }
}

/** Returns a world without a worker, and its webhooks, opened before a file's tests and closed after them. */
export function webhookWorld(limits?: Parameters<typeof webhooksOf>[1]) {
  const own = {} as { world: World; hooks: ReturnType<typeof webhooksOf> }
  beforeAll(async () => {
    own.world = await createWorld({ worker: false })
    own.hooks = webhooksOf(own.world, limits)
  })
  afterAll(async () => {
    await own.hooks.close()
    await own.world.close()
  })
  return own
}

/** Creates a customer. Returns the id of its event, which endpoints of `customer.*` get. */
export async function createCustomerEvent(world: World): Promise<string> {
  const { body } = await world.asNative('POST', '/v1/customers', { external_id: `usr_${randomUUID()}` })
  const [event] = await world.sql<[{ id: string }]>`select id from events where data ->> 'customer_id' = ${body.id}`
  return event.id
}

/** Delivers the webhooks of a world to one receiver. `close` ends all three. */
export async function startDelivery(options: WorldOptions) {
  const world = await createWorld(options)
  const hooks = webhooksOf(world)
  const receiver = await startReceiver()
  const dispatcher = hooks.start()
  return {
    world,
    hooks,
    receiver,
    async close(): Promise<void> {
      await dispatcher.stop()
      await hooks.close()
      await receiver.close()
      await world.close()
    },
  }
}
