import type { Author } from '../../domain/events/author.ts'
import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import type { AccessCheck } from '../../gateways/account-access.ts'
import type { Platform } from '../../gateways/platform.ts'
import type { OwnAccount } from '../../store/gateway-accounts/accounts.ts'
import { webhookUrlOf, type WebhookState } from './account-webhook.ts'
import type { AccountDependencies } from './dependencies.ts'
import { asPlatform, requirePlatform } from './platform.ts'
import { refreshConnected } from './refresh-connected.ts'
import { canPay, problemsOf, type Verification } from './verification.ts'

/** Verifies a connected account: reads it, and tries each permission of the platform's keys on it. */
export async function verifyConnected(
  d: AccountDependencies,
  account: OwnAccount,
  author: Author,
): Promise<Verification> {
  const platform = await requirePlatform(d, account)
  let checks: AccessCheck[] = []
  let webhook: WebhookState = 'unknown'
  const verify = async () => {
    const access = (await d.gateways.of(account.accountId)).access!
    checks = await access.check()
    webhook = await findWebhook(platform, webhookUrlOf(d.publicUrl, account))
    return { problem: problemsOf(checks, webhook), isUsable: canPay(checks) }
  }
  const verified = await asPlatform(() => refreshConnected(d, account, author, { verify }))
  return { account: verified, checks, webhook }
}

/** An operator creates the platform's endpoint, perhaps with an address that is not ours: it is not missing. */
async function findWebhook(platform: Platform, url: string): Promise<WebhookState> {
  try {
    const found = await platform.findWebhook(url)
    if (!found) return 'unknown'
    return found.isAccepted ? 'enabled' : 'other_api_version'
  } catch (error) {
    if (isGatewayError(error, 'refused')) return 'unknown'
    throw error
  }
}
