import type { Author } from '../../domain/events/author.ts'
import type { GatewayAccount, Tenant } from '../../domain/reference.ts'
import { findAccount, type OwnAccount } from '../../store/gateway-accounts/accounts.ts'
import { insertAccount } from '../../store/gateway-accounts/changes.ts'
import { keysMissing, readVendorId, refuseInstallations, requireAccount } from './account-at-gateway.ts'
import { provideWebhook } from './account-webhook.ts'
import type { AccountDependencies } from './dependencies.ts'
import { hintOf, requireKeys, secretsOf, type GivenKeys, type ReadKeys } from './given-keys.ts'

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
  return requireAccount(d, connected, connected.accountId)
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
      ...{ accountId, organizationId, environment, gateway, auth: 'keys', status: 'active' },
      ...{ ownership, vendorAccountId, publishableKey: publishableKey!, keyHint: hintOf(secretKey!) },
      secrets: secretsOf(keys),
    },
    author,
  )
}
