import type { ZodError } from 'zod'
import {
  accountsOf,
  accountVariables,
  placesOf,
  simulatedGateways,
  type GatewayAccounts,
  type GatewayPlaces,
} from './gateways/list.ts'
import { isSecret, readSecretFiles } from './files/secret-files.ts'
import { isLoopback } from './variable-forms.ts'
import {
  temporalOf,
  temporalProblems,
  unreadTemporalVariables,
  workerVersionOf,
  type TemporalConfig,
  type WorkerVersion,
} from './temporal.ts'
import { misspelledTracingVariables, tracingOf, unreadTracingVariables } from './tracing/config.ts'
import { variables, type Variables, type WorkerDuty } from './variables.ts'
import { webhookProblems, webhooksOf, type WebhookConfig } from './webhooks.ts'
import type { LinkBases } from '../domain/onboarding/run-notes.ts'
import { gatewayFacts } from '../domain/gateways/list.ts'
import { gatewayNames, type Environment } from '../domain/lifecycle.ts'
import type { Mode } from './gateways/account-variables.ts'
import { builtInSettings, type Settings } from '../domain/tenant/settings.ts'
import { parseConnectionString, withPassword } from '../store/database/connection-string.ts'
import type { TracingConfig } from '../traces/tracing-config.ts'

/** Parts of the configuration. A program requests the parts that it needs, and only those are required. */
export type Part = 'database' | 'temporal' | 'public-url' | 'links' | 'gateways' | 'webhooks'

export interface Config {
  port: number
  host: string
  publicUrl: string
  /** Where metrics are served; undefined if they are not. */
  metrics: { host: string; port: number } | undefined
  /** How spans are exported; undefined if they are not. */
  tracing: TracingConfig | undefined
  /** Names of variables about spans that are set and have no effect. */
  unreadTracingVariables: string[]
  /** Includes the password of DATABASE_PASSWORD. */
  databaseUrl: string
  /** Whether to start if a newer release has migrated the schema, for a rollback. */
  allowNewerSchema: boolean
  temporal: TemporalConfig
  temporalUiUrl: string | undefined
  taskQueue: string
  /** The version of this worker; undefined if its runs have none. */
  workerVersion: WorkerVersion | undefined
  /** Where the links in Temporal UI lead. */
  links: LinkBases
  /** A file with bundled workflow code. */
  workflowBundle: string | undefined
  gateways: GatewayAccounts
  gatewayPlaces: GatewayPlaces
  /** GATEWAY_KEYS: the first key encrypts the keys of gateway accounts; each can decrypt them. */
  gatewayKeys: string[]
  setupLinkSecrets: string[]
  webhooks: WebhookConfig
  /** What this worker process does. */
  workerDoes: WorkerDuty[]
  trustedProxies: string[]
  /** Seconds: how long a connection can be idle, and how long the API accepts calls after SIGTERM. */
  keepAlive: number
  drain: number
  gatewayTimeout: number
  longestRetryPause: number
  settingDefaults: Settings
  /** Days for which the ids of processed gateway events are kept. */
  gatewayEventRetention: number
  rateLimit: { store: 'memory' | 'postgres'; perMinute: number; failuresPerMinute: number }
  /** `max-age` of Strict-Transport-Security in seconds; the header is not sent if undefined. */
  hstsSeconds: number | undefined
  log: { level: string; format: 'pretty' | 'json' }
}

/**
 * Reads the environment variables, and the files that variables such as GATEWAY_KEYS_FILE name. Throws one Error that
 * lists every invalid variable, every missing one of the given parts, and what is valid. It contains no secrets.
 */
export function readConfig(env: NodeJS.ProcessEnv, parts: Part[]): Config {
  // An empty value counts as unset: compose files pass unset variables as empty.
  const filled = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const { env: given, problems: unusableFiles } = readSecretFiles(filled, Object.keys(variables.shape))
  const parsed = variables.safeParse(given)
  const others = parsed.success ? whatIsMissing(parsed.data, given, parts) : wrongAndMissing(parsed.error, given, parts)
  // A variable whose file cannot be used is not missing.
  const inFiles = unusableFiles.map((line) => line.split('_FILE ')[0]!)
  const problems = unusableFiles.concat(others.filter((line) => !isAbout(line, inFiles)))
  if (!parsed.success || problems.length > 0)
    throw new Error(`Invalid environment variables:\n${problems.map((line) => `  ${line}`).join('\n')}`)
  const e = parsed.data
  const publicUrl = e.PUBLIC_URL ?? `http://${e.HOST.includes(':') ? `[${e.HOST}]` : e.HOST}:${e.PORT}`
  return {
    port: e.PORT,
    host: e.HOST,
    publicUrl,
    metrics: e.METRICS_PORT === undefined ? undefined : { host: e.METRICS_HOST, port: e.METRICS_PORT },
    tracing: tracingOf(e),
    unreadTracingVariables: unreadTracingVariables(e, given),
    databaseUrl: databaseUrlOf(e) ?? '',
    allowNewerSchema: e.ALLOW_NEWER_SCHEMA,
    temporal: temporalOf(e),
    temporalUiUrl: e.TEMPORAL_UI_URL,
    taskQueue: e.TASK_QUEUE,
    workerVersion: workerVersionOf(e),
    links: linksOf(e, publicUrl),
    workflowBundle: e.WORKFLOW_BUNDLE,
    gateways: accountsOf(e, publicUrl),
    gatewayPlaces: placesOf(e, publicUrl),
    gatewayKeys: e.GATEWAY_KEYS ?? [],
    setupLinkSecrets: e.SETUP_LINK_SECRETS ?? [],
    webhooks: webhooksOf(e),
    workerDoes: e.WORKER_DOES,
    trustedProxies: e.TRUSTED_PROXIES,
    keepAlive: e.KEEP_ALIVE_SECONDS,
    drain: e.DRAIN_SECONDS,
    gatewayTimeout: e.GATEWAY_TIMEOUT_MS,
    longestRetryPause: e.RETRY_PAUSE_MAX_MS,
    settingDefaults: {
      ...builtInSettings,
      linkLife: e.LINK_LIFE_SECONDS,
      reminders: e.REMINDERS_SECONDS,
      expiryGrace: e.EXPIRY_GRACE_SECONDS,
    },
    gatewayEventRetention: e.GATEWAY_EVENT_RETENTION_DAYS,
    rateLimit: {
      store: e.RATE_LIMIT_STORE,
      perMinute: e.RATE_LIMIT_PER_MINUTE,
      failuresPerMinute: e.RATE_LIMIT_FAILURES_PER_MINUTE,
    },
    hstsSeconds: e.HSTS_SECONDS,
    log: { level: e.LOG_LEVEL, format: e.LOG_FORMAT ?? (process.stdout.isTTY ? 'pretty' : 'json') },
  }
}

/** Returns the names of the configured gateways in each environment, for logs. */
export const configuredGateways = ({ gateways }: Config): Record<Environment, string[]> => {
  const named = (environment: Environment) => gatewayNames.filter((name) => gateways[name][environment])
  return { live: named('live'), sandbox: named('sandbox') }
}

const linksOf = (e: Variables, publicUrl: string): LinkBases => ({
  api: publicUrl,
  ...(e.RUNBOOK_URL ? { runbook: e.RUNBOOK_URL } : {}),
  simulated: simulatedGateways(e),
})

const databaseUrlOf = ({ DATABASE_URL: url, DATABASE_PASSWORD: password }: Variables) =>
  url && password ? withPassword(url, password) : url

/** The error if both are the same. */
export const samePorts = 'METRICS_PORT must differ from PORT: metrics are never served on the port of the API'

const isAbout = (line: string, names: string[]) => names.some((name) => line.split(/[ ,]/).includes(name))

/** Returns a line for each invalid value and for each missing variable. */
function wrongAndMissing(error: ZodError, given: NodeJS.ProcessEnv, parts: Part[]): string[] {
  const wrong = [...new Set(error.issues.map(({ path }) => String(path[0])))]
  const rest = Object.fromEntries(Object.entries(given).filter(([name]) => !wrong.includes(name)))
  const aboutOthers = (line: string) => !isAbout(line, wrong)
  return [
    ...error.issues.map(({ path, message }) => `${String(path[0])} ${message}`),
    ...whatIsMissing(variables.parse(rest), rest, parts).filter(aboutOthers),
  ]
}

function whatIsMissing(e: Variables, given: NodeJS.ProcessEnv, parts: Part[]): string[] {
  const unread = parts.includes('temporal') ? unreadTemporalVariables(given) : []
  return [
    ...missing(e, parts),
    ...unread.map((name) => `${name} must not be set: this service does not read it`),
    ...misspelledTracingVariables(e, given),
  ]
}

function missing(e: Variables, parts: Part[]): string[] {
  const problems: string[] = []
  if (parts.includes('database') && !e.DATABASE_URL)
    problems.push('DATABASE_URL is missing: the URL of a PostgreSQL database')
  if (e.DATABASE_PASSWORD && e.DATABASE_URL && parseConnectionString(e.DATABASE_URL).password !== undefined)
    problems.push('DATABASE_URL must not contain a password while DATABASE_PASSWORD is set')
  if (parts.includes('links') && !e.SETUP_LINK_SECRETS)
    problems.push('SETUP_LINK_SECRETS is missing: a random string of at least 32 characters')
  if (parts.includes('webhooks') && !e.WEBHOOK_SECRET_KEYS)
    problems.push('WEBHOOK_SECRET_KEYS is missing: a random string of at least 32 characters')
  const accounts = accountVariables.flatMap((each) => [firstOf(each, 'TEST'), firstOf(each, 'LIVE')])
  if (parts.includes('gateways') && !e.GATEWAY_KEYS && !accounts.some((name) => e[name]))
    problems.push(
      `${accounts.slice(0, -1).join(', ')} or ${accounts.at(-1)} is missing: no payment is possible without a gateway`,
    )
  for (const mode of ['LIVE', 'TEST'] as const)
    problems.push(...accountVariables.flatMap(({ prefix, parts }) => halfAccount(e, `${prefix}_${mode}`, parts)))
  if (parts.includes('links') && e.METRICS_PORT === e.PORT) problems.push(samePorts)
  return [...problems, ...webhookProblems(e), ...temporalProblems(e), ...missingInProduction(e, parts)]
}

/**
 * Defaults with loopback addresses are for development. In production they could reach the worker of another stack, and
 * customers would get links to their own machine.
 */
function missingInProduction(e: Variables, parts: Part[]): string[] {
  const live = accountVariables.some((each) => e[firstOf(each, 'LIVE')])
  const why = live ? 'live keys are set' : 'NODE_ENV is production'
  if (!live && e.NODE_ENV !== 'production') return []
  const problems: string[] = []
  if (parts.includes('temporal') && !e.TEMPORAL_ADDRESS)
    problems.push(`TEMPORAL_ADDRESS is missing: host:port of the Temporal server (required because ${why})`)
  if (parts.includes('public-url') && !e.PUBLIC_URL)
    problems.push(`PUBLIC_URL is missing: the URL that setup links start with (required because ${why})`)
  if (live && e.PUBLIC_URL?.startsWith('http:') && !isLoopback(new URL(e.PUBLIC_URL).hostname))
    problems.push(`PUBLIC_URL must be https (${why}): ${gatewayForms} work on https pages only`)
  return problems
}

/** The variable that an account is named by. */
const firstOf = ({ prefix, parts }: (typeof accountVariables)[number], mode: Mode) =>
  `${prefix}_${mode}_${parts[0]}` as keyof Variables

const gatewayForms = `${gatewayNames.map((name) => `${gatewayFacts[name].title}'s`).join(' and ')} forms`

function halfAccount(e: Variables, account: string, parts: readonly string[]): string[] {
  const names = parts.map((part) => `${account}_${part}` as keyof Variables)
  const absent = names.filter((name) => !e[name])
  const given = names.filter((name) => e[name])
  const set = `${given.join(' and ')} ${given.length === 1 ? 'is' : 'are'} set`
  if (given.length > 0) return absent.map((name) => `${name} is missing: ${set}`)
  // Without the account, its other secrets have no effect: that of Stripe's endpoint for connected accounts.
  const others = (Object.keys(e) as (keyof Variables)[]).filter((name) => name.startsWith(`${account}_`) && e[name])
  return others.filter(isSecret).map((name) => `${names[0]} is missing: ${name} is set, which is for that account`)
}
