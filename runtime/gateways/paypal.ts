import type { z } from 'zod'
import type { PayPalAccount, PayPalPlace } from '../../gateways/paypal/account.ts'
import { certificates, credential, vendorUrl } from '../variable-forms.ts'
import { customerOwnership, ownershipOf, type AccountVariables, type Mode } from './account-variables.ts'

const variables = {
  PAYPAL_LIVE_CLIENT_ID: credential.optional(),
  PAYPAL_LIVE_CLIENT_SECRET: credential.optional(),
  PAYPAL_LIVE_WEBHOOK_ID: credential.optional(),
  PAYPAL_TEST_CLIENT_ID: credential.optional(),
  PAYPAL_TEST_CLIENT_SECRET: credential.optional(),
  PAYPAL_TEST_WEBHOOK_ID: credential.optional(),
  PAYPAL_LIVE_CUSTOMER_OWNERSHIP: customerOwnership,
  PAYPAL_TEST_CUSTOMER_OWNERSHIP: customerOwnership,
  PAYPAL_API_URL: vendorUrl().optional(),
  PAYPAL_JS_URL: vendorUrl({ path: true }).optional(),
  PAYPAL_WEBHOOK_ROOT: certificates.optional(),
}
type Values = z.infer<z.ZodObject<typeof variables>>

const scripts = {
  LIVE: 'https://www.paypal.com/web-sdk/v6/core',
  TEST: 'https://www.sandbox.paypal.com/web-sdk/v6/core',
}

function accountOf(e: Values, mode: Mode): PayPalAccount | undefined {
  const [clientId, clientSecret, webhookId] = [
    e[`PAYPAL_${mode}_CLIENT_ID`],
    e[`PAYPAL_${mode}_CLIENT_SECRET`],
    e[`PAYPAL_${mode}_WEBHOOK_ID`],
  ]
  if (!clientId || !clientSecret || !webhookId) return undefined
  const ownership = ownershipOf(e[`PAYPAL_${mode}_CUSTOMER_OWNERSHIP`])
  return { clientId, clientSecret, webhookId, ownership, ...placeOf(e, mode) }
}

function placeOf(e: Values, mode: Mode): PayPalPlace {
  if (mode === 'LIVE') return { jsUrl: scripts.LIVE }
  return { apiUrl: e.PAYPAL_API_URL, webhookRoot: e.PAYPAL_WEBHOOK_ROOT, jsUrl: e.PAYPAL_JS_URL ?? scripts.TEST }
}

export const paypal = {
  variables,
  prefix: 'PAYPAL',
  parts: ['CLIENT_ID', 'CLIENT_SECRET', 'WEBHOOK_ID'],
  accountOf,
  placeOf,
} as const satisfies AccountVariables<Values>
