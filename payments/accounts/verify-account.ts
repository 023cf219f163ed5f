import type { Author } from '../../domain/events/author.ts'
import { Failure } from '../../domain/failure/failures.ts'
import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import type { AccessCheck } from '../../gateways/account-access.ts'
import { isSealError } from '../../store/gateway-accounts/account-sealing.ts'
import type { OwnAccount } from '../../store/gateway-accounts/accounts.ts'
import { recordVerified } from '../../store/gateway-accounts/changes.ts'
import { accessOf, differs, notResponding, unreadable } from './account-at-gateway.ts'
import { noWebhook, verifyWebhook, type WebhookState } from './account-webhook.ts'
import type { AccountDependencies } from './dependencies.ts'

/** The result of a verification. */
export interface Verification {
  account: OwnAccount
  checks: AccessCheck[]
  webhook: WebhookState
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
  const record = (problem: string | null, apiVersion: string | null, isUsable: boolean) =>
    recordVerified(d.database, account, { problem, apiVersion, isUsable }, author)
  try {
    const access = await accessOf(d, account)
    if ((await access.readId()) !== account.vendorAccountId) throw differs()
    const checks = await access.check()
    const isForeign = (await access.ownsPublishableKey?.(account.publishableKey)) === false
    const { webhook, apiVersion = account.apiVersion } = await verifyWebhook(d, access, account, author)
    const problem = problemsOf(checks, webhook, isForeign).join('; ') || null
    return { account: await record(problem, apiVersion, canPay(checks) && !isForeign), checks, webhook }
  } catch (error) {
    const problem = isSealError(error)
      ? `${unreadable}: restore its former value, or rotate all keys`
      : isGatewayError(error, 'refused')
        ? `the gateway rejects the keys (${error.vendorCode})`
        : undefined
    if (problem === undefined) throw error instanceof Failure ? error : notResponding(error)
    return { account: await record(problem, account.apiVersion, false), checks: [], webhook: 'unknown' }
  }
}

/** Without these no payment can begin. */
const needed: AccessCheck['permission'][] = ['charging', 'customers', 'payments', 'payment_methods']

const canPay = (checks: AccessCheck[]) =>
  checks.every(({ permission, granted }) => granted || !needed.includes(permission))

function problemsOf(checks: AccessCheck[], webhook: WebhookState, isForeign: boolean): string[] {
  const refused = checks.filter(({ granted }) => !granted).map(({ permission }) => permission)
  const missing = refused.filter((permission) => permission !== 'charging')
  return [
    ...(refused.length > missing.length ? ['the gateway does not let the account charge'] : []),
    ...(missing.length > 0 ? [`the keys lack permission for: ${missing.join(', ')}`] : []),
    ...(isForeign ? ['the publishable key is of another account'] : []),
    ...(webhook === 'missing' ? [noWebhook] : []),
    ...(webhook === 'other_api_version' ? ['the webhook endpoint has another API version'] : []),
  ]
}
