import { randomBytes } from 'node:crypto'
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { byApiKey } from '../../../../domain/events/author.ts'
import { whyNotFilter } from '../../../../domain/events/event-filter.ts'
import { Failure, invalid, notFound } from '../../../../domain/failure/failures.ts'
import { deliveriesKeptFor } from '../../../../domain/webhooks/endpoint.ts'
import { allows } from '../../../../domain/tenant/scopes.ts'
import { receiverUrlProblem } from '../../../../domain/webhooks/receiver-url.ts'
import { secretBytes, secretKey, secretRule, secretText } from '../../../../domain/webhooks/secret.ts'
import { deleteEndpoint, insertEndpoint, updateEndpoint } from '../../../../store/webhooks/endpoints.ts'
import { findEndpoint, listEndpoints, type Endpoint } from '../../../../store/webhooks/find-endpoints.ts'
import { sealHeaders } from '../../../../store/webhooks/headers.ts'
import type { Caller } from '../../../call/auth.ts'
import type { CallEnv } from '../../../call/call-env.ts'
import { createdId } from '../../../call/idempotency.ts'
import type { ApiDependencies } from '../../../dependencies.ts'
import { json, jsonBody } from '../../../schemas/json.ts'
import { pageOf, pageQuery, toList } from '../../../schemas/lists.ts'
import { guards, idParam, nativeRefusals, security } from '../door.ts'
import { createRequest, updateRequest } from './endpoint-requests.ts'
import { createdEndpoint, endpointView, viewEndpoint, viewEndpoints } from './endpoint-view.ts'

export const endpointTags = ['Webhook endpoints']
export const endpointParams = idParam('we_01k2…')

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
    description: 'It receives every event after the response. Also requires the scope events:read.',
    request: { body: jsonBody(createRequest) },
    responses: { 201: json(createdEndpoint, 'Created'), ...nativeRefusals },
  })
  app.openapi(create, async (c) => {
    const caller = c.get('caller')
    requireEventsScope(caller, 'an endpoint receives events')
    const { kind, url = null, description = '', types = null, headers, ...given } = c.req.valid('json')
    const { secret, idle_timeout_seconds: idle } = given
    if (kind === 'pull') checkPullEndpoint({ url, headers })
    else checkPushEndpoint(d, url, idle)
    checkTypes(types)
    const key = secret === undefined ? randomBytes(secretBytes.generated) : secretKey(secret)
    if (!key) throw invalid('secret', secretRule)
    const { organizationId, environment } = caller
    const wanted = {
      id: createdId(c, 'webhookEndpoint'),
      ...{ organizationId, environment, url, description, types },
      kind,
      headers: (id: string) => sealHeaders(d.webhooks.sealing, id, headers ?? {}),
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
    description: 'Changing the URL, the headers or the types also requires the scope events:read.',
    request: { params: endpointParams, body: jsonBody(updateRequest) },
    responses: { 200: json(endpointView), ...nativeRefusals },
  })
  app.openapi(update, async (c) => {
    const caller = c.get('caller')
    const endpoint = await requireEndpoint(d, caller, c.req.valid('param').id)
    const changes = c.req.valid('json')
    const { url, types, headers } = changes
    if (url !== undefined || types !== undefined || headers !== undefined)
      requireEventsScope(caller, 'the URL, the headers and the types decide where events are sent')
    if (endpoint.kind === 'pull') checkPullEndpoint({ url, headers })
    if (url !== undefined) checkUrl(d, url)
    if (types !== undefined) checkTypes(types)
    const changed = await updateEndpoint(d.database, endpoint, changes, byApiKey(caller.id), d.webhooks.sealing)
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

function checkPullEndpoint(given: { url: string | null | undefined; headers: object | undefined }): void {
  for (const param of ['url', 'headers'] as const)
    if (given[param] != null) throw invalid(param, 'must be absent: the events of a pull endpoint are fetched')
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
