import { fork } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { builtInSettings } from '../../../domain/tenant/settings.ts'
import { openDatabase, type Database } from '../../../store/database/database.ts'
import { migrate } from '../../../store/database/migrate.ts'
import { baseEnvironment } from '../../chaos/environment.ts'
import { SupervisedProcess } from '../../chaos/supervised-process.ts'
import { freePort } from '../../local/ports.ts'
import { ensureDatabase, startPostgres } from '../../local/postgres/postgres.ts'
import { startEntryPoint } from '../../local/processes.ts'
import { seed } from '../../local/seed.ts'
import { startDevServer } from '../../local/temporal/temporal.ts'
import { findTemporal } from '../../local/temporal/temporal-programs.ts'
import { bundleProgram } from '../../scripts/bundle-program.ts'
import type { Arrival } from '../receiver.ts'
import type { Message } from './receivers.ts'

export const webhookKey = 'a-key-of-a-storm-of-webhooks-and-of-no-other'

export interface StormStack {
  database: Database
  organizationId: string
  urls: Record<string, string>
  workers: SupervisedProcess[]
  arrivals(): Promise<Record<string, Arrival[]>>
}

/** Starts PostgreSQL, Temporal, the receivers, and worker processes that deliver webhooks. */
export async function startStormStack(
  folder: string,
  workers: number,
  later: (close: () => Promise<unknown>) => void,
): Promise<StormStack> {
  const logFile = (name: string) => join(folder, `${name}.log`)
  mkdirSync(folder, { recursive: true })
  const postgres = await startPostgres({
    folder: join(folder, 'postgres'),
    port: await freePort(),
    password: 'only-for-the-storm',
    logFile: logFile('postgres'),
  })
  later(() => postgres.stop())
  await ensureDatabase(postgres, 'storm')
  const database = openDatabase(postgres.url('storm'), { name: 'storm', max: 4 })
  later(() => database.end({ timeout: 5 }))
  await migrate(database)
  const seeds = await seed({ database, settingDefaults: builtInSettings }, join(folder, 'seeds.json'))
  const temporal = await startDevServer({
    program: await findTemporal(() => {}),
    folder: null,
    port: await freePort(),
    uiPort: null,
    logFile: logFile('temporal'),
  })
  later(() => temporal.stop())
  const { urls, arrivals } = await startReceivers(later)
  const env = environment(postgres.url('storm'), temporal.address)
  const program = await bundleProgram('worker/main.ts')
  const kept = Array.from({ length: workers }, async (_, i) => {
    const start = () => startEntryPoint('worker/main', env, logFile(`worker-${i + 1}`), undefined, program)
    const worker = await new SupervisedProcess(start).start()
    later(() => worker.stop())
    return worker
  })
  return { database, organizationId: seeds.org_id, urls, workers: await Promise.all(kept), arrivals }
}

const environment = (databaseUrl: string, temporalAddress: string): NodeJS.ProcessEnv => ({
  ...baseEnvironment(),
  WORKER_DOES: 'webhooks',
  DATABASE_URL: databaseUrl,
  TEMPORAL_ADDRESS: temporalAddress,
  PUBLIC_URL: 'http://127.0.0.1:8080',
  WEBHOOK_SECRET_KEYS: webhookKey,
  WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8@1024-65535',
  STRIPE_TEST_SECRET_KEY: 'sk_test_storm',
  STRIPE_TEST_PUBLISHABLE_KEY: 'pk_test_storm',
  STRIPE_TEST_WEBHOOK_SECRET: 'whsec_storm',
  LOG_LEVEL: 'warn',
})

async function startReceivers(later: (close: () => Promise<unknown>) => void) {
  const program = fileURLToPath(new URL('./receivers.ts', import.meta.url))
  const child = fork(program, { execArgv: ['--import', import.meta.resolve('tsx')] })
  later(async () => void child.disconnect())
  const next = (kind: Message['kind']) =>
    new Promise<Message>((resolve, reject) => {
      const onMessage = (message: Message) => {
        if (message.kind !== kind) return
        child.off('message', onMessage)
        resolve(message)
      }
      child.on('message', onMessage)
      child.once('exit', () => reject(new Error('the receivers ended')))
    })
  const started = await next('started')
  return {
    urls: started.kind === 'started' ? started.urls : {},
    async arrivals(): Promise<Record<string, Arrival[]>> {
      const arrived = next('arrived')
      child.send('report')
      const message = await arrived
      return message.kind === 'arrived' ? message.arrivals : {}
    },
  }
}
