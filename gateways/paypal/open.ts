import type { PayPalAccount } from './account.ts'
import type { OpenedGateway } from '../gateway.ts'
import { paypalGateway } from './paypal-gateway.ts'

// developer.paypal.com/sdk/js/best-practices#content-security-policy
const vendorSources = ['https://*.paypal.com', 'https://*.paypalobjects.com']

/** Returns the gateway of an account and what the page loads for it. `timeout` is that of a call in milliseconds. */
export function openPayPal(
  account: PayPalAccount,
  { timeout, live }: { timeout: number; live: boolean },
): OpenedGateway {
  const { clientId, jsUrl } = account
  const { origin, hostname } = new URL(jsUrl)
  const sources = hostname.endsWith('.paypal.com') ? vendorSources : [origin]
  return {
    gateway: paypalGateway({ ...account, live, timeout }),
    browser: {
      publishableKey: clientId,
      scriptUrl: jsUrl,
      scriptSources: [...new Set([origin, ...sources])],
      frameSources: sources,
      connectSources: sources,
    },
  }
}
