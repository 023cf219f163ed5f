import { join } from 'node:path'
import { readConfig } from '../../runtime/config.ts'
import { onOnePort } from './ports.ts'
import { ensureDatabase, startPostgres, type Postgres } from './postgres.ts'
import type { Supervised } from './processes.ts'
import type { Site } from './site.ts'
import { findTemporal } from './temporal/temporal-programs.ts'
import { startTemporal, type DevServer } from './temporal/temporal.ts'

/** The database that the environment names, or a PostgreSQL of our own. */
export async function bringUpDatabase(site: Site): Promise<{ url: string; process?: Supervised }> {
  const { env, folder, secrets } = site
  if (env.DATABASE_URL) return { url: readConfig(env, ['database']).databaseUrl }
  site.say('starting PostgreSQL')
  const begin = await onOnePort(54_330, (port, signal) => {
    const { postgres: password } = secrets
    return startPostgres({
      folder: join(folder, 'postgres'),
      port,
      password,
      signal,
      logFile: site.logFile('postgres'),
    })
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
  const uiPort = await site.stablePortFor('Temporal UI', 8233)
  const begin = await onOnePort(7233, (port, signal) =>
    startTemporal({ program, folder, port, uiPort, signal, logFile: site.logFile('temporal') }),
  )
  let server!: DevServer
  const process = await site.keepRunning(async (signal) => (server = await begin(signal)))
  return { address: server.address, uiUrl: `http://127.0.0.1:${uiPort}`, program, process }
}
