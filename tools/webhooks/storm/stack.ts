import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { builtInSettings } from '../../../domain/tenant/settings.ts'
import { openDatabase, type Database } from '../../../store/database/database.ts'
import { migrate } from '../../../store/schema/migrate.ts'
import { SupervisedProcess } from '../../chaos/supervised-process.ts'
import { freePort } from '../../local/ports.ts'
import { ensureDatabase, startPostgres } from '../../local/postgres/postgres.ts'
import { startEntryPoint } from '../../local/processes.ts'
import { seed } from '../../local/seed.ts'
import { startDevServer } from '../../local/temporal/temporal.ts'
import { findTemporal } from '../../local/temporal/temporal-programs.ts'
import { bundleProgram } from '../../scripts/bundle-program.ts'
import type { Arrival } from '../receiver.ts'
import { deliveringEnvironment } from '../delivering-environment.ts'
import { startReceivers } from '../start-receivers.ts'

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
  const env = deliveringEnvironment(postgres.url('storm'), temporal.address)
  const program = await bundleProgram('worker/main.ts')
  const kept = Array.from({ length: workers }, async (_, i) => {
    const start = () => startEntryPoint('worker/main', env, logFile(`worker-${i + 1}`), undefined, program)
    const worker = await new SupervisedProcess(start).start()
    later(() => worker.stop())
    return worker
  })
  return { database, organizationId: seeds.org_id, urls, workers: await Promise.all(kept), arrivals }
}
