import { randomBytes } from 'node:crypto'
import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { conflict, notFound } from '../../../../domain/failure/failures.ts'
import { longestOverlap } from '../../../../domain/webhooks/endpoint.ts'
import { secretBytes, secretText } from '../../../../domain/webhooks/secret.ts'
import {
  disableEndpoint,
  enableEndpoint,
  retryNow,
  skipCollected,
  writeEvent,
} from '../../../../store/webhooks/endpoint-state.ts'
import type { Endpoint } from '../../../../store/webhooks/find-endpoints.ts'
import { rotateSecret } from '../../../../store/webhooks/secrets.ts'
import type { CallEnv } from '../../../call/call-env.ts'
import type { ApiDependencies } from '../../../dependencies.ts'
import { authorOf, isAppliedCall } from '../../../call/idempotency.ts'
import * as fields from '../../../schemas/fields.ts'
import { json, jsonBody } from '../../../schemas/json.ts'
import { guards, nativeRefusals, security } from '../door.ts'
import { createdEndpoint, endpointView, viewEndpoint } from './endpoint-view.ts'
import { endpointParams as params, endpointTags, requireEndpoint } from './endpoints.ts'

const enableRequest = z
  .strictObject({
    catch_up: z.boolean().default(true).openapi({ description: 'Whether to send the events that were collected' }),
  })
  .openapi('EnableWebhookEndpoint')
const rotateRequest = z
  .strictObject({
    overlap_seconds: z
      .number(fields.mustBe('a whole number of seconds'))
      .int('must be a whole number of seconds')
      .min(0, 'must be at least 0')
      .max(longestOverlap, `must be at most ${longestOverlap}`)
      .default(86_400)
      .openapi({ description: 'How long the previous secret also signs', example: 86_400 }),
  })
  .openapi('RotateWebhookSecret')
const testView = z.object({ event_id: z.string().openapi({ example: 'evt_01k2…' }) }).openapi('WebhookTest')

/** Commands for webhook endpoints. */
export function addWebhookEndpointCommands(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const common = <Name extends string>(name: Name) => ({
    tags: endpointTags,
    security,
    middleware: guards(d, 'webhook_endpoints:write'),
    method: 'post' as const,
    path: `/v1/webhook_endpoints/{id}/${name}` as const,
  })
  const disable = createRoute({
    ...common('disable'),
    operationId: 'disableWebhookEndpoint',
    summary: 'Disable a webhook endpoint; it collects events but none are sent',
    request: { params },
    responses: { 200: json(endpointView), ...nativeRefusals },
  })
  app.openapi(disable, async (c) => {
    const caller = c.get('caller')
    const endpoint = await requireEndpoint(d, caller, c.req.valid('param').id)
    if (!(await isAppliedCall(d, c)))
      await d.database.begin((sql) => disableEndpoint(sql, endpoint, 'caller', authorOf(c)))
    return c.json(await viewEndpoint(d, await requireEndpoint(d, caller, endpoint.id)), 200)
  })

  const enable = createRoute({
    ...common('enable'),
    operationId: 'enableWebhookEndpoint',
    summary: 'Enable a disabled webhook endpoint',
    request: { params, body: jsonBody(enableRequest) },
    responses: { 200: json(endpointView), ...nativeRefusals },
  })
  app.openapi(enable, async (c) => {
    const caller = c.get('caller')
    const endpoint = await requireEndpoint(d, caller, c.req.valid('param').id)
    const { catch_up } = c.req.valid('json')
    if (!(await isAppliedCall(d, c))) {
      if (!catch_up) await skipCollected(d.database, endpoint)
      await d.database.begin((sql) => enableEndpoint(sql, endpoint, catch_up, authorOf(c)))
    }
    return c.json(await viewEndpoint(d, await requireEndpoint(d, caller, endpoint.id)), 200)
  })

  const rotate = createRoute({
    ...common('rotate_secret'),
    operationId: 'rotateWebhookSecret',
    summary: 'Create another secret; both sign until the overlap ends',
    request: { params, body: jsonBody(rotateRequest) },
    responses: { 200: json(createdEndpoint), ...nativeRefusals },
  })
  app.openapi(rotate, async (c) => {
    const caller = c.get('caller')
    const endpoint = await requireEndpoint(d, caller, c.req.valid('param').id)
    if (await isAppliedCall(d, c)) return c.json({ ...(await viewEndpoint(d, endpoint)), secret: null }, 200)
    const key = randomBytes(secretBytes.generated)
    const sealed = d.webhooks.sealing.seal(endpoint.id, key)
    const { overlap_seconds } = c.req.valid('json')
    if (!(await rotateSecret(d.database, endpoint, sealed, overlap_seconds, authorOf(c))))
      throw notFound('Webhook endpoint')
    return c.json({ ...(await viewEndpoint(d, endpoint)), secret: secretText(key) }, 200)
  })

  const test = createRoute({
    ...common('test'),
    operationId: 'testWebhookEndpoint',
    summary: 'Send the event webhook_endpoint.test to a webhook endpoint',
    request: { params },
    responses: { 202: json(testView, 'The event will be sent'), ...nativeRefusals },
  })
  app.openapi(test, async (c) => {
    const caller = c.get('caller')
    const endpoint = await requireEndpoint(d, caller, c.req.valid('param').id)
    const author = authorOf(c)
    if (!(await isAppliedCall(d, c))) {
      checkEnabled(endpoint)
      await d.database.begin((sql) => writeEvent(sql, endpoint, 'webhook_endpoint.test', author))
    }
    return c.json({ event_id: author.eventId! }, 202)
  })

  const retry = createRoute({
    ...common('retry'),
    operationId: 'retryWebhookEndpoint',
    summary: 'Retry a webhook endpoint now instead of at the next attempt',
    request: { params },
    responses: { 202: json(endpointView, 'It will be tried'), ...nativeRefusals },
  })
  app.openapi(retry, async (c) => {
    const caller = c.get('caller')
    const endpoint = await requireEndpoint(d, caller, c.req.valid('param').id)
    if (endpoint.kind === 'pull')
      throw conflict('pull_endpoint', 'id', 'is a pull endpoint: nothing is sent to it; fetch its events')
    checkEnabled(endpoint)
    await retryNow(d.database, endpoint.id)
    return c.json(await viewEndpoint(d, endpoint), 202)
  })
}

/** Throws a conflict if the endpoint is disabled: nothing would be sent. */
export function checkEnabled({ status }: Endpoint): void {
  if (status === 'disabled') throw conflict('endpoint_disabled', 'id', 'is disabled; enable it first')
}
