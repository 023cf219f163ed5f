import { z } from 'zod'
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
const keyOf = (prefix: string, mode: string) =>
  z
    .string()
    .regex(
      new RegExp(`^(${prefix}|rk)_${mode}_`),
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

export interface Config {
  port: number
  host: string
  publicUrl: string
  databaseUrl: string
  temporalUiUrl: string | undefined
  taskQueue: string
  stripe: { live?: StripeConfig; sandbox?: StripeConfig }
  setupLinkSecrets: string[]
  gatewayTimeout: number
  longestRetryPause: number
  settingDefaults: Settings
  log: { level: string; format: 'pretty' | 'json' }
}

const stripeScript = 'https://js.stripe.com/endive/stripe.js'

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
  const [live, sandbox] = [stripeOf(e, 'LIVE'), stripeOf(e, 'TEST')]
  return {
    port: e.PORT,
    host: e.HOST,
    publicUrl: (e.PUBLIC_URL ?? `http://${e.HOST}:${e.PORT}`).replace(/\/$/, ''),
    databaseUrl: e.DATABASE_URL ?? '',
    temporalUiUrl: e.TEMPORAL_UI_URL?.replace(/\/$/, ''),
    taskQueue: e.TASK_QUEUE,
    stripe: { ...(live ? { live } : {}), ...(sandbox ? { sandbox } : {}) },
    setupLinkSecrets: e.SETUP_LINK_SECRETS ?? [],
    gatewayTimeout: e.GATEWAY_TIMEOUT_MS,
    longestRetryPause: e.RETRY_PAUSE_MAX_MS,
    settingDefaults: {
      ...builtInSettings,
      linkLife: e.LINK_LIFE_SECONDS,
      reminders: e.REMINDERS_SECONDS,
      expiryGrace: e.EXPIRY_GRACE_SECONDS,
    },
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
  if (parts.includes('gateways') && !e.STRIPE_LIVE_SECRET_KEY && !e.STRIPE_TEST_SECRET_KEY) {
    problems.push('STRIPE_TEST_SECRET_KEY or STRIPE_LIVE_SECRET_KEY is missing: without a gateway nobody can pay')
  }
  for (const mode of ['LIVE', 'TEST'] as const) {
    const names = ['SECRET_KEY', 'PUBLISHABLE_KEY', 'WEBHOOK_SECRET'].map(
      (part) => `STRIPE_${mode}_${part}` as keyof Read,
    )
    const absent = names.filter((name) => !e[name])
    if (absent.length > 0 && absent.length < names.length)
      problems.push(...absent.map((name) => `${name} is missing: the other two are set`))
  }
  return problems
}

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
