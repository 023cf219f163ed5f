import { z } from 'zod'
import { builtInSettings, mostReminders } from '../domain/settings.ts'
import { parseConnectionString } from '../store/connection-string.ts'

const url = (...protocols: string[]) =>
  z
    .string()
    .refine(
      (text) => URL.canParse(text) && protocols.includes(new URL(text).protocol),
      `must be a URL (${protocols.join(' or ')})`,
    )
const connectionString = z.string().superRefine((text, context) => {
  try {
    parseConnectionString(text)
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message })
  }
})
const loopback = (text: string) => ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(text).hostname)
const vendorUrl = url('https:', 'http:').refine(
  (text) => text.startsWith('https:') || loopback(text),
  'must be https, except on loopback',
)
const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((n) => n >= least && n <= most, `must be from ${least} to ${most}`)
const seconds = z
  .string()
  .regex(/^\d+(\.\d+)?$/, 'must be a number of seconds')
  .transform(Number)
const commaList = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
)
/** What goes into an HTTP header or a signature. Blanks and line ends around it come with copying and are left out. */
const credential = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]+$/, 'must have no blank, line end or other invisible character inside')
/** A restricted key will do where a secret one would; it must never be taken for a publishable one. */
const keyOf = (prefix: 'sk' | 'pk', mode: 'live' | 'test') =>
  credential
    .refine(
      (key) => !key.startsWith('sk_org_'),
      'is an organization key, which needs a Stripe-Context header with each call: use a secret or restricted key of one account',
    )
    .regex(
      new RegExp(`^(${prefix === 'sk' ? 'sk|rk' : prefix})_${mode}_`),
      `must begin with ${prefix}_${mode}_: a key of the other mode does not fit`,
    )
const webhookSecrets = commaList.refine(
  (list) => list.length > 0 && list.every((secret) => /^whsec_[\x21-\x7e]+$/.test(secret)),
  'must be one or more secrets that begin with whsec_, separated by commas',
)

/** Every variable that a program of ours reads, in the form that it must have. */
export const variables = z.object({
  PORT: whole(0, 65_535).default(8080),
  HOST: z.string().default('127.0.0.1'),
  PUBLIC_URL: url('https:', 'http:').optional(),
  TRUSTED_PROXIES: commaList.default([]),
  DATABASE_URL: connectionString.optional(),
  DATABASE_PASSWORD: z.string().optional(),
  TEMPORAL_UI_URL: url('https:', 'http:').optional(),
  STRIPE_LIVE_SECRET_KEY: keyOf('sk', 'live').optional(),
  STRIPE_LIVE_PUBLISHABLE_KEY: keyOf('pk', 'live').optional(),
  STRIPE_LIVE_WEBHOOK_SECRET: webhookSecrets.optional(),
  STRIPE_TEST_SECRET_KEY: keyOf('sk', 'test').optional(),
  STRIPE_TEST_PUBLISHABLE_KEY: keyOf('pk', 'test').optional(),
  STRIPE_TEST_WEBHOOK_SECRET: webhookSecrets.optional(),
  STRIPE_API_URL: vendorUrl.optional(),
  STRIPE_JS_URL: vendorUrl.optional(),
  PAYPAL_LIVE_CLIENT_ID: credential.optional(),
  PAYPAL_LIVE_CLIENT_SECRET: credential.optional(),
  PAYPAL_LIVE_WEBHOOK_ID: credential.optional(),
  PAYPAL_TEST_CLIENT_ID: credential.optional(),
  PAYPAL_TEST_CLIENT_SECRET: credential.optional(),
  PAYPAL_TEST_WEBHOOK_ID: credential.optional(),
  PAYPAL_API_URL: vendorUrl.optional(),
  PAYPAL_JS_URL: vendorUrl.optional(),
  PAYPAL_WEBHOOK_ROOT: z.string().optional(),
  SETUP_LINK_SECRETS: commaList
    .refine(
      (list) => list.length > 0 && list.every((secret) => secret.length >= 32),
      'must be one or more secrets of at least 32 characters, separated by commas',
    )
    .optional(),
  WORKFLOW_BUNDLE: z.string().optional(),
  TASK_QUEUE: z.string().default('onboarding'),
  GATEWAY_TIMEOUT_MS: whole(10, 60_000).default(20_000),
  RETRY_PAUSE_MAX_MS: whole(10, 86_400_000).default(300_000),
  LINK_LIFE_SECONDS: seconds.default(builtInSettings.linkLife),
  REMINDERS_SECONDS: commaList
    .transform((list) => list.map(Number))
    .refine((list) => list.every((n) => n > 0), 'must be numbers of seconds')
    .refine((list) => list.length <= mostReminders, `must be at most ${mostReminders} numbers`)
    .default(builtInSettings.reminders),
  EXPIRY_GRACE_SECONDS: seconds.default(builtInSettings.expiryGrace),
  RATE_LIMIT_PER_MINUTE: whole(1, 100_000_000).default(30_000),
  RATE_LIMIT_FAILURES_PER_MINUTE: whole(1, 100_000_000).default(120),
  RATE_LIMIT_STORE: z.enum(['memory', 'postgres']).default('memory'),
  HSTS_SECONDS: whole(0, 315_360_000).optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
  LOG_FORMAT: z.enum(['pretty', 'json']).optional(),
})

export type Variables = z.infer<typeof variables>
