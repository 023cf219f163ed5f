import type { AccessCheck } from '../../gateways/account-access.ts'
import type { OwnAccount } from '../../store/gateway-accounts/accounts.ts'
import { noWebhook, type WebhookState } from './account-webhook.ts'

/** The result of a verification. */
export interface Verification {
  account: OwnAccount
  checks: AccessCheck[]
  webhook: WebhookState
}

/** Without these no payment can begin. */
const needed: AccessCheck['permission'][] = ['charging', 'customers', 'payments', 'payment_methods']

/** Returns whether payments can begin with an account. */
export const canPay = (checks: AccessCheck[]): boolean =>
  checks.every(({ permission, granted }) => granted || !needed.includes(permission))

/** Returns what is missing, as a text for people; null if nothing is. */
export function problemsOf(checks: AccessCheck[], webhook: WebhookState, isForeign = false): string | null {
  const refused = checks.filter(({ granted }) => !granted).map(({ permission }) => permission)
  const missing = refused.filter((permission) => permission !== 'charging')
  const problems = [
    ...(refused.length > missing.length ? ['the gateway does not let the account charge'] : []),
    ...(missing.length > 0 ? [`the keys lack permission for: ${missing.join(', ')}`] : []),
    ...(isForeign ? ['the publishable key is of another account'] : []),
    ...(webhook === 'missing' ? [noWebhook] : []),
    ...(webhook === 'other_api_version' ? ['the webhook endpoint has another API version'] : []),
  ]
  return problems.join('; ') || null
}
