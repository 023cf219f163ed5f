import type { Author } from '../../domain/events/author.ts'
import { Failure } from '../../domain/failure/failures.ts'
import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import { isSealError } from '../../store/gateway-accounts/account-sealing.ts'
import type { OwnAccount } from '../../store/gateway-accounts/accounts.ts'
import { recordVerified } from '../../store/gateway-accounts/changes.ts'
import { accessOf, differs, notResponding, unreadable } from './account-at-gateway.ts'
import { verifyWebhook } from './account-webhook.ts'
import type { AccountDependencies } from './dependencies.ts'
import { canPay, problemsOf, type Verification } from './verification.ts'
import { verifyConnected } from './verify-connected.ts'

/**
 * Tries each permission of an account by reading, and creates our webhook endpoint if there is none and no secret was
 * set. Records the result. Throws `unavailable` if the gateway does not respond.
 */
export async function verifyAccount(
  d: AccountDependencies,
  account: OwnAccount,
  author: Author,
): Promise<Verification> {
  if (account.auth === 'connect') return verifyConnected(d, account, author)
  const record = (problem: string | null, apiVersion: string | null, isUsable: boolean) =>
    recordVerified(d.database, account, { problem, apiVersion, isUsable }, author)
  try {
    const access = await accessOf(d, account)
    if ((await access.readId()) !== account.vendorAccountId) throw differs()
    const checks = await access.check()
    const isForeign = (await access.ownsPublishableKey?.(account.publishableKey!)) === false
    const { webhook, apiVersion = account.apiVersion } = await verifyWebhook(d, access, account, author)
    const problem = problemsOf(checks, webhook, isForeign)
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
