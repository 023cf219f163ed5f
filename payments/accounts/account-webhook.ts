import type { Author } from '../../domain/events/author.ts'
import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import type { GatewayAccount } from '../../domain/reference.ts'
import type { AccountAccess, WebhookAtGateway } from '../../gateways/account-access.ts'
import { isSealError } from '../../store/gateway-accounts/account-sealing.ts'
import { findAccount, type OwnAccount } from '../../store/gateway-accounts/accounts.ts'
import { recordVerified, rotateKeys } from '../../store/gateway-accounts/changes.ts'
import { findSealedAccount } from '../../store/gateway-accounts/keys.ts'
import { accessOf } from './account-at-gateway.ts'
import type { AccountDependencies } from './dependencies.ts'
import type { ReadKeys } from './given-keys.ts'

/** Seconds for which a former webhook secret still verifies events: Stripe rolls one for up to 24 hours. */
export const webhookOverlap = 86_400

/** The address for a gateway's events about an account: that of the platform if it is connected to it. */
export const webhookUrlOf = (
  publicUrl: string,
  { gateway, accountId, auth }: Pick<OwnAccount, 'auth' | keyof GatewayAccount>,
) => `${publicUrl}/webhooks/${gateway}/${auth === 'connect' ? 'connect' : accountId}`

export const noWebhook = 'no webhook endpoint sends events to this account'

/** The webhook endpoint at the gateway; `unknown` if the keys cannot read it. */
export type WebhookState = 'enabled' | 'other_api_version' | 'missing' | 'unknown'

/** Stores the id of the named webhook endpoint, or creates ours. Records whether events arrive. */
export async function provideWebhook(
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

/** Creates our endpoint at the gateway. Without the permission the account has none, which `verify` reports. */
async function createWebhook(d: AccountDependencies, account: OwnAccount, author: Author): Promise<boolean> {
  try {
    const access = await accessOf(d, account)
    const { id, secret, apiVersion } = await access.createWebhook(webhookUrlOf(d.publicUrl, account))
    const secrets = secret === null ? [] : [{ name: 'webhook_secret', text: secret } as const]
    const at = { webhookEndpointId: id, apiVersion: apiVersion ?? undefined }
    // Nobody gets the secret again, so it is stored whatever former ones there are.
    const keys = { ...at, secrets, overlap: webhookOverlap, endsOldest: true }
    await rotateKeys(d.database, d.accountSealing, account, keys, author)
    return true
  } catch (error) {
    if (!isGatewayError(error) && !isSealError(error)) throw error
    return false
  }
}

/** What a verification found of the webhook endpoint. `apiVersion`: of its events, if it is known. */
interface FoundWebhook {
  webhook: WebhookState
  apiVersion?: string | null
}

/**
 * Looks for our endpoint at the gateway. Enables it, adds events that it lacks, and creates it if there is none: also
 * in place of one that was deleted, is another one than ours, or has another API version than new ones. One that was
 * created by hand is not replaced, because only its owner knows its secret.
 */
export async function verifyWebhook(
  d: AccountDependencies,
  access: AccountAccess,
  account: OwnAccount,
  author: Author,
): Promise<FoundWebhook> {
  const sealed = (await findSealedAccount(d.database, account.accountId))!
  const { webhookEndpointId: ours } = sealed
  const isSet = ours !== null || sealed.secrets.some(({ name }) => name === 'webhook_secret')
  try {
    const found = await access.findWebhook(webhookUrlOf(d.publicUrl, account))
    if (!found && isSet && ours === null) return { webhook: 'unknown' }
    if (!found || !isSet || isOutdated(found, ours, access)) {
      if (await createWebhook(d, account, author)) return { webhook: 'enabled', apiVersion: access.apiVersion }
      if (!found || found.id !== ours) return { webhook: 'missing' }
    }
    if (!found.isEnabled || !found.isComplete) await access.mendWebhook(found.id)
    return { webhook: found.isAccepted ? 'enabled' : 'other_api_version', apiVersion: found.apiVersion }
  } catch (error) {
    if (!isGatewayError(error, 'refused', 'not_found')) throw error
    return { webhook: isSet ? 'unknown' : 'missing' }
  }
}

/** Whether our endpoint is another one than at the gateway, or has another API version than new ones. */
const isOutdated = (found: WebhookAtGateway, ours: string | null, access: AccountAccess): boolean =>
  ours !== null && (found.id !== ours || found.apiVersion !== access.apiVersion)
