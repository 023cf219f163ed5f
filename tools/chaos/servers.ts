import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { builtInSettings } from '../../domain/tenant/settings.ts'
import { freeLowPorts } from '../local/ports.ts'
import { ensureDatabase, startPostgres, type Postgres } from '../local/postgres/postgres.ts'
import { startEntryPoint } from '../local/processes.ts'
import { seed, seedOrganization, type Seeds } from '../local/seed.ts'
import { ProductionTemporal } from '../local/temporal/temporal-production.ts'
import { findTemporal } from '../local/temporal/temporal-programs.ts'
import { startDevServer } from '../local/temporal/temporal.ts'
import { buildPage } from '../scripts/build-page.ts'
import { openDatabase } from '../../store/database/database.ts'
import { migrate } from '../../store/schema/migrate.ts'
import { environment, baseEnvironment, passwords, payPalWebhookId, stripeKeys, type Ports } from './environment.ts'
import type { SupervisedProcess } from './supervised-process.ts'
import { openMerchants, type Merchants } from './merchants.ts'
import type { Service } from './plan.ts'
import { keep, type Place } from './processes/place.ts'
import { startPrograms, type Programs } from './processes/programs.ts'
import { startReceivers, type Receivers } from './receivers.ts'

export type TemporalKind = 'production' | 'dev'

/** What runs below the API and the worker. */
export interface Foundation {
  seeds: Seeds
  apiUrl: string
  stripeUrl: string
  paypalUrl: string
  stripeKeys: { secret: string; publishable: string }
  databaseUrl: string
  temporalAddress: string
  /** The variables of the API and the worker. */
  env: NodeJS.ProcessEnv
  kept: Record<Exclude<Service, 'api' | 'worker'>, SupervisedProcess>
}

export interface Servers extends Omit<Foundation, 'kept'> {
  merchants: Merchants
  programs: Programs
  /** Every process of each service. */
  kept: Record<Service, SupervisedProcess[]>
  receivers: Receivers
}

const databaseName = 'billing_onboarding'

interface Options extends Pick<Place, 'folder' | 'say'> {
  temporal: TemporalKind
  /** Two APIs behind a proxy, and two workers. */
  rolling: boolean
}

/** Starts all servers, each in its own process. `stop` ends all of them, including after a failed start. */
export function createServers(options: Options): {
  start(): Promise<Servers>
  stop(): Promise<void>
} {
  const logs = join(options.folder, 'logs')
  const place: Place = { ...options, logFile: (name) => join(logs, `${name}.log`), cleanup: [] }
  return {
    async start() {
      mkdirSync(logs, { recursive: true })
      return startAll(place, options)
    },
    async stop() {
      for (const end of place.cleanup.splice(0).reverse()) await end()
    },
  }
}

async function startAll(place: Place, { temporal, rolling }: Options): Promise<Servers> {
  const [foundation] = await Promise.all([
    startFoundation(place, temporal, (databaseUrl) => prepareDatabase(place, databaseUrl)),
    buildPage(),
  ])
  const { apiUrl, seeds } = foundation
  const programs = await startPrograms(place, foundation, rolling)
  const merchants = await connectMerchants(foundation)
  const receivers = await startReceivers(apiUrl, seeds.secret_key)
  place.cleanup.push(() => receivers.close())
  const { api, worker } = programs
  const kept = { api, worker, temporal: [foundation.kept.temporal], postgres: [foundation.kept.postgres] }
  return { ...foundation, merchants, programs, kept, receivers }
}

/** Creates an organization for each kind of gateway account, with its account. */
async function connectMerchants(foundation: Foundation): Promise<Merchants> {
  const { databaseUrl, apiUrl, stripeUrl, paypalUrl, seeds, stripeKeys } = foundation
  const database = openDatabase(databaseUrl, { name: 'chaos', max: 1 })
  try {
    const make = (name: string) => seedOrganization({ database, settingDefaults: builtInSettings }, name)
    const organizations = { shared: seeds, own: await make('Own'), connected: await make('Connected') }
    const opening = { apiUrl, organizations, publishableKey: stripeKeys.publishable }
    return await openMerchants({ ...opening, urls: { stripe: stripeUrl, paypal: paypalUrl } })
  } finally {
    await database.end({ timeout: 5 })
  }
}

/** Starts all servers but API and worker. `prepare` makes the schema and the first data. */
export async function startFoundation(
  place: Place,
  kind: TemporalKind,
  prepare: (databaseUrl: string) => Promise<Seeds>,
): Promise<Foundation> {
  const names = ['postgres', 'temporal', 'stripe', 'paypal', 'api'] as const
  const free = await freeLowPorts(names.length)
  const ports = Object.fromEntries(names.map((name, i) => [name, free[i]])) as unknown as Ports
  const [stripeUrl, paypalUrl, apiUrl] = [ports.stripe, ports.paypal, ports.api].map(
    (port) => `http://127.0.0.1:${port}`,
  ) as [string, string, string]
  const { server, kept: postgres } = await startDatabase(place, ports)
  const databaseUrl = server.url(databaseName)
  const seeds = await prepare(databaseUrl)
  const temporal = await (kind === 'dev' ? startTemporalDev : startTemporalProduction)(place, ports)
  const payPalRoot = await startSimulators(place, ports, apiUrl)
  const urls = { databaseUrl, temporalAddress: temporal.address, stripeUrl, paypalUrl, apiUrl }
  const env = environment(ports, urls, payPalRoot)
  return { ...urls, seeds, stripeKeys, env, kept: { temporal: temporal.kept, postgres } }
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

/** Creates the schema and the first data. */
export async function prepareDatabase({ folder }: Place, url: string): Promise<Seeds> {
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
    stripe: {
      url: `${apiUrl}/webhooks/stripe`,
      secret: passwords.webhooks,
      connect: { url: `${apiUrl}/webhooks/stripe/connect`, secret: passwords.connectWebhooks },
    },
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
