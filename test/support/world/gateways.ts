import { gatewaysFrom } from '../../../gateways/from-config.ts'
import { createAccountSealing } from '../../../store/gateway-accounts/account-sealing.ts'
import { accountFinder } from '../../../store/gateway-accounts/keys.ts'
import type { WorldOptions } from './options.ts'
import type { Parts } from './parts.ts'

/** The only one of GATEWAY_KEYS. */
export const gatewayKey = 'a-gateway-key-of-this-test-run-and-no-other'
/** Encrypts the keys of gateway accounts. */
export const accountSealing = createAccountSealing([gatewayKey])
export const webhookSecret = 'whsec_test_only'
/** Of the endpoint for events of connected accounts. */
export const connectWebhookSecret = 'whsec_test_connect'
/** The next secret of the endpoint, during a rotation. */
const nextWebhookSecret = 'whsec_test_next'
export const payPalWebhookId = 'WHTESTONLY'

/** Base URLs of the vendors. */
export interface VendorUrls {
  stripe: string
  paypal?: string | undefined
}

/** Returns a world's gateways, with the vendors at these URLs. */
export function gatewaysAt({ paypal, sql }: Parts, options: WorldOptions, urls: VendorUrls) {
  const { ownership } = options
  const account = {
    ownership,
    secretKey: 'sk_test_world',
    publishableKey: 'pk_test_world',
    webhookSecrets: [nextWebhookSecret, webhookSecret],
    connectWebhookSecrets: [connectWebhookSecret],
    apiUrl: urls.stripe,
    jsUrl: `${urls.stripe}/stripe.js`,
    returnUrl: 'https://pages.example/returned',
  }
  const wallet = paypal && {
    ownership,
    clientId: 'client-of-the-world',
    clientSecret: 'only-for-tests',
    webhookId: payPalWebhookId,
    apiUrl: urls.paypal,
    jsUrl: `${paypal.url}/web-sdk/v6/core`,
    webhookRoot: options.distrustsPayPal ? undefined : paypal.rootCertificate,
  }
  const accounts = {
    ...(options.stripe === false ? {} : { stripe: { sandbox: account, ...(options.live ? { live: account } : {}) } }),
    ...(wallet ? { paypal: { sandbox: wallet } } : {}),
  }
  const { apiUrl, jsUrl, returnUrl } = account
  const stripe = { apiUrl, jsUrl, returnUrl }
  const place = {
    apiUrl: urls.paypal,
    jsUrl: `${paypal?.url ?? 'https://paypal.example'}/web-sdk/v6/core`,
    webhookRoot: paypal?.rootCertificate,
  }
  const own = {
    find: accountFinder(sql, accountSealing),
    places: { stripe: { live: stripe, sandbox: stripe }, paypal: { live: place, sandbox: place } },
  }
  return gatewaysFrom(accounts, options.gatewayTimeout ?? 20_000, own, options.callsPerAccount)
}
