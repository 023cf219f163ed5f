import type { Environment, GatewayName } from '../domain/lifecycle.ts'
import type { BrowserSide, Gateways, PaymentGateway } from './gateway.ts'
import type { PayPalAccount } from './paypal/account.ts'
import { paypalGateway } from './paypal/paypal-gateway.ts'
import type { StripeAccount } from './stripe/account.ts'
import { stripeGateway } from './stripe/stripe-gateway.ts'

/** The accounts of this installation, from environment variables. */
export interface GatewayAccounts {
  stripe?: Partial<Record<Environment, StripeAccount>>
  paypal?: Partial<Record<Environment, PayPalAccount>>
}

interface Side {
  gateway: PaymentGateway
  browser: BrowserSide
}

/**
 * Returns the gateways of this installation: one account per gateway and environment, shared by all organizations.
 * `timeout` is the limit of each call in milliseconds.
 */
export function gatewaysFrom({ stripe = {}, paypal = {} }: GatewayAccounts, timeout: number): Gateways {
  const made: Record<GatewayName, Partial<Record<Environment, Side>>> = { stripe: {}, paypal: {} }
  for (const [environment, account] of Object.entries(stripe) as [Environment, StripeAccount][])
    made.stripe[environment] = {
      gateway: stripeGateway({ ...account, timeout }),
      browser: stripeBrowserSide(account),
    }
  for (const [environment, account] of Object.entries(paypal) as [Environment, PayPalAccount][])
    made.paypal[environment] = {
      gateway: paypalGateway({ ...account, live: environment === 'live', timeout }),
      browser: payPalBrowserSide(account),
    }
  return {
    for: ({ environment }, name) => made[name][environment]?.gateway,
    at: ({ environment, gateway }) => made[gateway][environment]?.gateway,
    browserSide: ({ environment }, name) => made[name][environment]?.browser,
  }
}

// docs.stripe.com/security/guide#content-security-policy
const stripeFrames = ['https://js.stripe.com', 'https://*.js.stripe.com', 'https://hooks.stripe.com']

function stripeBrowserSide({ publishableKey, jsUrl }: StripeAccount): BrowserSide {
  const { origin } = new URL(jsUrl)
  const vendor = origin === 'https://js.stripe.com'
  return {
    publishableKey,
    scriptUrl: jsUrl,
    scriptSources: [origin],
    frameSources: vendor ? stripeFrames : [origin],
    connectSources: vendor ? ['https://api.stripe.com'] : [origin],
  }
}

// developer.paypal.com/sdk/js/best-practices#content-security-policy
const payPalSources = ['https://*.paypal.com', 'https://*.paypalobjects.com']

function payPalBrowserSide({ clientId, jsUrl }: PayPalAccount): BrowserSide {
  const { origin, hostname } = new URL(jsUrl)
  const sources = hostname.endsWith('.paypal.com') ? payPalSources : [origin]
  return {
    publishableKey: clientId,
    scriptUrl: jsUrl,
    scriptSources: [...new Set([origin, ...sources])],
    frameSources: sources,
    connectSources: sources,
  }
}
