import type { z } from 'zod'
import { returnPagePath } from '../../domain/onboarding/return-page.ts'
import type { StripeAccount, StripePlace } from '../../gateways/stripe/account.ts'
import { commaList, credential, vendorUrl } from '../variable-forms.ts'
import { customerOwnership, ownershipOf, type AccountVariables, type Mode } from './account-variables.ts'

/** A restricted key is accepted as a secret key, but never as a publishable key. */
const keyOf = (prefix: 'sk' | 'pk', mode: 'live' | 'test') =>
  credential
    .refine(
      (key) => !key.startsWith('sk_org_'),
      'is an organization key, which requires a Stripe-Context header on each call: use a secret or ' +
        'restricted key of one account',
    )
    .regex(
      new RegExp(`^(${prefix === 'sk' ? 'sk|rk' : prefix})_${mode}_`),
      `must start with ${prefix}_${mode}_: a key of the other mode cannot be used`,
    )
const webhookSecrets = commaList.refine(
  (list) => list.length > 0 && list.every((secret) => /^whsec_[\x21-\x7e]+$/.test(secret) && !/["'`]/.test(secret)),
  'must be one or more secrets that start with whsec_, separated by commas',
)

const variables = {
  STRIPE_LIVE_SECRET_KEY: keyOf('sk', 'live').optional(),
  STRIPE_LIVE_PUBLISHABLE_KEY: keyOf('pk', 'live').optional(),
  STRIPE_LIVE_WEBHOOK_SECRET: webhookSecrets.optional(),
  STRIPE_LIVE_CONNECT_WEBHOOK_SECRET: webhookSecrets.optional(),
  STRIPE_TEST_SECRET_KEY: keyOf('sk', 'test').optional(),
  STRIPE_TEST_PUBLISHABLE_KEY: keyOf('pk', 'test').optional(),
  STRIPE_TEST_WEBHOOK_SECRET: webhookSecrets.optional(),
  STRIPE_TEST_CONNECT_WEBHOOK_SECRET: webhookSecrets.optional(),
  STRIPE_LIVE_CUSTOMER_OWNERSHIP: customerOwnership,
  STRIPE_TEST_CUSTOMER_OWNERSHIP: customerOwnership,
  STRIPE_API_URL: vendorUrl().optional(),
  STRIPE_JS_URL: vendorUrl({ path: true }).optional(),
}
type Values = z.infer<z.ZodObject<typeof variables>>

const script = 'https://js.stripe.com/endive/stripe.js'

function accountOf(e: Values, mode: Mode, publicUrl: string): StripeAccount | undefined {
  const [secretKey, publishableKey, webhookSecrets] = [
    e[`STRIPE_${mode}_SECRET_KEY`],
    e[`STRIPE_${mode}_PUBLISHABLE_KEY`],
    e[`STRIPE_${mode}_WEBHOOK_SECRET`],
  ]
  if (!secretKey || !publishableKey || !webhookSecrets) return undefined
  const ownership = ownershipOf(e[`STRIPE_${mode}_CUSTOMER_OWNERSHIP`])
  const connectWebhookSecrets = e[`STRIPE_${mode}_CONNECT_WEBHOOK_SECRET`]
  const keys = { secretKey, publishableKey, webhookSecrets, connectWebhookSecrets }
  return { ...keys, ownership, ...placeOf(e, mode, publicUrl) }
}

function placeOf(e: Values, mode: Mode, publicUrl: string): StripePlace {
  const own = { jsUrl: script, returnUrl: `${publicUrl}${returnPagePath}` }
  // Only the sandbox can use another address: live payments always go to the vendor.
  return mode === 'LIVE' ? own : { ...own, apiUrl: e.STRIPE_API_URL, jsUrl: e.STRIPE_JS_URL ?? script }
}

export const stripe = {
  variables,
  prefix: 'STRIPE',
  parts: ['SECRET_KEY', 'PUBLISHABLE_KEY', 'WEBHOOK_SECRET'],
  accountOf,
  placeOf,
} as const satisfies AccountVariables<Values>
