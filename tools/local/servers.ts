import { join } from 'node:path'
import { readConfig } from '../../runtime/config.ts'
import { withoutSecrets } from '../../store/database/connection-string.ts'
import { freePort, withFixedPort } from './ports.ts'
import { ensureDatabase, startPostgres, type Postgres } from './postgres/postgres.ts'
import type { Supervised } from './processes.ts'
import type { StackContext } from './stack-context.ts'
import { findTemporal } from './temporal/temporal-programs.ts'
import { startDevServer, type DevServer } from './temporal/temporal.ts'

/** Uses the database in DATABASE_URL, or starts PostgreSQL. */
export async function provideDatabase(context: StackContext): Promise<{ url: string; process?: Supervised }> {
  const { env, folder, secrets } = context
  if (env.DATABASE_URL) {
    const url = readConfig(env, ['database']).databaseUrl
    context.say(`using the database at ${withoutSecrets(url)} (DATABASE_URL)`)
    return { url }
  }
  context.say('starting PostgreSQL')
  const begin = withFixedPort(await freePort(54_330), (port, signal) => {
    const { postgres: password } = secrets
    return startPostgres({
      folder: join(folder, 'postgres'),
      port,
      password,
      signal,
      logFile: context.logFile('postgres'),
    })
  })
  let server!: Postgres
  const process = await context.keepRunning(async (signal) => (server = await begin(signal)))
  await ensureDatabase(server, 'billing_onboarding')
  return { url: server.url('billing_onboarding'), process }
}

/** Uses the Temporal server in TEMPORAL_ADDRESS, or starts one with its UI. */
export async function provideTemporal(context: StackContext) {
  const { env, folder, say } = context
  if (env.TEMPORAL_ADDRESS) return { address: env.TEMPORAL_ADDRESS, uiUrl: env.TEMPORAL_UI_URL ?? null, program: null }
  const program = await findTemporal(say, context.signal)
  say('starting Temporal')
  const chooseUiPort = () => context.stablePortFor('Temporal UI', 8233)
  const [first, firstUi] = [await freePort(7233), await chooseUiPort()]
  let uiPort = firstUi
  const begin = withFixedPort(first, async (port, signal) => {
    // A stack that started at the same time and took one of the two ports probably took both.
    if (port !== first && uiPort === firstUi) uiPort = await chooseUiPort()
    return startDevServer({ program, folder, port, uiPort, signal, logFile: context.logFile('temporal') })
  })
  let server!: DevServer
  const process = await context.keepRunning(async (signal) => (server = await begin(signal)))
  return { address: server.address, uiUrl: `http://127.0.0.1:${uiPort}`, program, process }
}
