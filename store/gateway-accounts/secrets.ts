import type { GatewayAccount } from '../../domain/reference.ts'
import type { Database, Transaction } from '../database/database.ts'
import type { AccountSealing } from './account-sealing.ts'
import { areKeysReadable, findSealedAccount, type SecretName } from './keys.ts'

/** A secret before it is stored. */
export interface NewSecret {
  name: SecretName
  text: string
}

/**
 * Adds secrets, each under its next number. Former ones of the same name are valid for `overlap` more seconds, and
 * deleted at once without overlap.
 */
export async function addSecrets(
  sql: Transaction,
  sealing: AccountSealing,
  account: GatewayAccount & { wrappedKey: Buffer },
  secrets: NewSecret[],
  overlap = 0,
): Promise<void> {
  const { accountId } = account
  for (const { name, text } of secrets) {
    const [{ number }] = await sql<[{ number: number }]>`
      select coalesce(max(number), 0) + 1 as number from gateway_secrets
      where account_id = ${accountId} and name = ${name}`
    await sql`
      delete from gateway_secrets
      where account_id = ${accountId} and name = ${name} and (${overlap} = 0 or ends_at <= now())`
    await sql`
      update gateway_secrets set ends_at = now() + ${overlap} * interval '1 second'
      where account_id = ${accountId} and name = ${name} and ends_at is null`
    const sealed = sealing.seal(account, account.wrappedKey, { name, number }, text)
    await sql`insert into gateway_secrets ${sql({ accountId, name, number, sealed })}`
  }
}

/**
 * Replaces secrets of an account under its row lock. Former webhook secrets are valid for `overlap` more seconds. If
 * the stored keys cannot be decrypted and what calls are made with is replaced, everything encrypted is deleted.
 * Returns whether a webhook secret was lost that way. Throws a SealError if only webhook secrets are to replace lost
 * ones.
 */
export async function replaceSecrets(
  sql: Transaction,
  sealing: AccountSealing,
  account: GatewayAccount,
  secrets: NewSecret[],
  overlap: number,
): Promise<boolean> {
  const isForWebhooks = ({ name }: { name: SecretName }) => name === 'webhook_secret'
  const calls = secrets.filter((secret) => !isForWebhooks(secret))
  const stored = (await findSealedAccount(sql, account.accountId))!
  const areLost = calls.length > 0 && !areKeysReadable(sealing, stored)
  const wrappedKey = areLost ? await replaceLostKey(sql, sealing, account) : stored.wrappedKey
  await addSecrets(sql, sealing, { ...account, wrappedKey }, calls)
  await addSecrets(sql, sealing, { ...account, wrappedKey }, secrets.filter(isForWebhooks), overlap)
  return areLost && stored.secrets.some(isForWebhooks)
}

/**
 * Replaces the key of an account that nothing decrypts, and deletes the secrets that it encrypted: they are lost.
 * Returns the new key.
 */
async function replaceLostKey(sql: Transaction, sealing: AccountSealing, account: GatewayAccount): Promise<Buffer> {
  const wrappedKey = sealing.newKey(account)
  await sql`delete from gateway_secrets where account_id = ${account.accountId}`
  await sql`update gateway_accounts set wrapped_key = ${wrappedKey} where id = ${account.accountId}`
  return wrappedKey
}

/** Deletes webhook secrets that no longer verify events. */
export async function forgetEndedSecrets(database: Database): Promise<void> {
  await database`delete from gateway_secrets where ends_at <= now()`
}
