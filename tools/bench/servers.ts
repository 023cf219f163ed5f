import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase } from '../../store/database/database.ts'
import { migrate } from '../../store/schema/migrate.ts'
import { temporaryFolder } from '../local/folders.ts'
import { freePort } from '../local/ports.ts'
import { ensureDatabase, startPostgres } from '../local/postgres/postgres.ts'
import { ProductionTemporal } from '../local/temporal/temporal-production.ts'

/** Starts PostgreSQL with our schema, and on it the production Temporal server, which serves metrics if `measured`. */
export async function startBenchServers(say: (line: string) => void, measured = false) {
  const folder = temporaryFolder('bench')
  const password = 'only-for-the-bench'
  const postgres = await startPostgres({
    folder: join(folder, 'postgres'),
    port: await freePort(),
    password,
    logFile: join(folder, 'postgres.log'),
  })
  await ensureDatabase(postgres, 'bench')
  const databaseUrl = postgres.url('bench')
  const temporal = await new ProductionTemporal({
    folder: join(folder, 'temporal'),
    postgres: { host: '127.0.0.1', port: Number(new URL(databaseUrl).port), user: 'postgres', password },
    say,
    measured,
  }).start()
  const database = openDatabase(databaseUrl, { name: 'bench', max: 1 })
  await migrate(database)
  await database.end()
  return {
    folder,
    databaseUrl,
    temporalAddress: temporal.address,
    /** Where the Temporal server serves metrics; empty if it is not measured. */
    temporalMetricsUrl: temporal.metricsUrl,
    pids: () => ({ temporal: temporal.process.pid, postgres: postgres.pid }),
    async stop(): Promise<void> {
      await temporal.process.stop()
      await postgres.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export type BenchServers = Awaited<ReturnType<typeof startBenchServers>>
