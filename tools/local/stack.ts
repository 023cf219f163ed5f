import { join } from 'node:path'
import { readConfig } from '../../runtime/config.ts'
import { buildPage } from '../scripts/build-page.ts'
import { openDatabase, requireMendedDriver } from '../../store/database/database.ts'
import { migrate } from '../../store/database/migrate.ts'
import { requireAnsweringServer } from '../../store/database/usable-database.ts'
import { localEnvironment } from './environment.ts'
import { requirePort } from './ports.ts'
import { startOurs } from './processes.ts'
import { seed, type Seeds } from './seed.ts'
import { bringUpDatabase, bringUpTemporal } from './servers.ts'
import { openSite, type Site, type SiteOptions } from './site.ts'
import { bringUpVendors } from './vendors.ts'

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

/** Brings everything up, in the order in which one part needs the other, and down again in the reverse order. */
export async function startStack({ env: given, ...options }: SiteOptions): Promise<Stack> {
  const env = localEnvironment(given, options.say)
  await checkBefore(env)
  const site = openSite({ ...options, env })
  try {
    return await bringUp(site)
  } catch (error) {
    await site.stop()
    throw error
  }
}

/** Finds what is wrong with the environment before anything is started. */
async function checkBefore(env: NodeJS.ProcessEnv): Promise<void> {
  const { port, host } = readConfig(env, env.TEMPORAL_ADDRESS ? ['temporal'] : [])
  if (env.PORT) await requirePort(port, host)
  requireMendedDriver()
}

async function bringUp(site: Site): Promise<Stack> {
  const { env } = site
  const [database, temporal] = await site.together(bringUpDatabase(site), bringUpTemporal(site), buildPage())
  const { stripe, paypal, sendEventsTo } = await bringUpVendors(site)
  const port = env.PORT && env.PORT !== '0' ? Number(env.PORT) : await site.portFor('API', env.PORT ? 0 : 8080)
  const apiUrl = env.PUBLIC_URL || `http://127.0.0.1:${port}`
  sendEventsTo(port)
  const childEnv: NodeJS.ProcessEnv = {
    ...env,
    PORT: String(port),
    PUBLIC_URL: apiUrl,
    DATABASE_URL: database.url,
    DATABASE_PASSWORD: '', // it is in the URL
    TEMPORAL_ADDRESS: temporal.address,
    ...(temporal.uiUrl ? { TEMPORAL_UI_URL: temporal.uiUrl } : {}),
    ...stripe.env,
    ...paypal.env,
    SETUP_LINK_SECRETS: env.SETUP_LINK_SECRETS || site.secrets.setupLinks,
    // Nobody balances load here, and a stop is not to take long.
    DRAIN_SECONDS: env.DRAIN_SECONDS || '0',
  }
  const seeds = await prepareDatabase(database.url, childEnv, join(site.folder, 'seeds.json'))
  site.say('starting api and worker')
  const start = (main: string, name: string) =>
    site.keepRunning((signal) => startOurs(main, childEnv, site.logFile(name), signal))
  const [worker, api] = await site.together(start('worker/main', 'worker'), start('api/main', 'api'))
  return {
    seeds,
    env: childEnv,
    apiUrl,
    databaseUrl: database.url,
    temporal: { ...temporal, namespace: env.TEMPORAL_NAMESPACE || 'default' },
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
    stop: site.stop,
  }
}

async function prepareDatabase(url: string, env: NodeJS.ProcessEnv, seedsFile: string): Promise<Seeds> {
  const { settingDefaults } = readConfig(env, ['database', 'gateways', 'links'])
  await requireAnsweringServer(url)
  const database = openDatabase(url, { name: 'local', max: 2 })
  try {
    await migrate(database)
    return await seed({ database, settingDefaults }, seedsFile)
  } finally {
    await database.end({ timeout: 5 })
  }
}
