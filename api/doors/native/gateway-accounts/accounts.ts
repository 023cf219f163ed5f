import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { byApiKey } from '../../../../domain/events/author.ts'
import { gatewayFacts } from '../../../../domain/gateways/list.ts'
import { defaultGateway, gatewayNames } from '../../../../domain/lifecycle.ts'
import { accountOwnerships } from '../../../../domain/payment/customer-ownership.ts'
import { requireAccount } from '../../../../payments/accounts/account-at-gateway.ts'
import { connectAccount } from '../../../../payments/accounts/connect-account.ts'
import { listAccounts } from '../../../../store/gateway-accounts/accounts.ts'
import { newId } from '../../../../store/database/new-id.ts'
import { dropCallers } from '../../../call/auth.ts'
import type { CallEnv } from '../../../call/call-env.ts'
import { createdId } from '../../../call/idempotency.ts'
import type { ApiDependencies } from '../../../dependencies.ts'
import { mustBe } from '../../../schemas/fields.ts'
import { json, jsonBody } from '../../../schemas/json.ts'
import { pageOf, pageQuery, toList } from '../../../schemas/lists.ts'
import { guards, idParam, nativeRefusals, security } from '../door.ts'
import { accountView, viewAccount } from './account-view.ts'

export const accountTags = ['Gateway accounts']
export const accountParams = idParam('ga_01k2…')

/** The keys of each gateway, as optional fields: the gateway of the account decides which apply. */
const optionalKey = z.string().max(300).optional()
export const keyFields: Record<string, typeof optionalKey> = Object.fromEntries(
  gatewayNames.flatMap((name) =>
    Object.values(gatewayFacts[name].accountFields).map(({ field, what, example }) => [
      field,
      optionalKey.openapi({ description: what('sandbox'), example }),
    ]),
  ),
)

const createRequest = z
  .strictObject({
    gateway: z.enum(gatewayNames, mustBe(gatewayNames.join(' or '))),
    ownership: z
      .enum(accountOwnerships, mustBe(accountOwnerships.join(' or ')))
      .default('exclusive')
      .openapi({
        description:
          'exclusive: nobody else uses the account, so all of its customers belong to this organization. proven: ' +
          'only those whose metadata says so',
      }),
    ...keyFields,
  })
  .openapi('CreateGatewayAccount', {
    example: { gateway: defaultGateway, secret_key: 'sk_test_…', publishable_key: 'pk_test_…' },
  })

/** Connects, lists and reads gateway accounts. */
export function addGatewayAccounts(app: OpenAPIHono<CallEnv>, d: ApiDependencies): void {
  const common = { tags: accountTags, security }
  const create = createRoute({
    ...common,
    middleware: guards(d, 'gateway_accounts:write'),
    method: 'post',
    path: '/v1/gateway_accounts',
    operationId: 'createGatewayAccount',
    summary: 'Connect an account at a gateway',
    description:
      'Keys are stored encrypted and never returned. Without a webhook secret or id, the service creates its webhook ' +
      'endpoint at the gateway. The setting gateway_accounts decides whether customers pay at it.',
    request: { body: jsonBody(createRequest) },
    responses: { 201: json(accountView, 'Connected'), ...nativeRefusals },
  })
  app.openapi(create, async (c) => {
    const caller = c.get('caller')
    const { gateway, ownership, ...given } = c.req.valid('json')
    const { organizationId, environment } = caller
    const account = {
      accountId: createdId(c, 'gatewayAccount') ?? newId('gatewayAccount'),
      organizationId,
      environment,
    }
    const made = await connectAccount(d, { ...account, gateway }, given, ownership, byApiKey(caller.id))
    dropCallers(d.state.callers)
    return c.json(viewAccount(made, d.publicUrl), 201)
  })

  const listing = createRoute({
    ...common,
    middleware: guards(d, 'gateway_accounts:read', { list: true, query: true }),
    method: 'get',
    path: '/v1/gateway_accounts',
    operationId: 'listGatewayAccounts',
    summary: 'List gateway accounts, newest first',
    description: 'Only accounts that this organization connected.',
    request: { query: z.strictObject(pageQuery) },
    responses: { 200: json(pageOf(accountView, 'GatewayAccountList')), ...nativeRefusals },
  })
  app.openapi(listing, async (c) => {
    const page = await listAccounts(d.database, c.get('caller'), c.req.valid('query'))
    return c.json(
      toList(page, (row) => viewAccount(row, d.publicUrl)),
      200,
    )
  })

  const get = createRoute({
    ...common,
    middleware: guards(d, 'gateway_accounts:read'),
    method: 'get',
    path: '/v1/gateway_accounts/{id}',
    operationId: 'getGatewayAccount',
    summary: 'Retrieve a gateway account',
    request: { params: accountParams },
    responses: { 200: json(accountView), ...nativeRefusals },
  })
  app.openapi(get, async (c) =>
    c.json(viewAccount(await requireAccount(d, c.get('caller'), c.req.valid('param').id), d.publicUrl), 200),
  )
}
