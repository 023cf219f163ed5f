import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { builtInSettings } from '../../domain/tenant/settings.ts'
import { freeLowPorts } from '../local/ports.ts'
import { ensureDatabase, startPostgres, type Postgres } from '../local/postgres/postgres.ts'
import { startEntryPoint, type RunningProcess } from '../local/processes.ts'
import { seed, type Seeds } from '../local/seed.ts'
import { ProductionTemporal } from '../local/temporal/temporal-production.ts'
import { findTemporal } from '../local/temporal/temporal-programs.ts'
import { startDevServer } from '../local/temporal/temporal.ts'
import { buildPage } from '../scripts/build-page.ts'
import { bundleWorkflows } from '../scripts/bundle-workflows.ts'
import { openDatabase } from '../../store/database/database.ts'
import { migrate } from '../../store/schema/migrate.ts'
import { environment, baseEnvironment, passwords, payPalWebhookId, stripeKeys, type Ports } from './environment.ts'
import { SupervisedProcess } from './supervised-process.ts'
import type { Service } from './plan.ts'
import { startReceivers, type Receivers } from './receivers.ts'

export type TemporalKind = 'production' | 'dev'

export interface Servers {
  seeds: Seeds
  apiUrl: string
  stripeUrl: string
  paypalUrl: string
  stripeKeys: { secret: string; publishable: string }
  databaseUrl: string
  temporalAddress: string
  kept: Record<Service, SupervisedProcess>
  receivers: Receivers
}

interface Place {
  folder: string
  logFile(name: string): string
  say(line: string): void
  /** Cleanup steps, newest last. */
  cleanup: (() => Promise<void>)[]
}

const databaseName = 'billing_onboarding'

/** Starts all servers, each in its own process. `stop` ends all of them, including after a failed start. */
export function createServers(options: { folder: string; temporal: TemporalKind; say(line: string): void }): {
  start(): Promise<Servers>
  stop(): Promise<void>
} {
  const logs = join(options.folder, 'logs')
  const place: Place = { ...options, logFile: (name) => join(logs, `${name}.log`), cleanup: [] }
  return {
    async start() {
      mkdirSync(logs, { recursive: true })
      return startAll(place, options.temporal)
    },
    async stop() {
      for (const end of place.cleanup.splice(0).reverse()) await end()
    },
  }
}

async function startAll(place: Place, kind: TemporalKind): Promise<Servers> {
  const names = ['postgres', 'temporal', 'stripe', 'paypal', 'api'] as const
  const free = await freeLowPorts(names.length)
  const ports = Object.fromEntries(names.map((name, i) => [name, free[i]])) as unknown as Ports
  const [stripeUrl, paypalUrl, apiUrl] = [ports.stripe, ports.paypal, ports.api].map(
    (port) => `http://127.0.0.1:${port}`,
  ) as [string, string, string]
  const [{ server, kept: postgres }] = await Promise.all([startDatabase(place, ports), buildPage()])
  const databaseUrl = server.url(databaseName)
  const seeds = await prepareDatabase(place, databaseUrl)
  const temporal = await (kind === 'dev' ? startTemporalDev : startTemporalProduction)(place, ports)
  const payPalRoot = await startSimulators(place, ports, apiUrl)
  const urls = { databaseUrl, temporalAddress: temporal.address, stripeUrl, paypalUrl, apiUrl }
  const bundle = await bundleWorkflows(join(place.folder, 'workflow-bundle.js'))
  const env = { ...environment(ports, urls, payPalRoot), WORKFLOW_BUNDLE: bundle }
  const ours = (main: string, name: string) => keep(place, () => startEntryPoint(main, env, place.logFile(name)))
  const [worker, api] = await Promise.all([ours('worker/main', 'worker'), ours('api/main', 'api')])
  const receivers = await startReceivers(apiUrl, seeds.secret_key)
  place.cleanup.push(() => receivers.close())
  return {
    seeds,
    apiUrl,
    stripeUrl,
    paypalUrl,
    stripeKeys,
    databaseUrl,
    temporalAddress: temporal.address,
    kept: { api, worker, temporal: temporal.kept, postgres },
    receivers,
  }
}

async function keep(place: Place, start: () => Promise<RunningProcess>): Promise<SupervisedProcess> {
  const kept = await new SupervisedProcess(start).start()
  place.cleanup.push(() => kept.stop())
  return kept
}

async function startDatabase(
  place: Place,
  { postgres: port }: Ports,
): Promise<{ server: Postgres; kept: SupervisedProcess }> {
  place.say('starting PostgreSQL')
  const options = { folder: join(place.folder, 'postgres'), port, password: passwords.postgres }
  let server: Postgres | undefined
  // Default durability settings: committed data survives a crash.
  const kept = await keep(
    place,
    async () => (server = await startPostgres({ ...options, logFile: place.logFile('postgres') })),
  )
  await ensureDatabase(server!, databaseName)
  return { server: server!, kept }
}

async function prepareDatabase({ folder }: Place, url: string): Promise<Seeds> {
  const database = openDatabase(url, { name: 'chaos', max: 2 })
  try {
    await migrate(database)
    return await seed({ database, settingDefaults: builtInSettings }, join(folder, 'seeds.json'))
  } finally {
    await database.end({ timeout: 5 })
  }
}

interface Temporal {
  address: string
  kept: SupervisedProcess
}

async function startTemporalProduction(place: Place, { postgres: port }: Ports): Promise<Temporal> {
  place.say('starting the production Temporal server on PostgreSQL')
  const postgres = { host: '127.0.0.1', port, user: 'postgres', password: passwords.postgres }
  const server = new ProductionTemporal({ folder: join(place.folder, 'temporal'), postgres, say: place.say })
  let first = true
  const kept = await keep(place, async () => {
    try {
      await (first ? server.start() : server.restart())
      first = false
    } catch (error) {
      await server.process?.stop('SIGKILL')
      throw error
    }
    return server.process
  })
  return { address: server.address, kept }
}

async function startTemporalDev(place: Place, { temporal: port }: Ports): Promise<Temporal> {
  const program = await findTemporal(place.say)
  place.say('starting the Temporal dev server')
  const folder = join(place.folder, 'temporal')
  mkdirSync(folder)
  const options = { program, folder, port, uiPort: null, logFile: place.logFile('temporal') }
  return { address: `127.0.0.1:${port}`, kept: await keep(place, () => startDevServer(options)) }
}

/** Starts the simulators, which are never killed; faults cover their failures. Returns PayPal's root certificate. */
async function startSimulators(place: Place, ports: Ports, apiUrl: string): Promise<string> {
  const rootFile = join(place.folder, 'paypal-root.pem')
  const SIMULATOR = JSON.stringify({
    folder: join(place.folder, 'simulators'),
    ports,
    rootFile,
    stripe: { url: `${apiUrl}/webhooks/stripe`, secret: passwords.webhooks },
    paypal: { url: `${apiUrl}/webhooks/paypal`, webhookId: payPalWebhookId },
  })
  const running = await startEntryPoint(
    'tools/chaos/simulators',
    { ...baseEnvironment(), SIMULATOR },
    place.logFile('simulators'),
  )
  place.cleanup.push(() => running.stop())
  return readFileSync(rootFile, 'utf8')
}
