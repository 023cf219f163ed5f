import type { CallAuthor } from '../../domain/events/author.ts'
import { conflict, invalid } from '../../domain/failure/failures.ts'
import type { OwnAccount } from '../../store/gateway-accounts/accounts.ts'
import { rotateKeys } from '../../store/gateway-accounts/changes.ts'
import { differs, keysMissing, readStoredKeys, readVendorId, requireAccount, unreadable } from './account-at-gateway.ts'
import { noWebhook, provideWebhook, webhookOverlap } from './account-webhook.ts'
import type { AccountDependencies } from './dependencies.ts'
import { hintOf, requireKeys, secretsOf, type GivenKeys, type ReadKeys } from './given-keys.ts'

/**
 * Replaces keys by others of the same account at the gateway. A former webhook secret verifies events for another day.
 * Throws `conflict` for keys of another account.
 *
 * If the stored keys cannot be decrypted, a new secret key replaces all of them. A webhook endpoint that events can no
 * longer be verified with is created anew at the gateway.
 */
export async function rotateAccount(
  d: AccountDependencies,
  account: OwnAccount,
  given: GivenKeys,
  { eventId, ...author }: CallAuthor,
): Promise<OwnAccount> {
  if (account.auth === 'connect')
    throw conflict(
      'gateway_account_other_auth',
      'id',
      'has no keys of its own: it is called with those of the platform',
    )
  if (!d.accountSealing.hasKey) throw keysMissing()
  const { environment, gateway } = account
  const keys = requireKeys(gateway, environment, given, [])
  const { secretKey, publishableKey, webhook, fields } = keys
  if (secretKey === undefined && publishableKey === undefined && webhook === undefined)
    throw invalid(fields.secretKey.field, `or another key must be given: ${fields.secretKey.what(environment)}`)
  const stored = await readStoredKeys(d, account)
  if (!stored && secretKey === undefined)
    throw invalid(fields.secretKey.field, `must be given, because ${unreadable}: ${fields.secretKey.what(environment)}`)
  if (secretKey !== undefined || publishableKey !== undefined)
    await requireSameAccount(d, account, keys, stored?.secretKey)
  const needsWebhook = webhook === undefined && losesWebhook(account, keys, !stored)
  const rotated = await rotateKeys(
    d.database,
    d.accountSealing,
    account,
    {
      publishableKey,
      keyHint: secretKey && hintOf(secretKey),
      webhookEndpointId: fields.webhook.isSecret ? undefined : webhook,
      secrets: secretsOf(keys),
      overlap: webhookOverlap,
      problem: needsWebhook ? noWebhook : undefined,
    },
    { ...author, eventId },
  )
  if (!needsWebhook) return rotated
  await provideWebhook(d, { ...rotated, webhookEndpointId: null }, keys, author)
  return requireAccount(d, rotated, rotated.accountId)
}

/** Tries the given keys at the gateway, together with those that stay. */
async function requireSameAccount(
  d: AccountDependencies,
  account: OwnAccount,
  keys: ReadKeys,
  storedSecret = '',
): Promise<void> {
  const { secretKey = storedSecret, publishableKey = account.publishableKey!, fields } = keys
  const { field } = keys.secretKey === undefined ? fields.publishableKey : fields.secretKey
  const id = await readVendorId(d, account, { ...keys, secretKey, publishableKey }, field)
  if (id !== account.vendorAccountId) throw differs()
}

/** A secret is lost with the key that encrypts it. An id is of the app, which the publishable key names. */
const losesWebhook = (account: OwnAccount, { publishableKey, fields }: ReadKeys, areLost: boolean): boolean =>
  fields.webhook.isSecret ? areLost : publishableKey !== undefined && publishableKey !== account.publishableKey
