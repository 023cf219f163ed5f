import { join } from 'node:path'
import { readConfig } from '../config.ts'
import { freePort } from './ports.ts'
import { ensureDatabase, startPostgres, type Postgres } from './postgres.ts'
import type { Supervised } from './processes.ts'
import type { Site } from './site.ts'
import { findTemporal } from './temporal-programs.ts'
import { startTemporal } from './temporal.ts'

/** The database that the environment names, or a PostgreSQL of our own. */
export async function bringUpDatabase(site: Site): Promise<{ url: string; process?: Supervised }> {
  const { env, folder, secrets } = site
  if (env.DATABASE_URL) return { url: readConfig(env, ['database']).databaseUrl }
  site.say('starting PostgreSQL')
  const port = await freePort(54_330)
  const begin = (signal: AbortSignal) =>
    startPostgres({
      signal,
      folder: join(folder, 'postgres'),
      port,
      password: secrets.postgres,
      logFile: site.logFile('postgres'),
    })
  let server!: Postgres
  const process = await site.keepRunning(async (signal) => (server = await begin(signal)))
  await ensureDatabase(server, 'billing_onboarding')
  return { url: server.url('billing_onboarding'), process }
}

/** The Temporal server that the environment names, or one of our own with its UI. */
export async function bringUpTemporal(site: Site) {
  const { env, folder, say } = site
  if (env.TEMPORAL_ADDRESS) return { address: env.TEMPORAL_ADDRESS, uiUrl: env.TEMPORAL_UI_URL ?? null, program: null }
  const program = await findTemporal(say, site.signal)
  say('starting Temporal')
  const [port, uiPort] = [await freePort(7233), await site.stablePortFor('Temporal UI', 8233)]
  const process = await site.keepRunning((signal) =>
    startTemporal({ program, folder, port, uiPort, signal, logFile: site.logFile('temporal') }),
  )
  return { address: `127.0.0.1:${port}`, uiUrl: `http://127.0.0.1:${uiPort}`, program, process }
}
