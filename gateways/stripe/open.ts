import type { StripeAccount } from './account.ts'
import type { BrowserSide, OpenedGateway } from '../gateway.ts'
import { stripeGateway } from './stripe-gateway.ts'

type Sources = Omit<BrowserSide, 'publishableKey' | 'scriptUrl'>

// https://docs.stripe.com/security/guide#content-security-policy: the lists for Stripe.js and for Link. The one for the
// Address Element (maps.googleapis.com) is not needed.
const scripts = ['https://js.stripe.com', 'https://*.js.stripe.com']
const link = ['https://link.com', 'https://*.link.com']

const ofVendor: Sources = {
  scriptSources: scripts,
  frameSources: [...scripts, 'https://hooks.stripe.com', ...link],
  connectSources: ['https://api.stripe.com', ...link],
  imageSources: ['https://*.link.com'],
  styleSources: [],
  // https://docs.stripe.com/elements/express-checkout-element: Apple Pay and Google Pay are requested in these frames.
  paymentOrigins: ['https://js.stripe.com', 'https://pay.google.com'],
  preconnects: ['https://js.stripe.com', 'https://api.stripe.com'],
}

const at = (origin: string): Sources => ({
  scriptSources: [origin],
  frameSources: [origin],
  connectSources: [origin],
  imageSources: [],
  styleSources: [],
  paymentOrigins: [origin],
  preconnects: [origin],
})

/** Returns what the page loads for an account: from the vendor, or from where a simulator serves the script. */
function browserSideOf({ publishableKey, jsUrl, connectedId }: StripeAccount): BrowserSide {
  const { origin } = new URL(jsUrl)
  const key = connectedId ? `${publishableKey} ${connectedId}` : publishableKey
  return {
    publishableKey: key,
    scriptUrl: jsUrl,
    ...(origin === 'https://js.stripe.com' ? ofVendor : at(origin)),
  }
}

/** Returns the gateway of an account and what the page loads for it. `timeout` is that of a call in milliseconds. */
export const openStripe = (account: StripeAccount, { timeout }: { timeout: number }): OpenedGateway => ({
  gateway: stripeGateway({ ...account, timeout }),
  browser: browserSideOf(account),
})
