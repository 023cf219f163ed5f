import { byEnvironment, payPalOf, stripeOf, type PayPalConfig, type StripeConfig } from './config/accounts.ts'
import { variables, type Variables } from './config/variables.ts'
import type { Environment } from './domain/lifecycle.ts'
import { builtInSettings, type Settings } from './domain/settings.ts'
import { parseConnectionString, withPassword } from './store/connection-string.ts'

/** What a program needs of the environment; each asks for its parts, and only those must be there. */
export type Part = 'database' | 'http' | 'links' | 'gateways'

export interface Config {
  port: number
  host: string
  publicUrl: string
  /** With the password, where DATABASE_PASSWORD has it. */
  databaseUrl: string
  temporalUiUrl: string | undefined
  taskQueue: string
  /** A file of workflow code that was bundled before. */
  workflowBundle: string | undefined
  gateways: {
    stripe: Partial<Record<Environment, StripeConfig>>
    paypal: Partial<Record<Environment, PayPalConfig>>
  }
  setupLinkSecrets: string[]
  trustedProxies: string[]
  gatewayTimeout: number
  longestRetryPause: number
  settingDefaults: Settings
  rateLimit: { store: 'memory' | 'postgres'; perMinute: number; failuresPerMinute: number }
  /** Seconds of Strict-Transport-Security; not sent where undefined. */
  hstsSeconds: number | undefined
  log: { level: string; format: 'pretty' | 'json' }
}

/**
 * Reads the environment once. Throws one Error that names every variable that is wrong or missing for the parts that
 * this program has.
 */
export function readConfig(env: NodeJS.ProcessEnv, parts: Part[]): Config {
  // An empty value is one that was not given: compose files write it so.
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const parsed = variables.safeParse(given)
  const problems = parsed.success
    ? missing(parsed.data, parts)
    : parsed.error.issues.map((issue) => `${issue.path[0]?.toString()} ${issue.message}`)
  if (!parsed.success || problems.length > 0)
    throw new Error(`The environment is not right:\n${problems.map((line) => `  ${line}`).join('\n')}`)
  const e = parsed.data
  const publicUrl = (e.PUBLIC_URL ?? `http://${e.HOST}:${e.PORT}`).replace(/\/$/, '')
  return {
    port: e.PORT,
    host: e.HOST,
    publicUrl,
    databaseUrl: databaseUrlOf(e) ?? '',
    temporalUiUrl: e.TEMPORAL_UI_URL?.replace(/\/$/, ''),
    taskQueue: e.TASK_QUEUE,
    workflowBundle: e.WORKFLOW_BUNDLE,
    gateways: {
      stripe: byEnvironment(stripeOf(e, 'LIVE', publicUrl), stripeOf(e, 'TEST', publicUrl)),
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
    rateLimit: {
      store: e.RATE_LIMIT_STORE,
      perMinute: e.RATE_LIMIT_PER_MINUTE,
      failuresPerMinute: e.RATE_LIMIT_FAILURES_PER_MINUTE,
    },
    hstsSeconds: e.HSTS_SECONDS,
    log: { level: e.LOG_LEVEL, format: e.LOG_FORMAT ?? (process.stdout.isTTY ? 'pretty' : 'json') },
  }
}

const databaseUrlOf = ({ DATABASE_URL: url, DATABASE_PASSWORD: password }: Variables) =>
  url && password ? withPassword(url, password) : url

function missing(e: Variables, parts: Part[]): string[] {
  const problems: string[] = []
  if (parts.includes('database') && !e.DATABASE_URL)
    problems.push('DATABASE_URL is missing: the URL of a PostgreSQL database')
  if (e.DATABASE_PASSWORD && e.DATABASE_URL && parseConnectionString(e.DATABASE_URL).password !== undefined)
    problems.push('DATABASE_URL must not contain a password while DATABASE_PASSWORD is set')
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

function halfAccount(e: Variables, account: string, parts: string[]): string[] {
  const names = parts.map((part) => `${account}_${part}` as keyof Variables)
  const absent = names.filter((name) => !e[name])
  return absent.length === names.length ? [] : absent.map((name) => `${name} is missing: the other two are set`)
}
