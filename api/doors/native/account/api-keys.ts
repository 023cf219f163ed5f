import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { byApiKey } from '../../../../domain/events/author.ts'
import { Failure, notFound } from '../../../../domain/failure/failures.ts'
import { mayGrant } from '../../../../domain/tenant/scopes.ts'
import { insertApiKey } from '../../../../store/tenants/api-keys.ts'
import { findApiKeyOf, listApiKeys, type ShownApiKey } from '../../../../store/tenants/manage-api-keys.ts'
import type { Caller } from '../../../call/auth.ts'
import type { CallEnv } from '../../../call/call-env.ts'
import type { ApiDependencies } from '../../../dependencies.ts'
import * as fields from '../../../schemas/fields.ts'
import { createdId } from '../../../call/idempotency.ts'
import { apiKeyView, createdApiKey, scopeList, viewApiKey } from './api-key-view.ts'
import { guards, idParam, nativeRefusals, security } from '../door.ts'
import { pageOf, pageQuery, toList } from '../../../schemas/lists.ts'
import { json, jsonBody } from '../../../schemas/json.ts'

const longestLife = 3660
const isLifeOfKey = (end: string) => {
  const days = (Date.parse(end) - Date.now()) / 86_400_000
  return days > 0 && days <= longestLife
}
const request = z
  .strictObject({
    name: fields.name(255, 'CRM').optional(),
    kind: z.enum(['secret', 'publishable'], fields.mustBe('secret or publishable')).default('secret'),
    scopes: scopeList.min(1, 'must have at least one entry').optional().openapi({
      description: 'Required for a secret key. A key can grant only scopes that it has itself',
    }),
    expires_at: z.iso
      .datetime({ offset: true, error: 'must be an RFC 3339 time, such as 2027-11-21T09:00:00Z' })
      .refine(isLifeOfKey, `must be in the future, at most ${longestLife} days away`)
      .nullish()
      .openapi({ description: 'Required if the calling key expires; must not be later than its expiry' }),
  })
  .superRefine(({ kind, scopes }, context) => {
    const refuse = (message: string) => context.addIssue({ code: 'custom', path: ['scopes'], message })
    if (kind === 'secret' && !scopes) refuse('is required')
    if (kind === 'publishable' && scopes) refuse('must be omitted: a publishable key has no scopes')
  })
  .openapi('CreateApiKey', { example: { name: 'CRM', scopes: ['customers:write', 'billing_customers:write'] } })

const tags = ['API keys']

export function addApiKeys(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const create = createRoute({
    tags,
    security,
    middleware: guards(d, 'api_keys:write'),
    method: 'post',
    path: '/v1/api_keys',
    operationId: 'createApiKey',
    summary: 'Create an API key; the key is returned only once',
    request: { body: jsonBody(request) },
    responses: { 201: json(createdApiKey, 'Created'), ...nativeRefusals },
  })
  app.openapi(create, async (c) => {
    const caller = c.get('caller')
    const { name = '', kind, scopes = [], expires_at: expiresAt } = c.req.valid('json')
    checkGrant(caller, scopes)
    checkEnd(caller, expiresAt == null ? null : new Date(expiresAt))
    const { organizationId, environment } = caller
    const wanted = {
      id: createdId(c, 'apiKey'),
      organizationId,
      environment,
      kind,
      name,
      scopes: [...new Set(scopes)],
      expiresAt: expiresAt == null ? null : new Date(expiresAt),
    }
    const { id, key } = await insertApiKey(d.database, wanted, byApiKey(caller.id))
    return c.json({ ...viewApiKey(await requireApiKey(d, caller, id)), secret: key }, 201)
  })

  const common = { tags, security, middleware: guards(d, 'api_keys:read'), method: 'get' as const }
  const listing = createRoute({
    ...common,
    middleware: guards(d, 'api_keys:read', { list: true, query: true }),
    path: '/v1/api_keys',
    operationId: 'listApiKeys',
    summary: 'List API keys, newest first, including revoked and expired ones',
    request: { query: z.strictObject(pageQuery) },
    responses: { 200: json(pageOf(apiKeyView, 'ApiKeyList')), ...nativeRefusals },
  })
  app.openapi(listing, async (c) =>
    c.json(toList(await listApiKeys(d.database, c.get('caller'), c.req.valid('query')), viewApiKey), 200),
  )

  const get = createRoute({
    ...common,
    path: '/v1/api_keys/{id}',
    operationId: 'getApiKey',
    summary: 'Retrieve an API key, without its secret',
    request: { params: idParam('key_01k2…') },
    responses: { 200: json(apiKeyView), ...nativeRefusals },
  })
  app.openapi(get, async (c) =>
    c.json(viewApiKey(await requireApiKey(d, c.get('caller'), c.req.valid('param').id)), 200),
  )
}

/** Returns a key of the caller's organization and environment. Throws `not_found`. */
export async function requireApiKey(d: ApiDependencies, caller: Caller, id: string): Promise<ShownApiKey> {
  const found = await findApiKeyOf(d.database, caller, id)
  if (!found) throw notFound('API key')
  return found
}

/** Throws `forbidden` if the caller would grant a scope that it does not have. */
export function checkGrant({ scopes }: Caller, wanted: string[]): void {
  if (!mayGrant(scopes, wanted))
    throw new Failure('forbidden', 'must not contain scopes that this API key lacks', { param: 'scopes' })
}

/** Throws `forbidden` if a key would expire later than the key that creates it. */
function checkEnd({ expiresAt: ownEnd }: Caller, wanted: Date | null): void {
  if (ownEnd && (wanted === null || wanted > ownEnd))
    throw new Failure('forbidden', `must not be later than the expiry of this API key, ${ownEnd.toISOString()}`, {
      param: 'expires_at',
    })
}

/** Throws `forbidden` if the key expires later than the caller's, or never: its successor could not. */
export function checkOutlives({ expiresAt: ownEnd }: Caller, { expiresAt }: ShownApiKey): void {
  if (ownEnd && (expiresAt === null || expiresAt > ownEnd))
    throw new Failure('forbidden', 'is a key that expires later than this API key', { param: 'id' })
}

/** Throws `forbidden` if the key has a scope that the caller lacks: no key can revoke a more powerful one. */
export function checkRights({ scopes }: Caller, key: ShownApiKey): void {
  if (!mayGrant(scopes, key.scopes))
    throw new Failure('forbidden', 'is a key with permissions that this API key lacks', { param: 'id' })
}
