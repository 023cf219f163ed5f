import { gatewaysFrom } from '../../../gateways/from-config.ts'
import type { WorldOptions } from './options.ts'
import type { Parts } from './parts.ts'

export const webhookSecret = 'whsec_test_only'
/** The endpoint's secret is being rolled: this one is the next. */
const nextWebhookSecret = 'whsec_test_next'
export const payPalWebhookId = 'WHTESTONLY'

/** Where somebody reaches the vendors. */
export interface VendorUrls {
  stripe: string
  paypal?: string | undefined
}

/** The gateways of a world, as somebody has them who reaches the vendors at these addresses. */
export function gatewaysAt({ paypal }: Parts, options: WorldOptions, urls: VendorUrls) {
  const account = {
    secretKey: 'sk_test_world',
    publishableKey: 'pk_test_world',
    webhookSecrets: [nextWebhookSecret, webhookSecret],
    apiUrl: urls.stripe,
    jsUrl: `${urls.stripe}/stripe.js`,
    returnUrl: 'https://pages.example/returned',
  }
  const wallet = paypal && {
    clientId: 'client-of-the-world',
    clientSecret: 'only-for-tests',
    webhookId: payPalWebhookId,
    apiUrl: urls.paypal,
    jsUrl: `${paypal.url}/web-sdk/v6/core`,
    webhookRoot: options.distrustsPayPal ? undefined : paypal.rootCertificate,
  }
  const accounts = {
    stripe: { sandbox: account, ...(options.live ? { live: account } : {}) },
    ...(wallet ? { paypal: { sandbox: wallet } } : {}),
  }
  return gatewaysFrom(accounts, options.gatewayTimeout ?? 20_000)
}
