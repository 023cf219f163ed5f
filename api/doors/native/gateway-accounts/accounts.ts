import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { byApiKey } from '../../../../domain/events/author.ts'
import { gatewayFacts } from '../../../../domain/gateways/list.ts'
import { defaultGateway, gatewayNames, type GatewayName } from '../../../../domain/lifecycle.ts'
import { invalid } from '../../../../domain/failure/failures.ts'
import { accountOwnerships } from '../../../../domain/payment/customer-ownership.ts'
import { accountAuths } from '../../../../domain/tenant/gateway-accounts.ts'
import { requireAccount } from '../../../../payments/accounts/account-at-gateway.ts'
import { connectAccount } from '../../../../payments/accounts/connect-account.ts'
import { connectToPlatform, type ConnectRequest } from '../../../../payments/accounts/connect-to-platform.ts'
import type { LinkUrls } from '../../../../payments/accounts/onboarding-link.ts'
import { listAccounts } from '../../../../store/gateway-accounts/accounts.ts'
import { newId } from '../../../../store/database/new-id.ts'
import { dropCallers } from '../../../call/auth.ts'
import type { CallEnv } from '../../../call/call-env.ts'
import { createdId } from '../../../call/idempotency.ts'
import type { ApiDependencies } from '../../../dependencies.ts'
import { country, email, mustBe } from '../../../schemas/fields.ts'
import { json, jsonBody } from '../../../schemas/json.ts'
import { link } from '../../../schemas/page-options.ts'
import { pageOf, pageQuery, toList } from '../../../schemas/lists.ts'
import { guards, idParam, nativeRefusals, security } from '../door.ts'
import { accountView, linkedView, viewAccount, viewLinked } from './account-view.ts'

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

/** Where the owner of a connected account goes from the gateway. */
export const linkFields = {
  return_url: link.openapi({ description: "Where the owner goes after the gateway's pages, completed or not" }),
  refresh_url: link.openapi({
    description: 'Where the owner goes with a link that was used or has expired: create a fresh one there',
  }),
}

/** The fields of an account that is connected to the platform. */
const connectFields = {
  vendor_account_id: z
    .string()
    .max(300)
    .optional()
    .openapi({
      description:
        "An account that is connected to the platform already, and whose metadata has this organization's id as " +
        'organization_id. Default: a new one is created',
      example: 'acct_1Q…',
    }),
  country: country.optional().openapi({ description: "The country of a new account. Default: the platform's" }),
  email: email().optional().openapi({ description: 'Prefilled for the owner of a new account' }),
  return_url: linkFields.return_url.optional(),
  refresh_url: linkFields.refresh_url.optional(),
}

const createRequest = z
  .strictObject({
    gateway: z.enum(gatewayNames, mustBe(gatewayNames.join(' or '))),
    auth: z
      .enum(accountAuths, mustBe(accountAuths.join(' or ')))
      .default('keys')
      .openapi({
        description:
          "keys: with the account's own keys. connect: with the platform's keys, which are the installation's; " +
          'requires return_url and refresh_url, and no keys',
      }),
    ownership: z
      .enum(accountOwnerships, mustBe(accountOwnerships.join(' or ')))
      .default('exclusive')
      .openapi({
        description:
          'exclusive: nobody else uses the account, so all of its customers belong to this organization. proven: ' +
          'only those whose metadata says so',
      }),
    ...connectFields,
    ...keyFields,
  })
  .openapi('CreateGatewayAccount', {
    example: { gateway: defaultGateway, secret_key: 'sk_test_…', publishable_key: 'pk_test_…' },
  })

type Given = Omit<z.output<typeof createRequest>, 'gateway' | 'auth' | 'ownership'>

/** Throws `invalid_request` for the first of these fields that a request has. */
function refuseFields(given: Given, fields: string[], why: string): void {
  const wrong = fields.find((field) => given[field as keyof Given] !== undefined)
  if (wrong) throw invalid(wrong, `must be absent: it ${why}`)
}

/** Returns what a request says of an account to be connected to the platform. Throws `invalid_request`. */
function readConnect(
  gateway: GatewayName,
  given: Given,
): { urls: LinkUrls; request: Omit<ConnectRequest, 'ownership'> } {
  refuseFields(given, Object.keys(keyFields), "is for auth keys; a connected account is called with the platform's")
  const { vendor_account_id: vendorAccountId, country, email, return_url: returnUrl, refresh_url: refreshUrl } = given
  if (returnUrl === undefined) throw invalid('return_url', 'is required with auth connect')
  if (refreshUrl === undefined) throw invalid('refresh_url', 'is required with auth connect')
  const { form, what } = gatewayFacts[gateway].connectedAccount ?? { form: /^/, what: '' }
  if (vendorAccountId !== undefined) {
    if (!form.test(vendorAccountId)) throw invalid('vendor_account_id', `must be ${what}`)
    refuseFields(given, ['country', 'email'], 'is for a new account')
  }
  return { urls: { returnUrl, refreshUrl }, request: { vendorAccountId, country, email } }
}

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
    responses: { 201: json(linkedView, 'Connected'), ...nativeRefusals },
  })
  app.openapi(create, async (c) => {
    const caller = c.get('caller')
    const { gateway, auth, ownership, ...given } = c.req.valid('json')
    const { organizationId, environment } = caller
    const account = {
      accountId: createdId(c, 'gatewayAccount') ?? newId('gatewayAccount'),
      organizationId,
      environment,
      gateway,
    }
    const author = byApiKey(caller.id)
    if (auth === 'connect') {
      const { urls, request } = readConnect(gateway, given)
      const made = await connectToPlatform(d, account, { ...request, ownership }, urls, author)
      dropCallers(d.state.callers)
      return c.json(viewLinked(made.account, made.link, d.publicUrl), 201)
    }
    refuseFields(given, Object.keys(connectFields), 'is for auth connect')
    const made = await connectAccount(d, account, given, ownership, author)
    dropCallers(d.state.callers)
    return c.json(viewLinked(made, null, d.publicUrl), 201)
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
