import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readConfig } from '../config.ts'
import { buildPage } from '../scripts/build-page.ts'
import { startPayPalSimulator, type PayPalSimulator } from '../simulators/paypal/server.ts'
import { startStripeSimulator, type StripeSimulator } from '../simulators/stripe/server.ts'
import { openDatabase } from '../store/database.ts'
import { migrate } from '../store/migrate.ts'
import { freePort } from './ports.ts'
import { ensureDatabase, startPostgres } from './postgres.ts'
import { startOurs, supervise, type RunningProcess, type Supervised } from './processes.ts'
import { seed, type Seeds } from './seed.ts'
import { findTemporal } from './temporal-programs.ts'
import { startTemporal } from './temporal.ts'

export interface StackOptions {
  folder: string
  env: NodeJS.ProcessEnv
  say(line: string): void
  /** Called when a process was started again. */
  changed(): void
}

export interface Stack {
  seeds: Seeds
  /** What api and worker were started with. */
  env: NodeJS.ProcessEnv
  apiUrl: string
  databaseUrl: string
  temporal: { address: string; namespace: string; uiUrl: string | null; program: string | null }
  stripe: { url: string | null; publishableKey: string }
  paypal: { url: string | null }
  processes(): { api: number; worker: number; temporal: number | null; postgres: number | null }
  stop(): Promise<void>
}

const payPalWebhookId = 'WH-OF-THE-SIMULATOR'

interface Secrets {
  postgres: string
  setupLinks: string
  stripeWebhooks: string
}

/** Secrets that the stack makes for itself, once. */
function ownSecrets(file: string): Secrets {
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Secrets
  const random = () => randomBytes(32).toString('hex')
  const made = { postgres: random(), setupLinks: random(), stripeWebhooks: `whsec_${random()}` }
  writeFileSync(file, JSON.stringify(made), { mode: 0o600 })
  return made
}

/** Brings everything up, in the order in which one part needs the other, and down again in the reverse order. */
export async function startStack({ folder: given, env, say, changed }: StackOptions): Promise<Stack> {
  const folder = resolve(given)
  mkdirSync(folder, { recursive: true })
  mkdirSync(join(folder, 'logs'), { recursive: true, mode: 0o700 })
  const secrets = ownSecrets(join(folder, 'secrets.json'))
  const logFile = (name: string) => join(folder, 'logs', `${name}.log`)
  const undo: (() => Promise<void>)[] = []
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step().catch(() => {})
  }
  try {
    const [database, temporal] = await Promise.all([bringUpDatabase(), bringUpTemporal(), buildPage()])
    const [stripe, paypal] = await Promise.all([bringUpStripe(), bringUpPayPal()])
    const port = await portFor('API', env.PORT ? Number(env.PORT) : 8080)
    const apiUrl = env.PUBLIC_URL ?? `http://127.0.0.1:${port}`
    stripe.simulator?.sendEventsTo({ url: `http://127.0.0.1:${port}/webhooks/stripe`, secret: secrets.stripeWebhooks })
    paypal.simulator?.sendEventsTo({ url: `http://127.0.0.1:${port}/webhooks/paypal`, webhookId: payPalWebhookId })
    const childEnv: NodeJS.ProcessEnv = {
      ...env,
      PORT: String(port),
      PUBLIC_URL: apiUrl,
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: temporal.address,
      ...(temporal.uiUrl ? { TEMPORAL_UI_URL: temporal.uiUrl } : {}),
      ...stripe.env,
      ...paypal.env,
      SETUP_LINK_SECRETS: env.SETUP_LINK_SECRETS ?? secrets.setupLinks,
    }
    const seeds = await prepareDatabase(database.url, childEnv)
    say('starting api and worker')
    const start = (main: string, name: string) => keepRunning(() => startOurs(main, childEnv, logFile(name)))
    const [worker, api] = await Promise.all([start('worker/main', 'worker'), start('api/main', 'api')])
    return {
      seeds,
      env: childEnv,
      apiUrl,
      databaseUrl: database.url,
      temporal: { ...temporal, namespace: env.TEMPORAL_NAMESPACE ?? 'default' },
      stripe: {
        url: stripe.simulator?.url ?? null,
        publishableKey: stripe.env.STRIPE_TEST_PUBLISHABLE_KEY ?? env.STRIPE_TEST_PUBLISHABLE_KEY ?? '',
      },
      paypal: { url: paypal.simulator?.url ?? null },
      processes: () => ({
        api: api.pid,
        worker: worker.pid,
        temporal: temporal.process?.pid ?? null,
        postgres: database.process?.pid ?? null,
      }),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }

  async function keepRunning(start: () => Promise<RunningProcess>): Promise<Supervised> {
    const supervised = await supervise(start, changed)
    undo.push(() => supervised.stop())
    return supervised
  }

  async function portFor(what: string, wanted: number): Promise<number> {
    const port = await freePort(wanted)
    if (port !== wanted) say(`port ${wanted} is taken; ${what} uses ${port} instead`)
    return port
  }

  async function bringUpDatabase(): Promise<{ url: string; process?: Supervised }> {
    if (env.DATABASE_URL) return { url: env.DATABASE_URL }
    say('starting PostgreSQL')
    const port = await freePort(54_330)
    const begin = () =>
      startPostgres({
        folder: join(folder, 'postgres'),
        port,
        password: secrets.postgres,
        logFile: logFile('postgres'),
      })
    const first = await begin()
    await ensureDatabase(first, 'billing_onboarding')
    let given: typeof first | undefined = first
    const process = await keepRunning(async () => {
      const server = given ?? (await begin())
      given = undefined
      return server
    })
    return { url: first.url('billing_onboarding'), process }
  }

  async function bringUpTemporal() {
    if (env.TEMPORAL_ADDRESS)
      return { address: env.TEMPORAL_ADDRESS, uiUrl: env.TEMPORAL_UI_URL ?? null, program: null }
    const program = await findTemporal(say)
    say('starting Temporal')
    const [port, uiPort] = [await freePort(7233), await portFor('Temporal UI', 8233)]
    const process = await keepRunning(() =>
      startTemporal({ program, folder, port, uiPort, logFile: logFile('temporal') }),
    )
    return { address: `127.0.0.1:${port}`, uiUrl: `http://127.0.0.1:${uiPort}`, program, process }
  }

  async function bringUpStripe(): Promise<{ simulator?: StripeSimulator; env: Record<string, string> }> {
    if (env.STRIPE_TEST_SECRET_KEY) return { env: {} }
    say('starting the Stripe simulator')
    const simulator = await startStripeSimulator({
      folder: join(folder, 'simulators'),
      port: await freePort(12_111),
      judge: 'if-cached',
    })
    undo.push(() => simulator.close())
    const own = {
      STRIPE_TEST_SECRET_KEY: 'sk_test_simulator',
      STRIPE_TEST_PUBLISHABLE_KEY: 'pk_test_simulator',
      STRIPE_TEST_WEBHOOK_SECRET: secrets.stripeWebhooks,
      STRIPE_API_URL: simulator.url,
      STRIPE_JS_URL: `${simulator.url}/stripe.js`,
    }
    return { simulator, env: own }
  }

  async function bringUpPayPal(): Promise<{ simulator?: PayPalSimulator; env: Record<string, string> }> {
    if (env.PAYPAL_TEST_CLIENT_ID) return { env: {} }
    say('starting the PayPal simulator')
    const simulator = await startPayPalSimulator({ folder: join(folder, 'simulators'), port: await freePort(12_112) })
    undo.push(() => simulator.close())
    const own = {
      PAYPAL_TEST_CLIENT_ID: 'client-of-the-simulator',
      PAYPAL_TEST_CLIENT_SECRET: 'only-for-the-simulator',
      PAYPAL_TEST_WEBHOOK_ID: payPalWebhookId,
      PAYPAL_API_URL: simulator.url,
      PAYPAL_JS_URL: `${simulator.url}/web-sdk/v6/core`,
      PAYPAL_WEBHOOK_ROOT: simulator.rootCertificate,
    }
    return { simulator, env: own }
  }

  async function prepareDatabase(url: string, childEnv: NodeJS.ProcessEnv): Promise<Seeds> {
    const { settingDefaults } = readConfig(childEnv, ['database', 'gateways', 'links'])
    const database = openDatabase(url, { name: 'local', max: 2 })
    try {
      await migrate(database)
      return await seed({ database, settingDefaults }, join(folder, 'seeds.json'))
    } finally {
      await database.end({ timeout: 5 })
    }
  }
}
