import { returnPagePath } from '../domain/onboarding/return-page.ts'
import type { PayPalAccount } from '../gateways/paypal/account.ts'
import type { StripeAccount } from '../gateways/stripe/account.ts'
import type { Variables } from './variables.ts'

const stripeScript = 'https://js.stripe.com/endive/stripe.js'
const payPalScripts = {
  LIVE: 'https://www.paypal.com/web-sdk/v6/core',
  TEST: 'https://www.sandbox.paypal.com/web-sdk/v6/core',
}

/** Returns the configured accounts by environment. */
export const byEnvironment = <Account>(live: Account | undefined, sandbox: Account | undefined) => ({
  ...(live ? { live } : {}),
  ...(sandbox ? { sandbox } : {}),
})

/** Returns the Stripe account of a mode; undefined if it is not configured. */
export function stripeOf(e: Variables, mode: 'LIVE' | 'TEST', publicUrl: string): StripeAccount | undefined {
  const [secretKey, publishableKey, secrets] = [
    e[`STRIPE_${mode}_SECRET_KEY`],
    e[`STRIPE_${mode}_PUBLISHABLE_KEY`],
    e[`STRIPE_${mode}_WEBHOOK_SECRET`],
  ]
  if (!secretKey || !publishableKey || !secrets) return undefined
  const returnUrl = `${publicUrl}${returnPagePath}`
  const own = { secretKey, publishableKey, webhookSecrets: secrets, jsUrl: stripeScript, returnUrl }
  // Only the sandbox can use another address: live payments always go to the vendor.
  return mode === 'LIVE' ? own : { ...own, apiUrl: e.STRIPE_API_URL, jsUrl: e.STRIPE_JS_URL ?? stripeScript }
}

/** Returns the PayPal account of a mode; undefined if it is not configured. */
export function payPalOf(e: Variables, mode: 'LIVE' | 'TEST'): PayPalAccount | undefined {
  const [clientId, clientSecret, webhookId] = [
    e[`PAYPAL_${mode}_CLIENT_ID`],
    e[`PAYPAL_${mode}_CLIENT_SECRET`],
    e[`PAYPAL_${mode}_WEBHOOK_ID`],
  ]
  if (!clientId || !clientSecret || !webhookId) return undefined
  const own = { clientId, clientSecret, webhookId, jsUrl: payPalScripts[mode] }
  if (mode === 'LIVE') return own
  const root = { apiUrl: e.PAYPAL_API_URL, webhookRoot: e.PAYPAL_WEBHOOK_ROOT }
  return { ...own, ...root, jsUrl: e.PAYPAL_JS_URL ?? payPalScripts.TEST }
}
