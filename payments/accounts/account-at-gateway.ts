import { conflict, Failure, invalid, notFound } from '../../domain/failure/failures.ts'
import { gatewayFacts } from '../../domain/gateways/list.ts'
import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import type { GatewayAccount, Tenant } from '../../domain/reference.ts'
import type { AccountKeys } from '../../domain/tenant/gateway-accounts.ts'
import type { AccountAccess } from '../../gateways/account-access.ts'
import { findAccount, type OwnAccount } from '../../store/gateway-accounts/accounts.ts'
import { areKeysReadable, findSealedAccount, openKeys } from '../../store/gateway-accounts/keys.ts'
import type { AccountDependencies } from './dependencies.ts'
import type { ReadKeys } from './given-keys.ts'

/** Returns an account of this organization and environment. Throws `not_found`. */
export async function requireAccount(
  { database }: Pick<AccountDependencies, 'database'>,
  tenant: Tenant,
  id: string,
): Promise<OwnAccount> {
  const found = await findAccount(database, tenant, id)
  if (!found) throw notFound('Gateway account')
  return found
}

/**
 * Asks the gateway which account the keys belong to. Throws `invalid_request` for `field` if it rejects them, and for
 * the publishable key if that is known to be of another account.
 */
export async function readVendorId(
  d: AccountDependencies,
  account: GatewayAccount,
  keys: ReadKeys,
  field = keys.fields.secretKey.field,
): Promise<string> {
  const { secretKey = '', publishableKey = '', fields } = keys
  const all: AccountKeys = { secretKey, publishableKey, webhookSecrets: [], webhookEndpointId: null }
  const access = d.gateways.withKeys(account, all).access!
  const publishable = fields.publishableKey.field
  const id = await naming(account, field, () => access.readId())
  if ((await naming(account, publishable, async () => access.ownsPublishableKey?.(publishableKey))) === false)
    throw invalid(publishable, 'is of another account at the gateway than the secret key')
  return id
}

/** Runs a call that tries keys. Throws `invalid_request` for the field if the gateway rejects them. */
async function naming<Read>({ gateway }: GatewayAccount, field: string, read: () => Promise<Read>): Promise<Read> {
  try {
    return await read()
  } catch (error) {
    if (!isGatewayError(error, 'refused')) throw notResponding(error)
    throw invalid(field, `is rejected by ${gatewayFacts[gateway].title} (${error.vendorCode})`)
  }
}

/**
 * An account that all organizations share cannot belong to one of them. Throws `conflict` also if the gateway does not
 * say which account that is, for example to a restricted key.
 */
export async function refuseInstallations(
  d: AccountDependencies,
  { environment, gateway }: Pick<GatewayAccount, 'environment' | 'gateway'>,
  id: string,
): Promise<void> {
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

/** Opens a stored account for calls about itself, in every status. Throws `not_found` and a SealError. */
export async function accessOf(d: AccountDependencies, { accountId }: OwnAccount): Promise<AccountAccess> {
  const sealed = await findSealedAccount(d.database, accountId)
  if (!sealed) throw notFound('Gateway account')
  return d.gateways.withKeys(sealed, openKeys(d.accountSealing, sealed)).access!
}

/** Decrypts the stored keys of an account; undefined if GATEWAY_KEYS does not decrypt them. Throws `not_found`. */
export async function readStoredKeys(
  d: AccountDependencies,
  { accountId }: OwnAccount,
): Promise<AccountKeys | undefined> {
  const sealed = await findSealedAccount(d.database, accountId)
  if (!sealed) throw notFound('Gateway account')
  return areKeysReadable(d.accountSealing, sealed) ? openKeys(d.accountSealing, sealed) : undefined
}

/** Why calls with an account are not possible: its keys were encrypted with a key that is not configured. */
export const unreadable = 'GATEWAY_KEYS does not decrypt the stored keys'

export const keysMissing = () =>
  conflict('gateway_keys_missing', 'gateway', 'cannot have accounts of its own here: GATEWAY_KEYS is not set')
export const differs = () =>
  conflict('gateway_account_differs', 'id', 'is another account at the gateway than the keys belong to')
export const notResponding = (cause: unknown) =>
  isGatewayError(cause)
    ? new Failure('unavailable', 'the gateway is not responding; try again', { retryAfter: 5, cause })
    : (cause as Error)
