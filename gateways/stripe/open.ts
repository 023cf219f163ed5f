import type { StripeAccount } from './account.ts'
import type { OpenedGateway } from '../gateway.ts'
import { stripeGateway } from './stripe-gateway.ts'

// docs.stripe.com/security/guide#content-security-policy
const frames = ['https://js.stripe.com', 'https://*.js.stripe.com', 'https://hooks.stripe.com']

/** Returns the gateway of an account and what the page loads for it. `timeout` is that of a call in milliseconds. */
export function openStripe(account: StripeAccount, { timeout }: { timeout: number }): OpenedGateway {
  const { publishableKey, jsUrl } = account
  const { origin } = new URL(jsUrl)
  const vendor = origin === 'https://js.stripe.com'
  return {
    gateway: stripeGateway({ ...account, timeout }),
    browser: {
      publishableKey,
      scriptUrl: jsUrl,
      scriptSources: [origin],
      frameSources: vendor ? frames : [origin],
      connectSources: vendor ? ['https://api.stripe.com'] : [origin],
    },
  }
}
