import type { PayPalAccount } from './account.ts'
import type { BrowserSide, OpenedGateway } from '../gateway.ts'
import { paypalGateway } from './paypal-gateway.ts'

type Sources = Omit<BrowserSide, 'publishableKey' | 'scriptUrl'>

// https://developer.paypal.com/sdk/js/best-practices (Content Security Policy), for version 5 of the SDK: no list is
// published for version 6. It recommends inline styles and scripts, too: docs/going-live.md tries the page without.
const hosts = ['https://*.paypal.com', 'https://*.paypalobjects.com', 'https://*.venmo.com']

const from = (sources: string[], origin: string): Sources => ({
  scriptSources: sources,
  frameSources: sources,
  connectSources: sources,
  imageSources: [...sources, 'data:'],
  styleSources: sources,
  paymentOrigins: [],
  preconnects: [origin],
})

/** Returns what the page loads for an account: from the vendor, or from where a simulator serves the script. */
function browserSideOf({ clientId, jsUrl }: PayPalAccount): BrowserSide {
  const { origin, hostname } = new URL(jsUrl)
  const sources = hostname.endsWith('.paypal.com') ? hosts : [origin]
  return { publishableKey: clientId, scriptUrl: jsUrl, ...from(sources, origin) }
}

/** Returns the gateway of an account and what the page loads for it. `timeout` is that of a call in milliseconds. */
export const openPayPal = (
  account: PayPalAccount,
  { timeout, live }: { timeout: number; live: boolean },
): OpenedGateway => ({
  gateway: paypalGateway({ ...account, live, timeout }),
  browser: browserSideOf(account),
})
