import type { Author } from '../../domain/events/author.ts'
import { conflict } from '../../domain/failure/failures.ts'
import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import type { GatewayAccount, Tenant } from '../../domain/reference.ts'
import type { Platform } from '../../gateways/platform.ts'
import { findAccount, type OwnAccount } from '../../store/gateway-accounts/accounts.ts'
import { insertAccount, refuseOther } from '../../store/gateway-accounts/changes.ts'
import { refuseInstallations } from './account-at-gateway.ts'
import type { AccountDependencies } from './dependencies.ts'
import { createLink, type LinkUrls, type WithLink } from './onboarding-link.ts'
import { asPlatform, requirePlatform } from './platform.ts'

// Accounts that are connected to the installation's account as a platform: they are called with the platform's keys.

/** What a request says of an account that is to be connected. */
export interface ConnectRequest {
  /** The gateway's id of an account that is connected to the platform already; a new one is created if undefined. */
  vendorAccountId?: string | undefined
  country?: string | undefined
  email?: string | undefined
  ownership: OwnAccount['ownership']
}

/**
 * Creates an account at the gateway that is connected to the platform, or takes the one that the request names. It is
 * pending until the gateway permits it to charge. A repeat with the same id continues. Throws a Failure.
 */
export async function connectToPlatform(
  d: AccountDependencies,
  account: GatewayAccount & Tenant,
  request: ConnectRequest,
  urls: LinkUrls,
  author: Author,
): Promise<WithLink> {
  const platform = await requirePlatform(d, account)
  const known = await findAccount(d.database, account, account.accountId)
  const connected = known ?? (await insertConnected(d, platform, { ...account, ...request }, author))
  return createLink(d, connected, urls, author)
}

async function insertConnected(
  d: AccountDependencies,
  platform: Platform,
  request: GatewayAccount & Tenant & ConnectRequest,
  author: Author,
): Promise<OwnAccount> {
  const { accountId, organizationId, environment, gateway, ownership, vendorAccountId: named } = request
  const account = { accountId, organizationId, environment, gateway, auth: 'connect', status: 'pending' } as const
  // Before an account is created that nobody would use.
  await refuseOther(d.database, account)
  const vendorAccountId = await asPlatform(() =>
    named === undefined ? create(platform, request) : take(d, platform, request, named),
  )
  const noKeys = { publishableKey: null, keyHint: null, secrets: [] }
  const row = { ...account, ...noKeys, ownership, vendorAccountId }
  return insertAccount(d.database, d.accountSealing, row, author)
}

/** The metadata says to whom an account belongs, also to operators in the gateway's dashboard. */
async function create(platform: Platform, request: GatewayAccount & Tenant & ConnectRequest): Promise<string> {
  const { accountId, organizationId, environment, country, email } = request
  const metadata = { organization_id: organizationId, environment, gateway_account_id: accountId }
  const account = { country, email, metadata }
  try {
    return await platform.create(account, accountId)
  } catch (error) {
    // The gateway repeats the failure for this key. What it may have created has no data, and nobody uses it.
    if (isGatewayError(error, 'stored_failure', 'key_reused')) return platform.create(account, `${accountId}/2`)
    throw error
  }
}

/**
 * Only the platform writes the metadata of an account. It must name the organization: otherwise an organization could
 * take the account of another customer of the platform.
 */
async function take(
  d: AccountDependencies,
  platform: Platform,
  account: GatewayAccount & Tenant,
  vendorAccountId: string,
): Promise<string> {
  const read = await platform.read(vendorAccountId)
  const isTheirs = read?.organizationId === account.organizationId
  const isElsewhere = read?.environment && read.environment !== account.environment
  if (!isTheirs || isElsewhere)
    throw conflict(
      'gateway_account_not_connected',
      'vendor_account_id',
      'is not connected to the platform, or its metadata does not have organization_id of this organization',
    )
  await refuseInstallations(d, account, vendorAccountId)
  return vendorAccountId
}
