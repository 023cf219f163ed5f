import { z } from '@hono/zod-openapi'
import { disabledReasons, endpointKinds, endpointStatuses } from '../../../../domain/webhooks/endpoint.ts'
import { endpointErrors, type EndpointError } from '../../../../domain/webhooks/health.ts'
import type { Endpoint } from '../../../../store/webhooks/find-endpoints.ts'
import { readHealth, type ShownHealth } from '../../../../store/webhooks/health-view.ts'
import { listSecrets, type SecretState } from '../../../../store/webhooks/secrets.ts'
import type { ApiDependencies } from '../../../dependencies.ts'
import { time } from '../../../schemas/lists.ts'

export const endpointView = z
  .object({
    id: z.string().openapi({ example: 'we_01k2…' }),
    object: z.literal('webhook_endpoint'),
    kind: z.enum(endpointKinds),
    url: z.string().nullable().openapi({ example: 'https://crm.example/hooks' }),
    description: z.string(),
    types: z
      .array(z.string())
      .nullable()
      .openapi({ description: 'Null: every type', example: ['charge.*'] }),
    header_names: z.array(z.string()).openapi({
      description: 'Your own request headers. Their values are never returned',
      example: ['authorization'],
    }),
    status: z.enum(endpointStatuses).openapi({ description: 'A disabled endpoint collects events, but none are sent' }),
    disabled_because: z.enum(disabledReasons).nullable(),
    idle_timeout_seconds: z.int().nullable().openapi({
      description: 'A pull endpoint that is not pulled for this long is deleted; null for push endpoints',
    }),
    health: z.object({
      state: z.enum(['healthy', 'resting', 'failing']),
      failing_since: time.nullable(),
      last_error: z
        .enum(endpointErrors)
        .nullable()
        .openapi({
          description:
            'Why the last attempt failed. `secret_unreadable`: this service cannot decrypt the secret or the ' +
            'headers, and sends nothing',
        }),
      last_status: z.number().int().nullable(),
      last_delivered_at: time.nullable(),
      last_pulled_at: time.nullable().openapi({ description: 'The last pull, even if it returned nothing' }),
      next_try_at: time.nullable(),
      pending: z.number().int().openapi({ description: 'Pending deliveries, counted up to 10,000' }),
      oldest_pending_at: time.nullable(),
    }),
    secrets: z
      .array(z.object({ number: z.number().int(), ends_at: time.nullable() }))
      .openapi({ description: 'The secrets that sign, newest first' }),
    created_at: time,
  })
  .openapi('WebhookEndpoint')

export const createdEndpoint = endpointView
  .extend({
    secret: z.string().nullable().openapi({
      description:
        'The secret that verifies deliveries. It is returned only in this response, and null in a repeat of the call',
      example: 'whsec_…',
    }),
  })
  .openapi('CreatedWebhookEndpoint')

type Shown = z.input<typeof endpointView>
const iso = (at: Date | null) => at?.toISOString() ?? null

const viewOf = (endpoint: Endpoint, health: ShownHealth, secrets: SecretState[]): Shown => ({
  id: endpoint.id,
  object: 'webhook_endpoint',
  kind: endpoint.kind,
  url: endpoint.url,
  description: endpoint.description,
  types: endpoint.types,
  header_names: endpoint.headerNames,
  status: endpoint.status,
  disabled_because: endpoint.disabledBecause,
  idle_timeout_seconds: endpoint.idleTimeout,
  health: {
    state: health.state,
    failing_since: iso(health.failingSince),
    last_error: health.lastError as EndpointError | null,
    last_status: health.lastStatus,
    last_delivered_at: iso(health.lastOkAt),
    last_pulled_at: iso(health.pulledAt),
    next_try_at: health.state === 'healthy' ? null : iso(health.retryAt),
    pending: health.pending,
    oldest_pending_at: iso(health.oldestPendingAt),
  },
  secrets: secrets.map(({ number, endsAt }) => ({ number, ends_at: iso(endsAt) })),
  created_at: endpoint.createdAt.toISOString(),
})

/** Returns endpoints as the native API shows them, in the same order. */
export async function viewEndpoints(d: ApiDependencies, endpoints: Endpoint[]): Promise<Shown[]> {
  const ids = endpoints.map(({ id }) => id)
  const [health, secrets] = await Promise.all([readHealth(d.database, ids), listSecrets(d.database, ids)])
  return endpoints.map((endpoint) => viewOf(endpoint, health.get(endpoint.id)!, secrets.get(endpoint.id) ?? []))
}

export async function viewEndpoint(d: ApiDependencies, endpoint: Endpoint): Promise<Shown> {
  return (await viewEndpoints(d, [endpoint]))[0]!
}
