import type { CallAuthor } from '../../domain/events/author.ts'
import { invalid } from '../../domain/failure/failures.ts'
import type { OwnAccount } from '../../store/gateway-accounts/accounts.ts'
import { rotateKeys } from '../../store/gateway-accounts/changes.ts'
import { differs, keysMissing, readVendorId } from './account-at-gateway.ts'
import { webhookOverlap } from './account-webhook.ts'
import type { AccountDependencies } from './dependencies.ts'
import { hintOf, requireKeys, secretsOf, type GivenKeys } from './given-keys.ts'

/**
 * Replaces keys by others of the same account at the gateway. A former webhook secret verifies events for another day.
 * Throws `conflict` for keys of another account.
 */
export async function rotateAccount(
  d: AccountDependencies,
  account: OwnAccount,
  given: GivenKeys,
  author: CallAuthor,
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
  return rotateKeys(
    d.database,
    d.accountSealing,
    account,
    {
      publishableKey,
      keyHint: secretKey && hintOf(secretKey),
      webhookEndpointId: fields.webhook.isSecret ? undefined : webhook,
      secrets: secretsOf(keys),
      overlap: webhookOverlap,
    },
    author,
  )
}
