import { z } from 'zod'
import type { Environment } from './domain/lifecycle.ts'
import { builtInSettings, type Settings } from './domain/settings.ts'

/** What a program needs of the environment; each asks for its parts, and only those must be there. */
export type Part = 'database' | 'http' | 'links' | 'gateways'

const url = (...protocols: string[]) =>
  z
    .string()
    .refine(
      (text) => URL.canParse(text) && protocols.includes(new URL(text).protocol),
      `must be a URL (${protocols.join(' or ')})`,
    )
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
/** A restricted key will do where a secret one would; it must never be taken for a publishable one. */
const keyOf = (prefix: 'sk' | 'pk', mode: 'live' | 'test') =>
  z
    .string()
    .regex(
      new RegExp(`^(${prefix === 'sk' ? 'sk|rk' : prefix})_${mode}_`),
      `must begin with ${prefix}_${mode}_: a key of the other mode does not fit`,
    )
const webhookSecrets = commaList.refine(
  (list) => list.every((secret) => secret.startsWith('whsec_')),
  'must begin with whsec_',
)

const environment = z.object({
  PORT: whole(0, 65_535).default(8080),
  HOST: z.string().default('127.0.0.1'),
  PUBLIC_URL: url('https:', 'http:').optional(),
  TRUSTED_PROXIES: commaList.default([]),
  DATABASE_URL: url('postgres:', 'postgresql:').optional(),
  TEMPORAL_UI_URL: url('https:', 'http:').optional(),
  STRIPE_LIVE_SECRET_KEY: keyOf('sk', 'live').optional(),
  STRIPE_LIVE_PUBLISHABLE_KEY: keyOf('pk', 'live').optional(),
  STRIPE_LIVE_WEBHOOK_SECRET: webhookSecrets.optional(),
  STRIPE_TEST_SECRET_KEY: keyOf('sk', 'test').optional(),
  STRIPE_TEST_PUBLISHABLE_KEY: keyOf('pk', 'test').optional(),
  STRIPE_TEST_WEBHOOK_SECRET: webhookSecrets.optional(),
  STRIPE_API_URL: vendorUrl.optional(),
  STRIPE_JS_URL: vendorUrl.optional(),
  PAYPAL_LIVE_CLIENT_ID: z.string().optional(),
  PAYPAL_LIVE_CLIENT_SECRET: z.string().optional(),
  PAYPAL_LIVE_WEBHOOK_ID: z.string().optional(),
  PAYPAL_TEST_CLIENT_ID: z.string().optional(),
  PAYPAL_TEST_CLIENT_SECRET: z.string().optional(),
  PAYPAL_TEST_WEBHOOK_ID: z.string().optional(),
  PAYPAL_API_URL: vendorUrl.optional(),
  PAYPAL_JS_URL: vendorUrl.optional(),
  PAYPAL_WEBHOOK_ROOT: z.string().optional(),
  SETUP_LINK_SECRETS: commaList
    .refine(
      (list) => list.length > 0 && list.every((secret) => secret.length >= 32),
      'must be one or more secrets of at least 32 characters, separated by commas',
    )
    .optional(),
  TASK_QUEUE: z.string().default('onboarding'),
  GATEWAY_TIMEOUT_MS: whole(10, 60_000).default(20_000),
  RETRY_PAUSE_MAX_MS: whole(10, 86_400_000).default(300_000),
  LINK_LIFE_SECONDS: seconds.default(builtInSettings.linkLife),
  REMINDERS_SECONDS: commaList
    .transform((list) => list.map(Number))
    .refine((list) => list.every((n) => n > 0), 'must be numbers of seconds')
    .default(builtInSettings.reminders),
  EXPIRY_GRACE_SECONDS: seconds.default(builtInSettings.expiryGrace),
  RATE_LIMIT_PER_MINUTE: whole(1, 100_000_000).default(30_000),
  RATE_LIMIT_STORE: z.enum(['memory', 'postgres']).default('memory'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
  LOG_FORMAT: z.enum(['pretty', 'json']).optional(),
})

export interface StripeConfig {
  secretKey: string
  publishableKey: string
  webhookSecrets: string[]
  apiUrl?: string | undefined
  jsUrl: string
}

export interface PayPalConfig {
  clientId: string
  clientSecret: string
  webhookId: string
  jsUrl: string
  apiUrl?: string | undefined
  /** PEM of a root that is trusted beside the public ones: a simulator's. */
  webhookRoot?: string | undefined
}

export interface Config {
  port: number
  host: string
  publicUrl: string
  databaseUrl: string
  temporalUiUrl: string | undefined
  taskQueue: string
  gateways: {
    stripe: Partial<Record<Environment, StripeConfig>>
    paypal: Partial<Record<Environment, PayPalConfig>>
  }
  setupLinkSecrets: string[]
  trustedProxies: string[]
  gatewayTimeout: number
  longestRetryPause: number
  settingDefaults: Settings
  rateLimit: { store: 'memory' | 'postgres'; perMinute: number }
  log: { level: string; format: 'pretty' | 'json' }
}

const stripeScript = 'https://js.stripe.com/endive/stripe.js'
const payPalScripts = {
  LIVE: 'https://www.paypal.com/web-sdk/v6/core',
  TEST: 'https://www.sandbox.paypal.com/web-sdk/v6/core',
}

/**
 * Reads the environment once. Throws one Error that names every variable that is wrong or missing for the parts that
 * this program has.
 */
export function readConfig(variables: NodeJS.ProcessEnv, parts: Part[]): Config {
  // An empty value is one that was not given: compose files write it so.
  const given = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ''))
  const parsed = environment.safeParse(given)
  const problems = parsed.success
    ? missing(parsed.data, parts)
    : parsed.error.issues.map((issue) => `${issue.path[0]?.toString()} ${issue.message}`)
  if (!parsed.success || problems.length > 0)
    throw new Error(`The environment is not right:\n${problems.map((line) => `  ${line}`).join('\n')}`)
  const e = parsed.data
  return {
    port: e.PORT,
    host: e.HOST,
    publicUrl: (e.PUBLIC_URL ?? `http://${e.HOST}:${e.PORT}`).replace(/\/$/, ''),
    databaseUrl: e.DATABASE_URL ?? '',
    temporalUiUrl: e.TEMPORAL_UI_URL?.replace(/\/$/, ''),
    taskQueue: e.TASK_QUEUE,
    gateways: {
      stripe: byEnvironment(stripeOf(e, 'LIVE'), stripeOf(e, 'TEST')),
      paypal: byEnvironment(payPalOf(e, 'LIVE'), payPalOf(e, 'TEST')),
    },
    setupLinkSecrets: e.SETUP_LINK_SECRETS ?? [],
    trustedProxies: e.TRUSTED_PROXIES,
    gatewayTimeout: e.GATEWAY_TIMEOUT_MS,
    longestRetryPause: e.RETRY_PAUSE_MAX_MS,
    settingDefaults: {
      ...builtInSettings,
      linkLife: e.LINK_LIFE_SECONDS,
      reminders: e.REMINDERS_SECONDS,
      expiryGrace: e.EXPIRY_GRACE_SECONDS,
    },
    rateLimit: { store: e.RATE_LIMIT_STORE, perMinute: e.RATE_LIMIT_PER_MINUTE },
    log: { level: e.LOG_LEVEL, format: e.LOG_FORMAT ?? (process.stdout.isTTY ? 'pretty' : 'json') },
  }
}

type Read = z.infer<typeof environment>

function missing(e: Read, parts: Part[]): string[] {
  const problems: string[] = []
  if (parts.includes('database') && !e.DATABASE_URL)
    problems.push('DATABASE_URL is missing: the URL of a PostgreSQL database')
  if (parts.includes('links') && !e.SETUP_LINK_SECRETS)
    problems.push('SETUP_LINK_SECRETS is missing: a random text of at least 32 characters')
  const anyGateway =
    e.STRIPE_LIVE_SECRET_KEY ?? e.STRIPE_TEST_SECRET_KEY ?? e.PAYPAL_LIVE_CLIENT_ID ?? e.PAYPAL_TEST_CLIENT_ID
  if (parts.includes('gateways') && !anyGateway) {
    problems.push(
      'STRIPE_TEST_SECRET_KEY, STRIPE_LIVE_SECRET_KEY, PAYPAL_TEST_CLIENT_ID or PAYPAL_LIVE_CLIENT_ID is missing: without a gateway nobody can pay',
    )
  }
  for (const mode of ['LIVE', 'TEST'] as const) {
    problems.push(
      ...halfAccount(e, `STRIPE_${mode}`, ['SECRET_KEY', 'PUBLISHABLE_KEY', 'WEBHOOK_SECRET']),
      ...halfAccount(e, `PAYPAL_${mode}`, ['CLIENT_ID', 'CLIENT_SECRET', 'WEBHOOK_ID']),
    )
  }
  return problems
}

function halfAccount(e: Read, account: string, parts: string[]): string[] {
  const names = parts.map((part) => `${account}_${part}` as keyof Read)
  const absent = names.filter((name) => !e[name])
  return absent.length === names.length ? [] : absent.map((name) => `${name} is missing: the other two are set`)
}

const byEnvironment = <Account>(live: Account | undefined, sandbox: Account | undefined) => ({
  ...(live ? { live } : {}),
  ...(sandbox ? { sandbox } : {}),
})

function stripeOf(e: Read, mode: 'LIVE' | 'TEST'): StripeConfig | undefined {
  const [secretKey, publishableKey, secrets] = [
    e[`STRIPE_${mode}_SECRET_KEY`],
    e[`STRIPE_${mode}_PUBLISHABLE_KEY`],
    e[`STRIPE_${mode}_WEBHOOK_SECRET`],
  ]
  if (!secretKey || !publishableKey || !secrets) return undefined
  const own = { secretKey, publishableKey, webhookSecrets: secrets, jsUrl: stripeScript }
  // Only the sandbox may be sent elsewhere: live money goes to the vendor's own address.
  return mode === 'LIVE' ? own : { ...own, apiUrl: e.STRIPE_API_URL, jsUrl: e.STRIPE_JS_URL ?? stripeScript }
}

function payPalOf(e: Read, mode: 'LIVE' | 'TEST'): PayPalConfig | undefined {
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
