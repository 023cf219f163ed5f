import { randomBytes } from 'node:crypto'
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { byApiKey } from '../../../../domain/events/author.ts'
import { whyNotFilter } from '../../../../domain/events/event-filter.ts'
import { Failure, invalid, notFound } from '../../../../domain/failure/failures.ts'
import { deliveriesKeptFor, endpointKinds } from '../../../../domain/webhooks/endpoint.ts'
import { allows } from '../../../../domain/tenant/scopes.ts'
import { receiverUrlProblem } from '../../../../domain/webhooks/receiver-url.ts'
import { secretBytes, secretKey, secretRule, secretText } from '../../../../domain/webhooks/secret.ts'
import { deleteEndpoint, insertEndpoint, updateEndpoint } from '../../../../store/webhooks/endpoints.ts'
import { findEndpoint, listEndpoints, type Endpoint } from '../../../../store/webhooks/find-endpoints.ts'
import type { Caller } from '../../../call/auth.ts'
import type { CallEnv } from '../../../call/call-env.ts'
import { createdId } from '../../../call/idempotency.ts'
import type { ApiDependencies } from '../../../dependencies.ts'
import { mustBe } from '../../../schemas/fields.ts'
import { json, jsonBody } from '../../../schemas/json.ts'
import { pageOf, pageQuery, toList } from '../../../schemas/lists.ts'
import { guards, idParam, nativeRefusals, security } from '../door.ts'
import { createdEndpoint, endpointView, viewEndpoint, viewEndpoints } from './endpoint-view.ts'

export const endpointTags = ['Webhook endpoints']
export const endpointParams = idParam('we_01k2…')

const mostTypes = 100
/** Types and groups of events. */
export const typeList = z
  .array(z.string())
  .min(1, 'must have at least one entry')
  .max(mostTypes, `must have at most ${mostTypes} entries`)
const changeable = {
  url: z.string().openapi({ example: 'https://crm.example/hooks' }),
  description: z.string().max(255, 'must have at most 255 characters').openapi({ example: 'CRM' }),
  types: typeList
    .nullable()
    .openapi({ description: 'Types of events, or groups such as charge.*; null for all', example: ['charge.*'] }),
}
const createRequest = z
  .strictObject({
    kind: z
      .enum(endpointKinds)
      .default('push')
      .openapi({ description: 'push: events are sent to the URL. pull: you fetch them' }),
    url: changeable.url.optional().openapi({ description: 'Required of push endpoints' }),
    idle_timeout_seconds: z
      .number(mustBe('a whole number of seconds'))
      .int('must be a whole number of seconds')
      .min(60, 'must be at least 60')
      .max(deliveriesKeptFor, `must be at most ${deliveriesKeptFor}`)
      .optional()
      .openapi({
        description: `Only of pull endpoints: deleted if nobody pulls for so long. Default: ${deliveriesKeptFor}`,
      }),
    description: changeable.description.optional(),
    types: changeable.types.optional(),
    secret: z.string().optional().openapi({
      description: 'A secret of your own: whsec_ and the base64 of 24 to 64 bytes. Omit it to get one',
    }),
  })
  .openapi('CreateWebhookEndpoint', { example: { url: 'https://crm.example/hooks', types: ['charge.*'] } })
const updateRequest = z
  .strictObject({
    url: changeable.url.optional(),
    description: changeable.description.optional(),
    types: changeable.types.optional(),
  })
  .openapi('UpdateWebhookEndpoint', { example: { types: null } })

/** Creates, lists, reads, changes and deletes webhook endpoints. */
export function addWebhookEndpoints(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  addReading(app, d)
  const common = { tags: endpointTags, security, middleware: guards(d, 'webhook_endpoints:write') }
  const create = createRoute({
    ...common,
    method: 'post',
    path: '/v1/webhook_endpoints',
    operationId: 'createWebhookEndpoint',
    summary: 'Create a webhook endpoint; its secret is returned only once',
    description:
      'Every event from the response on is sent to it, or kept for its pulls. Also requires the scope events:read.',
    request: { body: jsonBody(createRequest) },
    responses: { 201: json(createdEndpoint, 'Created'), ...nativeRefusals },
  })
  app.openapi(create, async (c) => {
    const caller = c.get('caller')
    requireEventsScope(caller, 'an endpoint receives events')
    const { kind, url = null, description = '', types = null, secret, idle_timeout_seconds: idle } = c.req.valid('json')
    if (kind === 'pull') checkPullEndpoint(url)
    else checkPushEndpoint(d, url, idle)
    checkTypes(types)
    const key = secret === undefined ? randomBytes(secretBytes.generated) : secretKey(secret)
    if (!key) throw invalid('secret', secretRule)
    const { organizationId, environment } = caller
    const wanted = {
      id: createdId(c, 'webhookEndpoint'),
      ...{ organizationId, environment, url, description, types },
      kind,
      idleTimeout: kind === 'pull' ? (idle ?? deliveriesKeptFor) : null,
    }
    const seal = (id: string) => d.webhooks.sealing.seal(id, key)
    const { endpoint, isNew } = await insertEndpoint(d.database, wanted, byApiKey(caller.id), seal)
    return c.json({ ...(await viewEndpoint(d, endpoint)), secret: isNew ? secretText(key) : null }, 201)
  })

  const update = createRoute({
    ...common,
    method: 'patch',
    path: '/v1/webhook_endpoints/{id}',
    operationId: 'updateWebhookEndpoint',
    summary: 'Update a webhook endpoint; pending deliveries go to the new URL',
    description: 'Changing the URL or the types also requires the scope events:read.',
    request: { params: endpointParams, body: jsonBody(updateRequest) },
    responses: { 200: json(endpointView), ...nativeRefusals },
  })
  app.openapi(update, async (c) => {
    const caller = c.get('caller')
    const endpoint = await requireEndpoint(d, caller, c.req.valid('param').id)
    const { url, description, types } = c.req.valid('json')
    if (url !== undefined || types !== undefined)
      requireEventsScope(caller, 'the URL and the types decide where events are sent')
    if (url !== undefined && endpoint.kind === 'pull') checkPullEndpoint(url)
    if (url !== undefined) checkUrl(d, url)
    if (types !== undefined) checkTypes(types)
    const changes = {
      ...(url === undefined ? {} : { url }),
      ...(description === undefined ? {} : { description }),
      ...(types === undefined ? {} : { types }),
    }
    const changed = await updateEndpoint(d.database, endpoint, changes, byApiKey(caller.id))
    if (!changed) throw notFound('Webhook endpoint')
    return c.json(await viewEndpoint(d, changed), 200)
  })

  const remove = createRoute({
    ...common,
    method: 'delete',
    path: '/v1/webhook_endpoints/{id}',
    operationId: 'deleteWebhookEndpoint',
    summary: 'Delete a webhook endpoint; pending deliveries are skipped',
    request: { params: endpointParams },
    responses: { 204: { description: 'Deleted' }, ...nativeRefusals },
  })
  app.openapi(remove, async (c) => {
    const caller = c.get('caller')
    const endpoint = await requireEndpoint(d, caller, c.req.valid('param').id)
    await deleteEndpoint(d.database, endpoint, byApiKey(caller.id))
    return c.body(null, 204)
  })
}

function addReading(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const common = { tags: endpointTags, security, method: 'get' as const }
  const listing = createRoute({
    ...common,
    middleware: guards(d, 'webhook_endpoints:read', { list: true, query: true }),
    path: '/v1/webhook_endpoints',
    operationId: 'listWebhookEndpoints',
    summary: 'List webhook endpoints, newest first',
    request: { query: z.strictObject(pageQuery) },
    responses: { 200: json(pageOf(endpointView, 'WebhookEndpointList')), ...nativeRefusals },
  })
  app.openapi(listing, async (c) => {
    const page = await listEndpoints(d.database, c.get('caller'), c.req.valid('query'))
    const shown = await viewEndpoints(d, page.rows)
    return c.json(
      toList({ ...page, rows: shown }, (view) => view),
      200,
    )
  })

  const get = createRoute({
    ...common,
    middleware: guards(d, 'webhook_endpoints:read'),
    path: '/v1/webhook_endpoints/{id}',
    operationId: 'getWebhookEndpoint',
    summary: 'Retrieve a webhook endpoint with its health',
    request: { params: endpointParams },
    responses: { 200: json(endpointView), ...nativeRefusals },
  })
  app.openapi(get, async (c) =>
    c.json(await viewEndpoint(d, await requireEndpoint(d, c.get('caller'), c.req.valid('param').id)), 200),
  )
}

/** Throws `forbidden` unless the caller may read events: an endpoint would show them. */
export function requireEventsScope(caller: Caller, why: string): void {
  if (!allows(caller.scopes, 'events:read'))
    throw new Failure('forbidden', `${why}, which requires the scope events:read`)
}

/** Returns an endpoint of the caller's organization and environment. Throws `not_found`. */
export async function requireEndpoint(d: ApiDependencies, caller: Caller, id: string): Promise<Endpoint> {
  const found = await findEndpoint(d.database, caller, id)
  if (!found) throw notFound('Webhook endpoint')
  return found
}

/** Throws `invalid_request` if a new endpoint of this kind cannot have these fields. */
function checkPushEndpoint(d: ApiDependencies, url: string | null, idleTimeout: number | undefined): void {
  if (url === null) throw invalid('url', 'is required, unless kind is pull')
  checkUrl(d, url)
  if (idleTimeout !== undefined) throw invalid('idle_timeout_seconds', 'must be absent, unless kind is pull')
}

function checkPullEndpoint(url: string | null): void {
  if (url !== null) throw invalid('url', 'must be absent: the events of a pull endpoint are fetched')
}

function checkUrl(d: ApiDependencies, url: string): void {
  const problem = receiverUrlProblem(url, d.webhooks.rules)
  if (problem) throw invalid('url', problem)
}

/** Throws `invalid_request` for an entry that is neither a type nor a group of events. */
export function checkTypes(types: string[] | null): void {
  types?.forEach((entry, i) => {
    const problem = whyNotFilter(entry)
    if (problem) throw invalid(`types.${i}`, problem)
  })
}
