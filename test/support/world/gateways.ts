import { gatewaysFrom } from '../../../gateways/from-config.ts'
import type { WorldOptions } from './options.ts'
import type { Parts } from './parts.ts'

export const webhookSecret = 'whsec_test_only'
/** The next secret of the endpoint, during a rotation. */
const nextWebhookSecret = 'whsec_test_next'
export const payPalWebhookId = 'WHTESTONLY'

/** Base URLs of the vendors. */
export interface VendorUrls {
  stripe: string
  paypal?: string | undefined
}

/** Returns a world's gateways, with the vendors at these URLs. */
export function gatewaysAt({ paypal }: Parts, options: WorldOptions, urls: VendorUrls) {
  const { ownership } = options
  const account = {
    ownership,
    secretKey: 'sk_test_world',
    publishableKey: 'pk_test_world',
    webhookSecrets: [nextWebhookSecret, webhookSecret],
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
    stripe: { sandbox: account, ...(options.live ? { live: account } : {}) },
    ...(wallet ? { paypal: { sandbox: wallet } } : {}),
  }
  return gatewaysFrom(accounts, options.gatewayTimeout ?? 20_000)
}
