import type { Environment } from '../domain/lifecycle.ts'
import type { BrowserSide, Gateways, PaymentGateway } from './gateway.ts'
import { stripeGateway } from './stripe/stripe-gateway.ts'

/** One account of Stripe, as the environment variables name it. */
export interface StripeAccount {
  secretKey: string
  publishableKey: string
  webhookSecrets: string[]
  apiUrl?: string | undefined
  jsUrl: string
}

/**
 * The gateways of this installation: today one account per environment, shared by all organizations. `timeout` bounds
 * each call, in milliseconds.
 */
export function gatewaysFrom(stripe: Partial<Record<Environment, StripeAccount>>, timeout: number): Gateways {
  const made: Partial<Record<Environment, PaymentGateway>> = {}
  for (const [environment, account] of Object.entries(stripe))
    made[environment as Environment] = stripeGateway({ ...account, timeout })
  return {
    for: (environment, _organizationId, name) => (name === 'stripe' ? made[environment] : undefined),
    browserSide: (environment, _organizationId, name) => {
      const account = stripe[environment]
      return name === 'stripe' && account ? stripeBrowserSide(account) : undefined
    },
  }
}

// docs.stripe.com/security/guide#content-security-policy
const vendorFrames = ['https://js.stripe.com', 'https://*.js.stripe.com', 'https://hooks.stripe.com']

function stripeBrowserSide({ publishableKey, jsUrl }: StripeAccount): BrowserSide {
  const { origin } = new URL(jsUrl)
  const vendor = origin === 'https://js.stripe.com'
  return {
    publishableKey,
    scriptUrl: jsUrl,
    frameSources: vendor ? vendorFrames : [origin],
    connectSources: vendor ? ['https://api.stripe.com'] : [origin],
  }
}
