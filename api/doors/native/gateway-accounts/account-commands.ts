import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { byApiKey } from '../../../../domain/events/author.ts'
import type { AccountStatus } from '../../../../domain/tenant/gateway-accounts.ts'
import { requireAccount } from '../../../../payments/accounts/account-at-gateway.ts'
import { createLink } from '../../../../payments/accounts/onboarding-link.ts'
import { activateConnected } from '../../../../payments/accounts/refresh-connected.ts'
import { rotateAccount } from '../../../../payments/accounts/rotate-account.ts'
import { verifyAccount } from '../../../../payments/accounts/verify-account.ts'
import { setStatus } from '../../../../store/gateway-accounts/changes.ts'
import { dropCallers } from '../../../call/auth.ts'
import type { CallEnv } from '../../../call/call-env.ts'
import type { ApiDependencies } from '../../../dependencies.ts'
import { authorOf, isAppliedCall } from '../../../call/idempotency.ts'
import { json, jsonBody } from '../../../schemas/json.ts'
import { guards, nativeRefusals, security } from '../door.ts'
import { accountView, linkedView, verifiedView, viewAccount, viewLinked, viewVerified } from './account-view.ts'
import { accountParams as params, accountTags, keyFields, linkFields } from './accounts.ts'

const rotateRequest = z
  .strictObject(keyFields)
  .openapi('RotateGatewayAccount', { example: { secret_key: 'sk_test_…' } })

const linkRequest = z.strictObject(linkFields).openapi('CreateGatewayAccountLink')

/** The commands that change the status, with the status and what it means. */
const statuses: Record<'activate' | 'drain' | 'disable', [Exclude<AccountStatus, 'pending'>, string]> = {
  activate: ['active', 'Use a gateway account again for what begins'],
  drain: ['draining', 'Begin nothing new with a gateway account'],
  disable: ['disabled', 'Charge nothing more with a gateway account'],
}

/** Commands for gateway accounts. */
export function addGatewayAccountCommands(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const common = <Name extends string>(name: Name) => ({
    tags: accountTags,
    security,
    middleware: guards(d, 'gateway_accounts:write'),
    method: 'post' as const,
    path: `/v1/gateway_accounts/{id}/${name}` as const,
  })
  const verify = createRoute({
    ...common('verify'),
    operationId: 'verifyGatewayAccount',
    summary: 'Try each permission of a gateway account by reading',
    description: 'Creates the webhook endpoint at the gateway if there is none. Nothing is charged.',
    request: { params },
    responses: { 200: json(verifiedView), ...nativeRefusals },
  })
  app.openapi(verify, async (c) => {
    const caller = c.get('caller')
    const account = await requireAccount(d, caller, c.req.valid('param').id)
    const verified = await verifyAccount(d, account, byApiKey(caller.id))
    dropCallers(d.state.callers)
    return c.json(viewVerified(verified, d.publicUrl), 200)
  })

  const rotate = createRoute({
    ...common('rotate'),
    operationId: 'rotateGatewayAccount',
    summary: 'Replace keys by others of the same account',
    description: 'A former webhook secret verifies events for another 24 hours.',
    request: { params, body: jsonBody(rotateRequest) },
    responses: { 200: json(accountView), ...nativeRefusals },
  })
  app.openapi(rotate, async (c) => {
    const caller = c.get('caller')
    const account = await requireAccount(d, caller, c.req.valid('param').id)
    const isRepeat = await isAppliedCall(d, c)
    const rotated = isRepeat ? account : await rotateAccount(d, account, c.req.valid('json'), authorOf(c))
    dropCallers(d.state.callers)
    return c.json(viewAccount(rotated, d.publicUrl), 200)
  })

  const link = createRoute({
    ...common('onboarding_link'),
    operationId: 'createGatewayAccountLink',
    summary: 'Create a fresh onboarding link for a connected account',
    description:
      'The owner of the account enters at the gateway what it requires. A link is usable once, within minutes: ' +
      'create one when the owner follows it, and at refresh_url. Reads the account at the gateway first.',
    request: { params, body: jsonBody(linkRequest) },
    responses: { 200: json(linkedView), ...nativeRefusals },
  })
  app.openapi(link, async (c) => {
    const caller = c.get('caller')
    const account = await requireAccount(d, caller, c.req.valid('param').id)
    const { return_url: returnUrl, refresh_url: refreshUrl } = c.req.valid('json')
    const made = await createLink(d, account, { returnUrl, refreshUrl }, byApiKey(caller.id))
    dropCallers(d.state.callers)
    return c.json(viewLinked(made.account, made.link, d.publicUrl), 200)
  })

  for (const name of ['activate', 'drain', 'disable'] as const) {
    const [status, summary] = statuses[name]
    const change = createRoute({
      ...common(name),
      operationId: `${name}GatewayAccount`,
      summary,
      request: { params },
      responses: { 200: json(accountView), ...nativeRefusals },
    })
    app.openapi(change, async (c) => {
      const caller = c.get('caller')
      const account = await requireAccount(d, caller, c.req.valid('param').id)
      const author = authorOf(c)
      const change = () =>
        account.auth === 'connect' && status === 'active'
          ? activateConnected(d, account, author)
          : setStatus(d.database, account, status, author)
      const changed = (await isAppliedCall(d, c)) ? account : await change()
      dropCallers(d.state.callers)
      return c.json(viewAccount(changed, d.publicUrl), 200)
    })
  }
}
