import { z } from '@hono/zod-openapi'
import { scopes } from '../../../../domain/tenant/scopes.ts'
import type { ShownApiKey } from '../../../../store/tenants/manage-api-keys.ts'
import { time } from '../../../schemas/lists.ts'

export const scopeList = z.array(z.enum(scopes)).openapi({ example: ['customers:write', 'billing_customers:read'] })

export const apiKeyView = z
  .object({
    id: z.string(),
    object: z.literal('api_key'),
    environment: z.enum(['live', 'sandbox']),
    kind: z.enum(['secret', 'publishable']),
    name: z.string(),
    scopes: z.array(z.string()),
    last_four: z.string(),
    rotated_from: z.string().nullable().openapi({ description: 'The key that this one replaces' }),
    expires_at: time.nullable(),
    revoked_at: time.nullable(),
    last_used_at: time.nullable().openapi({ description: 'Accurate to the minute' }),
    created_at: time,
  })
  .openapi('ApiKey')

export const createdApiKey = apiKeyView
  .extend({
    secret: z.string().nullable().openapi({ description: 'The key itself. It is returned only in this response' }),
  })
  .openapi('CreatedApiKey')

export const viewApiKey = (key: ShownApiKey): z.input<typeof apiKeyView> => ({
  id: key.id,
  object: 'api_key',
  environment: key.environment,
  kind: key.kind,
  name: key.name,
  scopes: key.scopes,
  last_four: key.lastFour,
  rotated_from: key.rotatedFrom,
  expires_at: key.expiresAt?.toISOString() ?? null,
  revoked_at: key.revokedAt?.toISOString() ?? null,
  last_used_at: key.lastUsedAt?.toISOString() ?? null,
  created_at: key.createdAt.toISOString(),
})
