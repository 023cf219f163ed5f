import { z } from 'zod'
import type { SimulatorApp } from '../../listen.ts'
import { rollSecret } from '../webhooks/endpoints.ts'
import type { Controlled } from './controls.ts'

const change = z.strictObject({
  key: z.string(),
  /** What a restricted key may do, such as `charge_write`. */
  permissions: z.array(z.string().regex(/^[a-z_]+_(read|write)$/)).optional(),
  /** Whether the key ends. */
  revoked: z.literal(true).optional(),
})
const rollOfSecret = z.strictObject({ expires_in: z.number().int().min(0).default(0) })
const roll = z.strictObject({ key: z.string(), expires_in: z.number().int().min(0).default(0) })

/** Adds what a merchant does to keys and secrets in the dashboard. */
export function addKeyControls(app: SimulatorApp, { accounts }: Controlled): void {
  app.post('/_sim/keys', async (c) => {
    const { key, permissions, revoked } = change.parse(await c.req.json())
    if (permissions) accounts.apiKeys.restrict(key, permissions)
    if (revoked) accounts.apiKeys.revoke(key)
    return c.json({ key })
  })
  app.post('/_sim/keys/roll', async (c) => {
    const { key, expires_in } = roll.parse(await c.req.json())
    return c.json({ key: accounts.apiKeys.roll(key, expires_in) }, 201)
  })
  app.post('/_sim/webhook_endpoints/:id/roll', async (c) => {
    const { expires_in } = rollOfSecret.parse(await c.req.json())
    const { state } = accounts.holding(c.req.param('id'))
    return c.json({ secret: rollSecret(state, c.req.param('id'), expires_in) }, 201)
  })
}
