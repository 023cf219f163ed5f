import { randomBytes } from 'node:crypto'
import { createSlots } from '../../../activities/webhooks/slots.ts'
import type { WebhookDependencies } from '../../../activities/webhooks/dependencies.ts'
import type { Tenant } from '../../../domain/reference.ts'
import { secretText } from '../../../domain/webhooks/secret.ts'
import { createAddressRules } from '../../../receivers/addresses.ts'
import { createReceivers } from '../../../receivers/post.ts'
import { createSealing } from '../../../store/database/sealing.ts'
import { insertEndpoint, type Endpoint, type NewEndpoint } from '../../../store/webhooks/endpoints.ts'
import { startWebhookDispatcher } from '../../../worker/webhooks/dispatcher.ts'
import { webhookKey } from '../world/api.ts'
import type { World } from '../world/world.ts'

const loopback = { address: '127.0.0.0', bits: 8, fromPort: 1_024, toPort: 65_535 }
const operator = { actor: 'operator' } as const

/** Delivers the webhooks of a world. */
export function webhooksOf(world: World, limits = { whole: 1_000, connect: 1_000, body: 500 }) {
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
  }
  const tenant: Tenant = { organizationId: world.seeds.org_id, environment: 'sandbox' }
  return {
    dependencies,
    sealing,
    tenant,
    start: (startRun: Parameters<typeof startWebhookDispatcher>[0]['startRun'] = async () => {}, every = 100) =>
      startWebhookDispatcher({ ...dependencies, log: world.log, startRun, every }),
    /** Creates an endpoint. Returns it with its secret. */
    async endpoint(url: string, options: Partial<NewEndpoint> = {}): Promise<Endpoint & { secret: string }> {
      const key = randomBytes(32)
      const endpoint = { ...tenant, kind: 'push', url, description: '', types: null, idleSeconds: null } as const
      const seal = (id: string) => ({ secret: sealing.seal(id, key), headers: null })
      const created = await insertEndpoint(world.sql, { ...endpoint, ...options }, operator, seal)
      return { ...created, secret: secretText(key) }
    },
    states: (endpointId: string) =>
      world.sql<{ state: string; count: number }[]>`
        select state, count(*)::integer from webhook_deliveries where endpoint_id = ${endpointId}
        group by 1 order by 1`,
    close: () => receivers.close(),
  }
}
