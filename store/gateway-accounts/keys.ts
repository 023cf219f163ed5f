import type { GatewayAccount } from '../../domain/reference.ts'
import type { AccountOwnership } from '../../domain/payment/customer-ownership.ts'
import type { AccountAuth, AccountKeys, AccountStatus } from '../../domain/tenant/gateway-accounts.ts'
import type { Database, Sql, Transaction } from '../database/database.ts'
import { isSealError, type AccountSealing } from './account-sealing.ts'

/** The names of secrets. A gateway has one of the first two. */
export type SecretName = 'secret_key' | 'client_secret' | 'webhook_secret'

/** An account that an organization connected, as calls are made with it. Its secrets are encrypted. */
export interface SealedAccount extends GatewayAccount {
  /** One that is connected has no keys and no secrets. */
  auth: AccountAuth
  vendorAccountId: string
  status: AccountStatus
  ownership: AccountOwnership
  revision: number
  publishableKey: string
  webhookEndpointId: string | null
  wrappedKey: Buffer
  /** Those that are valid, newest first. `sealed` is base64. */
  secrets: { name: SecretName; number: number; sealed: string }[]
}

/** Returns an account that an organization connected, in one statement; undefined if there is none with this id. */
export async function findSealedAccount(sql: Sql, accountId: string): Promise<SealedAccount | undefined> {
  const [row] = await sql<SealedAccount[]>`
    select a.id as account_id, a.environment, a.gateway, a.auth, a.vendor_account_id, a.status, a.ownership, a.revision,
      a.publishable_key, a.webhook_endpoint_id, a.wrapped_key,
      (
        select coalesce(json_agg(json_build_object(
          'name', s.name, 'number', s.number, 'sealed', encode(s.sealed, 'base64')) order by s.number desc), '[]')
        from gateway_secrets s where s.account_id = a.id and (s.ends_at is null or s.ends_at > now())
      ) as secrets
    from gateway_accounts a where a.id = ${accountId} and a.organization_id is not null`
  return row
}

/** Decrypts what calls to the gateway are made with. Throws a SealError. */
export function openKeys(sealing: AccountSealing, account: SealedAccount): AccountKeys {
  const textsOf = (...names: SecretName[]) =>
    account.secrets
      .filter(({ name }) => names.includes(name))
      .map(({ name, number, sealed }) =>
        sealing.open(account, account.wrappedKey, { name, number }, Buffer.from(sealed, 'base64')),
      )
  const { publishableKey, webhookEndpointId } = account
  const [secretKey = ''] = textsOf('secret_key', 'client_secret')
  return { publishableKey, secretKey, webhookSecrets: textsOf('webhook_secret'), webhookEndpointId }
}

/** Returns a lookup of accounts for the gateways, which decrypt the keys of those that they use. */
export const accountFinder = (database: Sql, sealing: AccountSealing) => async (accountId: string) => {
  const found = await findSealedAccount(database, accountId)
  if (!found) return undefined
  const { environment, gateway, status, ownership, auth, vendorAccountId } = found
  const account: GatewayAccount = { accountId, environment, gateway }
  // A secret that ends changes no row.
  const revision = `${found.revision}/${found.secrets.length}`
  const connectedId = auth === 'connect' ? vendorAccountId : undefined
  return { account, status, ownership, revision, connectedId, openKeys: () => openKeys(sealing, found) }
}

/** Returns whether everything that calls are made with can be decrypted. */
export function areKeysReadable(sealing: AccountSealing, account: SealedAccount): boolean {
  try {
    openKeys(sealing, account)
    return true
  } catch (error) {
    if (isSealError(error)) return false
    throw error
  }
}

interface KeyHolder extends GatewayAccount {
  wrappedKey: Buffer
}

/** The result of encrypting the keys of all accounts again. */
export interface Rewrapped {
  /** Number that were encrypted again with the first of GATEWAY_KEYS. */
  rewrapped: number
  /** Accounts whose key none of GATEWAY_KEYS decrypts: they stay as they are. */
  unreadable: string[]
}

/**
 * Encrypts the key of each account with the first of GATEWAY_KEYS. The secrets themselves do not change. Each account
 * is one transaction, so that a run that is killed loses nothing and a later one continues.
 */
export async function rewrapKeys(
  database: Database,
  sealing: AccountSealing,
  isUnreadable: (error: unknown) => boolean,
): Promise<Rewrapped> {
  const all: Rewrapped = { rewrapped: 0, unreadable: [] }
  const ids = await database<{ id: string }[]>`
    select id from gateway_accounts where wrapped_key is not null order by id`
  for (const { id } of ids)
    try {
      if (await database.begin((sql) => rewrapKey(sql, sealing, id))) all.rewrapped++
    } catch (error) {
      if (!isUnreadable(error)) throw error
      all.unreadable.push(id)
    }
  return all
}

async function rewrapKey(sql: Transaction, sealing: AccountSealing, id: string): Promise<boolean> {
  const [account] = await sql<KeyHolder[]>`
    select id as account_id, environment, gateway, wrapped_key from gateway_accounts where id = ${id}
    for no key update`
  const again = sealing.rewrap(account!, account!.wrappedKey)
  // The revision stays: calls are made with the same keys.
  if (again) await sql`update gateway_accounts set wrapped_key = ${again} where id = ${id}`
  return again !== undefined
}
