import { conflict, Failure, invalid, notFound } from '../../../../domain/failure/failures.ts'
import { gatewayFacts } from '../../../../domain/gateways/list.ts'
import type { Environment, GatewayName } from '../../../../domain/lifecycle.ts'
import { isGatewayError } from '../../../../domain/payment/gateway-errors.ts'
import type { GatewayAccount, Tenant } from '../../../../domain/reference.ts'
import type { AccountKeys } from '../../../../domain/tenant/gateway-accounts.ts'
import type { AccessCheck, AccountAccess } from '../../../../gateways/gateway.ts'
import type { Author } from '../../../../domain/events/author.ts'
import { findAccount, type OwnAccount } from '../../../../store/gateway-accounts/accounts.ts'
import { insertAccount, recordVerified, rotateKeys } from '../../../../store/gateway-accounts/changes.ts'
import { findSealedAccount, openKeys, type NewSecret } from '../../../../store/gateway-accounts/keys.ts'
import { dropCallers } from '../../../call/auth.ts'
import type { ApiDependencies } from '../../../dependencies.ts'

type AccountDependencies = Pick<ApiDependencies, 'database' | 'gateways' | 'accountSealing' | 'publicUrl' | 'state'>

/** Keys as a request names them: the fields of its gateway (`accountFields`). */
type GivenKeys = Record<string, string | undefined>

/** Seconds for which a former webhook secret still verifies events: Stripe rolls one for up to 24 hours. */
const webhookOverlap = 86_400

/** The address for a gateway's events about one account. */
export const webhookUrlOf = (publicUrl: string, { gateway, accountId }: GatewayAccount) =>
  `${publicUrl}/webhooks/${gateway}/${accountId}`

/**
 * Connects an account: reads at the gateway which one the keys belong to, stores them encrypted, and creates our
 * webhook endpoint there if the request names none. Throws a Failure.
 */
export async function connectAccount(
  d: AccountDependencies,
  account: GatewayAccount & Tenant,
  given: GivenKeys,
  ownership: OwnAccount['ownership'],
  author: Author,
): Promise<OwnAccount> {
  if (!d.accountSealing.hasKey) throw keysMissing()
  const { environment, gateway } = account
  const keys = requireKeys(gateway, environment, given, ['secretKey', 'publishableKey'])
  const known = await findAccount(d.database, account, account.accountId)
  const connected = known ?? (await insertWith(d, account, keys, ownership, author))
  // Also by a repeat of a call that ended before.
  if (connected.verifiedAt === null && connected.problem === null) await provideWebhook(d, connected, keys, author)
  return refreshed(d, connected)
}

async function insertWith(
  d: AccountDependencies,
  account: GatewayAccount & Tenant,
  keys: ReadKeys,
  ownership: OwnAccount['ownership'],
  author: Author,
): Promise<OwnAccount> {
  const { accountId, organizationId, environment, gateway } = account
  const vendorAccountId = await readVendorId(d, account, keys)
  await refuseInstallations(d, account, vendorAccountId)
  const { secretKey, publishableKey } = keys
  return insertAccount(
    d.database,
    d.accountSealing,
    {
      ...{ accountId, organizationId, environment, gateway },
      ...{ ownership, vendorAccountId, publishableKey: publishableKey!, keyHint: hintOf(secretKey!) },
      secrets: secretsOf(gateway, keys),
    },
    author,
  )
}

/** Stores the id of the named webhook endpoint, or creates ours. Records whether events arrive. */
async function provideWebhook(
  d: AccountDependencies,
  account: OwnAccount,
  { webhook, fields }: ReadKeys,
  author: Author,
): Promise<void> {
  if (webhook !== undefined && !fields.webhook.isSecret)
    await rotateKeys(
      d.database,
      d.accountSealing,
      account,
      { secrets: [], overlap: 0, webhookEndpointId: webhook },
      author,
    )
  const isThere =
    webhook !== undefined || account.webhookEndpointId !== null || (await createWebhook(d, account, author))
  await recordVerified(
    d.database,
    account,
    {
      problem: isThere ? null : noWebhook,
      apiVersion: (await findAccount(d.database, account, account.accountId))!.apiVersion,
    },
    author,
  )
}

const noWebhook = 'no webhook endpoint sends events to this account'

/** The result of a verification. */
export interface Verification {
  account: OwnAccount
  checks: AccessCheck[]
  webhook: 'enabled' | 'other_api_version' | 'missing' | 'unknown'
}

/**
 * Tries each permission of an account by reading, and creates our webhook endpoint if there is none and no secret was
 * set. Records the result. Throws `unavailable` if the gateway does not respond.
 */
export async function verifyAccount(
  d: AccountDependencies,
  account: OwnAccount,
  author: Author,
): Promise<Verification> {
  try {
    const access = await accessOf(d, account)
    if ((await access.readId()) !== account.vendorAccountId) throw differs()
    const checks = await access.check()
    const webhook = await verifyWebhook(d, access, account, author)
    const missing = checks.filter(({ granted }) => !granted).map(({ permission }) => permission)
    const problems = [
      ...(missing.length > 0 ? [`the keys lack permission for: ${missing.join(', ')}`] : []),
      ...(webhook === 'missing' ? [noWebhook] : []),
      ...(webhook === 'other_api_version' ? ['the webhook endpoint has another API version'] : []),
    ]
    return {
      account: await record(d, account, problems.join('; ') || null, access.apiVersion, author),
      checks,
      webhook,
    }
  } catch (error) {
    if (!isGatewayError(error, 'refused')) throw error instanceof Failure ? error : notResponding(error)
    const problem = `the gateway rejects the keys (${error.vendorCode})`
    return { account: await record(d, account, problem, null, author), checks: [], webhook: 'unknown' }
  }
}

/**
 * Replaces keys by others of the same account at the gateway. A former webhook secret verifies events for another day.
 * Throws `conflict` for keys of another account.
 */
export async function rotateAccount(
  d: AccountDependencies,
  account: OwnAccount,
  given: GivenKeys,
  author: Author,
): Promise<OwnAccount> {
  if (!d.accountSealing.hasKey) throw keysMissing()
  const { environment, gateway } = account
  const keys = requireKeys(gateway, environment, given, [])
  const { secretKey, publishableKey, webhook, fields } = keys
  if (secretKey === undefined && publishableKey === undefined && webhook === undefined)
    throw invalid(fields.secretKey.field, `or another key must be given: ${fields.secretKey.what(environment)}`)
  if (secretKey !== undefined) {
    const whole = { ...keys, publishableKey: publishableKey ?? account.publishableKey }
    if ((await readVendorId(d, account, whole)) !== account.vendorAccountId) throw differs()
  }
  const rotated = await rotateKeys(
    d.database,
    d.accountSealing,
    account,
    {
      publishableKey,
      keyHint: secretKey && hintOf(secretKey),
      webhookEndpointId: fields.webhook.isSecret ? undefined : webhook,
      secrets: secretsOf(gateway, keys),
      overlap: webhookOverlap,
    },
    author,
  )
  forget(d)
  return rotated
}

/** Drops what this process caches of organizations, after a change of an account. */
export const forget = ({ state }: Pick<ApiDependencies, 'state'>) => dropCallers(state.callers)

/** Returns an account of the caller's organization and environment. Throws `not_found`. */
export async function requireAccount(d: AccountDependencies, tenant: Tenant, id: string): Promise<OwnAccount> {
  const found = await findAccount(d.database, tenant, id)
  if (!found) throw notFound('Gateway account')
  return found
}

const refreshed = async (d: AccountDependencies, account: OwnAccount): Promise<OwnAccount> => {
  forget(d)
  return requireAccount(d, account, account.accountId)
}

/** The last characters of a secret, by which people recognize it. */
const hintOf = (secret: string) => `…${secret.slice(-4)}`

type KeyName = 'secretKey' | 'publishableKey' | 'webhook'
type ReadKeys = { [Name in KeyName]?: string } & { fields: (typeof gatewayFacts)[GatewayName]['accountFields'] }

/** Returns the keys of a request by their purpose. Throws `invalid_request`. */
function requireKeys(gateway: GatewayName, environment: Environment, given: GivenKeys, needed: KeyName[]): ReadKeys {
  const fields = gatewayFacts[gateway].accountFields
  const keys: ReadKeys = { fields }
  for (const name of ['secretKey', 'publishableKey', 'webhook'] as const) {
    const { field, form, what } = fields[name]
    const value = given[field]
    if (value === undefined ? needed.includes(name) : !form(environment).test(value))
      throw invalid(field, `must be ${what(environment)}`)
    if (value !== undefined) keys[name] = value
  }
  const own = Object.values(fields).map(({ field }) => field)
  const other = Object.keys(given).find((field) => given[field] !== undefined && !own.includes(field))
  if (other) throw invalid(other, `must be absent: an account at ${gatewayFacts[gateway].title} has no such key`)
  return keys
}

function secretsOf(gateway: GatewayName, { secretKey, webhook, fields }: ReadKeys): NewSecret[] {
  const name = fields.secretKey.field === 'secret_key' ? 'secret_key' : 'client_secret'
  return [
    ...(secretKey === undefined ? [] : [{ name, text: secretKey } as const]),
    ...(webhook === undefined || !fields.webhook.isSecret ? [] : [{ name: 'webhook_secret', text: webhook } as const]),
  ]
}

/** Asks the gateway which account the keys belong to. Throws `invalid_request` if it rejects them. */
async function readVendorId(d: AccountDependencies, account: GatewayAccount, keys: ReadKeys): Promise<string> {
  const { fields, secretKey = '', publishableKey = '' } = keys
  const all: AccountKeys = { secretKey, publishableKey, webhookSecrets: [], webhookEndpointId: null }
  try {
    return await d.gateways.withKeys(account, all).access!.readId()
  } catch (error) {
    if (!isGatewayError(error, 'refused')) throw notResponding(error)
    const why = `is rejected by ${gatewayFacts[account.gateway].title} (${error.vendorCode})`
    throw invalid(fields.secretKey.field, why)
  }
}

/**
 * An account that all organizations share cannot belong to one of them. Throws `conflict` also if the gateway does not
 * say which account that is, for example to a restricted key.
 */
async function refuseInstallations(d: AccountDependencies, { environment, gateway }: GatewayAccount, id: string) {
  const shared = d.gateways
    .listOfInstallation()
    .find((each) => each.environment === environment && each.gateway === gateway)
  if (!shared) return
  try {
    const access = (await d.gateways.of(shared.accountId)).access
    if ((await access?.readId()) !== id) return
  } catch (error) {
    if (!isGatewayError(error, 'refused')) throw notResponding(error)
    const why = `cannot be compared with the account of the installation, whose keys may not read it`
    throw conflict('gateway_refused', 'gateway', `${why} (${error.vendorCode}); an operator must change or remove them`)
  }
  throw conflict('gateway_account_exists', 'gateway', 'has an account with these keys that the installation shares')
}

async function accessOf(d: AccountDependencies, { accountId }: OwnAccount): Promise<AccountAccess> {
  const sealed = await findSealedAccount(d.database, accountId)
  if (!sealed) throw notFound('Gateway account')
  return d.gateways.withKeys(sealed, openKeys(d.accountSealing, sealed)).access!
}

/** Creates our endpoint at the gateway. Without the permission the account has none, which `verify` reports. */
async function createWebhook(d: AccountDependencies, account: OwnAccount, author: Author): Promise<boolean> {
  try {
    const access = await accessOf(d, account)
    const { id, secret, apiVersion } = await access.createWebhook(webhookUrlOf(d.publicUrl, account))
    const secrets = secret === null ? [] : [{ name: 'webhook_secret', text: secret } as const]
    const keys = { secrets, overlap: webhookOverlap, webhookEndpointId: id, apiVersion: apiVersion ?? undefined }
    await rotateKeys(d.database, d.accountSealing, account, keys, author)
    return true
  } catch (error) {
    if (!isGatewayError(error)) throw error
    return false
  }
}

async function verifyWebhook(
  d: AccountDependencies,
  access: AccountAccess,
  account: OwnAccount,
  author: Author,
): Promise<Verification['webhook']> {
  const sealed = (await findSealedAccount(d.database, account.accountId))!
  const isSet = sealed.webhookEndpointId !== null || sealed.secrets.some(({ name }) => name === 'webhook_secret')
  try {
    const found = await access.findWebhook(webhookUrlOf(d.publicUrl, account))
    if (!found && isSet) return sealed.webhookEndpointId === null ? 'unknown' : 'missing'
    if (!found || !isSet) return (await createWebhook(d, account, author)) ? 'enabled' : 'missing'
    return found.apiVersion === access.apiVersion ? 'enabled' : 'other_api_version'
  } catch (error) {
    if (!isGatewayError(error, 'refused', 'not_found')) throw error
    return isSet ? 'unknown' : 'missing'
  }
}

async function record(
  d: AccountDependencies,
  account: OwnAccount,
  problem: string | null,
  apiVersion: string | null,
  author: Author,
): Promise<OwnAccount> {
  await recordVerified(d.database, account, { problem, apiVersion }, author)
  return refreshed(d, account)
}

const keysMissing = () =>
  conflict('gateway_keys_missing', 'gateway', 'cannot have accounts of its own here: GATEWAY_KEYS is not set')
const differs = () =>
  conflict('gateway_account_differs', 'id', 'is another account at the gateway than the keys belong to')
const notResponding = (cause: unknown) =>
  isGatewayError(cause)
    ? new Failure('unavailable', 'the gateway is not responding; try again', { retryAfter: 5, cause })
    : (cause as Error)
