import { join } from 'node:path'
import { readConfig, samePorts } from '../../runtime/config.ts'
import { readSecretFiles } from '../../runtime/files/secret-files.ts'
import { variables } from '../../runtime/variables.ts'
import { buildPage } from '../scripts/build-page.ts'
import { bundleProgram } from '../scripts/bundle-program.ts'
import { openDatabase, requirePatchedDriver } from '../../store/database/database.ts'
import { migrate } from '../../store/schema/migrate.ts'
import { requireReachableServer } from '../../store/schema/usable-database.ts'
import { localEnvironment } from './environment.ts'
import { freePort, holdPort, requirePort, reservePort, urlOfServer, withFixedPort } from './ports.ts'
import { startEntryPoint } from './processes.ts'
import { seed, type Seeds } from './seed.ts'
import { provideDatabase, provideTemporal } from './servers.ts'
import { createStackContext, type StackContext, type StackOptions } from './stack-context.ts'
import { startVendors } from './vendors.ts'

export interface Stack {
  seeds: Seeds
  /** The environment of API and worker. */
  env: NodeJS.ProcessEnv
  /** Where the API listens. PUBLIC_URL, the base of links, may lead through a proxy. */
  apiUrl: string
  /** Where each process serves its metrics. */
  metricsUrls: { api: string; worker: string }
  databaseUrl: string
  temporal: { address: string; namespace: string; uiUrl: string | null; program: string | null }
  stripe: { url: string | null; publishableKey: string }
  paypal: { url: string | null }
  processes(): { api: number; worker: number; temporal: number | null; postgres: number | null }
  stop(): Promise<void>
}

/** The port that OpenTelemetry's exporters for Prometheus listen on. The worker uses the next one. */
const defaultMetricsPort = 9_464

/** Receivers of webhooks on this machine, such as http://localhost:3000/hooks. */
const thisMachine = '127.0.0.0/8@1024-65535,::1/128@1024-65535'

/** Starts all parts in dependency order. `stop` ends them in reverse order. */
export async function startStack({ env: given, ...options }: StackOptions): Promise<Stack> {
  const named = localEnvironment(given, options.say)
  await validate(named)
  // The stack makes secrets for those that are unset.
  const { env } = readSecretFiles(named, Object.keys(variables.shape))
  const context = createStackContext({ ...options, env })
  try {
    return await startParts(context, options.bundled ?? false)
  } catch (error) {
    await context.stop()
    throw error
  }
}

/** Validates the environment before anything starts. */
async function validate(env: NodeJS.ProcessEnv): Promise<void> {
  const { port, host, metrics } = readConfig(env, env.TEMPORAL_ADDRESS ? ['temporal'] : [])
  await requirePort(env.PORT ? port : 0, host)
  if (metrics?.port === port) throw new Error(samePorts)
  if (metrics) await requirePort(metrics.port, metrics.host, { port: 'METRICS_PORT', host: 'METRICS_HOST' })
  requirePatchedDriver()
}

async function startParts(context: StackContext, bundled: boolean): Promise<Stack> {
  const { env } = context
  const ports = await choosePorts(context)
  const [database, temporal] = await context.together(provideDatabase(context), provideTemporal(context), buildPage())
  const { stripe, paypal, sendEventsTo } = await startVendors(context)
  const apiUrl = urlOfServer(apiHost(env), ports.api)
  sendEventsTo(apiUrl)
  const childEnv: NodeJS.ProcessEnv = {
    ...env,
    PORT: String(ports.api),
    PUBLIC_URL: env.PUBLIC_URL || apiUrl,
    DATABASE_URL: database.url,
    DATABASE_PASSWORD: '', // part of the URL
    TEMPORAL_ADDRESS: temporal.address,
    ...(temporal.uiUrl ? { TEMPORAL_UI_URL: temporal.uiUrl } : {}),
    ...stripe.env,
    ...paypal.env,
    SETUP_LINK_SECRETS: env.SETUP_LINK_SECRETS || context.secrets.setupLinks,
    GATEWAY_KEYS: env.GATEWAY_KEYS || context.secrets.gatewayKeys,
    WEBHOOK_SECRET_KEYS: env.WEBHOOK_SECRET_KEYS || context.secrets.webhookKeys,
    WEBHOOK_ALLOWED_NETWORKS: env.WEBHOOK_ALLOWED_NETWORKS || thisMachine,
    // There is no load balancer to wait for, and stopping should be fast.
    DRAIN_SECONDS: env.DRAIN_SECONDS || '0',
  }
  const seeds = await prepareDatabase(database.url, childEnv, join(context.folder, 'seeds.json'))
  context.say('starting API and worker')
  const start = async (name: 'api' | 'worker', metricsPort: number) => {
    const bundle = bundled ? await bundleProgram(`${name}/main.ts`) : undefined
    let metricsUrl = ''
    const begin = withFixedPort(metricsPort, async (port, signal) => {
      if (name === 'api') await ports.releaseApi()
      metricsUrl = `${urlOfServer(env.METRICS_HOST?.trim() || '127.0.0.1', port)}/metrics`
      const programEnv = { ...childEnv, METRICS_PORT: String(port) }
      return startEntryPoint(`${name}/main`, programEnv, context.logFile(name), signal, bundle)
    })
    return { process: await context.keepRunning(begin), metricsUrl }
  }
  const starting = [start('worker', ports.workerMetrics), start('api', ports.apiMetrics)] as const
  const [worker, api] = await context.together(...starting)
  return {
    seeds,
    env: childEnv,
    apiUrl,
    metricsUrls: { api: api.metricsUrl, worker: worker.metricsUrl },
    databaseUrl: database.url,
    temporal: { ...temporal, namespace: env.TEMPORAL_NAMESPACE || 'default' },
    stripe: {
      url: stripe.simulator?.url ?? null,
      publishableKey: stripe.env.STRIPE_TEST_PUBLISHABLE_KEY ?? env.STRIPE_TEST_PUBLISHABLE_KEY ?? '',
    },
    paypal: { url: paypal.simulator?.url ?? null },
    processes: () => ({
      api: api.process.pid,
      worker: worker.process.pid,
      temporal: temporal.process?.pid ?? null,
      postgres: database.process?.pid ?? null,
    }),
    stop: context.stop,
  }
}

const apiHost = (env: NodeJS.ProcessEnv) => env.HOST?.trim() || '127.0.0.1'

/**
 * Reserves the ports of API and worker before other parts of the stack could take them. Links, events and the page name
 * the port of the API, so it cannot be another one later: it is occupied, also for a stack that starts meanwhile.
 */
async function choosePorts({ env, portFor, onStop }: StackContext) {
  const requested = Number(env.PORT || 0)
  if (requested !== 0) reservePort(requested)
  const chooseApi = async () => requested || (await portFor('API', env.PORT ? 0 : 8080))
  let api = await chooseApi()
  let release = await holdPort(api, apiHost(env))
  if (!release) {
    // A stack that starts at the same time may have occupied it first.
    api = await chooseApi()
    release = await holdPort(api, apiHost(env))
  }
  const releaseApi = async () => release?.()
  onStop(releaseApi)
  const first = Number(env.METRICS_PORT || defaultMetricsPort)
  return { api, releaseApi, apiMetrics: await freePort(first), workerMetrics: await freePort((first + 1) % 65_536) }
}

async function prepareDatabase(url: string, env: NodeJS.ProcessEnv, seedsFile: string): Promise<Seeds> {
  const { settingDefaults } = readConfig(env, ['database', 'gateways', 'links'])
  await requireReachableServer(url)
  const database = openDatabase(url, { name: 'local', max: 2 })
  try {
    await migrate(database)
    return await seed({ database, settingDefaults }, seedsFile)
  } finally {
    await database.end({ timeout: 5 })
  }
}
