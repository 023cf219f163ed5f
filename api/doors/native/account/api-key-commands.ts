import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { byApiKey } from '../../../../domain/events/author.ts'
import { revokeApiKey } from '../../../../store/tenants/api-keys.ts'
import { rotateApiKey } from '../../../../store/tenants/manage-api-keys.ts'
import { dropCallers } from '../../../call/auth.ts'
import type { CallEnv } from '../../../call/call-env.ts'
import type { ApiDependencies } from '../../../dependencies.ts'
import * as fields from '../../../schemas/fields.ts'
import { createdId } from '../../../call/idempotency.ts'
import { apiKeyView, createdApiKey, viewApiKey } from './api-key-view.ts'
import { checkGrant, checkOutlives, checkRights, requireApiKey } from './api-keys.ts'
import { guards, idParam, nativeRefusals, security } from '../door.ts'
import { json, jsonBody } from '../../../schemas/json.ts'

const longestOverlap = 30 * 86_400
const rotateRequest = z
  .strictObject({
    overlap_seconds: z
      .number(fields.mustBe('a whole number of seconds'))
      .int('must be a whole number of seconds')
      .min(0, 'must be at least 0')
      .max(longestOverlap, `must be at most ${longestOverlap}`)
      .openapi({ description: 'How long the old key stays valid', example: 3600 }),
  })
  .openapi('RotateApiKey')

const tags = ['API keys']
const params = idParam('key_01k2…')

/** Rotates and revokes API keys. */
export function addApiKeyCommands(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const common = { tags, security, middleware: guards(d, 'api_keys:write') }
  const rotate = createRoute({
    ...common,
    method: 'post',
    path: '/v1/api_keys/{id}/rotate',
    operationId: 'rotateApiKey',
    summary: 'Create a key with the same name and scopes; the old key is valid until the overlap ends',
    description:
      'Requires every scope of the old key. A key that expires can rotate itself and keys that expire no later; ' +
      'the new key expires no later than the key of the call.',
    request: { params, body: jsonBody(rotateRequest) },
    responses: { 201: json(createdApiKey, 'Created'), ...nativeRefusals },
  })
  app.openapi(rotate, async (c) => {
    const caller = c.get('caller')
    const old = await requireApiKey(d, caller, c.req.valid('param').id)
    // The response contains the new secret, so the caller needs all of its scopes.
    checkGrant(caller, old.scopes)
    const isItself = old.id === caller.id
    if (!isItself) checkOutlives(caller, old)
    const latestEnd = isItself ? old.expiresAt : caller.expiresAt
    const wanted = { id: createdId(c, 'apiKey'), overlap: c.req.valid('json').overlap_seconds, latestEnd }
    const { organizationId, environment } = caller
    const tenant = { organizationId, environment }
    const { id, key } = await rotateApiKey(d.database, tenant, old, wanted, byApiKey(caller.id))
    dropCallers(d.state.callers)
    return c.json({ ...viewApiKey(await requireApiKey(d, caller, id)), secret: key }, 201)
  })

  const revoke = createRoute({
    ...common,
    method: 'post',
    path: '/v1/api_keys/{id}/revoke',
    operationId: 'revokeApiKey',
    summary: 'Revoke a key immediately; no effect if it is already revoked',
    description:
      'Other API processes may accept the key for another 0.25 seconds. ' +
      'Requires every scope of the key to revoke. Every key with api_keys:write can revoke itself.',
    request: { params },
    responses: { 200: json(apiKeyView), ...nativeRefusals },
  })
  app.openapi(revoke, async (c) => {
    const caller = c.get('caller')
    const key = await requireApiKey(d, caller, c.req.valid('param').id)
    checkRights(caller, key)
    const { id } = key
    await revokeApiKey(d.database, id, byApiKey(caller.id), caller)
    dropCallers(d.state.callers)
    return c.json(viewApiKey(await requireApiKey(d, caller, id)), 200)
  })
}
