import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { freePort } from '../local/ports.ts'
import { ensureDatabase, startPostgres } from '../local/postgres/postgres.ts'
import { ProductionTemporal } from '../local/temporal/temporal-production.ts'
import { startStripeSimulator } from '../simulators/stripe/server.ts'
import { openDatabase } from '../../store/database/database.ts'
import { migrate } from '../../store/database/migrate.ts'
import { temporaryFolder } from '../local/folders.ts'
import { numbers } from './arguments.ts'
import { median } from './measure.ts'
import { writeResults } from './results.ts'

// Compares our flow with a naive one on the production Temporal server and PostgreSQL, in alternating runs. The ratios
// of adjacent runs matter, because the machine may be noisy.

interface Result {
  name: string
  lanes: number
  perSecond: number
  answer: { p50: number; p95: number }
  cpu: { app: number; temporal: number; postgres: number }
  events: number
}

const [rounds = 3] = numbers
const say = (line: string) => console.log(`  ${line}`)
const folder = temporaryFolder('bench')
const run = promisify(execFile)

const password = 'only-for-the-bench'
const postgres = await startPostgres({
  folder: join(folder, 'postgres'),
  port: await freePort(),
  password,
  logFile: join(folder, 'postgres.log'),
})
await ensureDatabase(postgres, 'bench')
const { port } = new URL(postgres.url('bench'))
const temporal = await new ProductionTemporal({
  folder: join(folder, 'temporal'),
  postgres: { host: '127.0.0.1', port: Number(port), user: 'postgres', password },
  say,
}).start()
const stripe = await startStripeSimulator({ folder })
const database = openDatabase(postgres.url('bench'), { name: 'bench', max: 1 })
await migrate(database)
await database.end()

async function measure(name: string, runs: string[]): Promise<Result[]> {
  const env = {
    ...process.env,
    BENCH_DATABASE_URL: postgres.url('bench'),
    BENCH_TEMPORAL_ADDRESS: temporal.address,
    BENCH_TEMPORAL_PID: String(temporal.process.pid),
    BENCH_POSTGRES_PID: String(postgres.pid),
    BENCH_STRIPE_URL: stripe.url,
  }
  const file = fileURLToPath(new URL('./case.ts', import.meta.url))
  const { stdout } = await run(process.execPath, ['--import', import.meta.resolve('tsx'), file, name, ...runs], {
    env,
    maxBuffer: 1e7,
  })
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Result)
}

/** `naive` uses the server's defaults; `naive+eager` the eager activities that our server configuration turns on. */
const names = ['naive', 'ours', 'naive+eager', 'ours+simulator']
const results: Result[] = []
try {
  for (let round = 1; round <= rounds; round++) {
    // The order alternates against drift.
    const order = round % 2 === 1 ? names : names.toReversed()
    for (const name of order) {
      const measured = await measure(name, ['60x1', '320x32'])
      for (const each of measured)
        say(
          `round ${round}: ${name}, ${each.lanes} in flight: ${each.perSecond.toFixed(1)}/s, ` +
            `first response ${each.answer.p50.toFixed(1)} ms`,
        )
      results.push(...measured)
    }
  }
} finally {
  await stripe.close()
  await temporal.process.stop()
  await postgres.stop()
  rmSync(folder, { recursive: true, force: true })
}

const of = (name: string, lanes: number) => results.filter((r) => r.name === name && r.lanes === lanes)
const mid = (name: string, lanes: number, pick: (r: Result) => number) => median(of(name, lanes).map(pick))
/** Returns the median of the per-round ratios to the naive flow. */
const ratio = (name: string, lanes: number, pick: (r: Result) => number) =>
  median(of(name, lanes).map((r, i) => pick(r) / pick(of('naive', lanes)[i]!)))

const answers = (name: string, lanes: number, digits: number) =>
  (['p50', 'p95'] as const).map((p) => mid(name, lanes, (r) => r.answer[p]).toFixed(digits)).join(' / ')
const rows = names.map((name) => ({
  flow: name,
  'onboardings/s (32)': mid(name, 32, (r) => r.perSecond).toFixed(1),
  'x naive': ratio(name, 32, (r) => r.perSecond).toFixed(2),
  'response idle p50/p95 ms': answers(name, 1, 1),
  'p50 x naive (idle)': ratio(name, 1, (r) => r.answer.p50).toFixed(2),
  'response at 32 p50/p95 ms': answers(name, 32, 0),
  'p50 x naive (32)': ratio(name, 32, (r) => r.answer.p50).toFixed(2),
  'CPU ms: app + temporal + postgres': (['app', 'temporal', 'postgres'] as const)
    .map((part) => mid(name, 32, (r) => r.cpu[part]).toFixed(1))
    .join(' + '),
  events: mid(name, 32, (r) => r.events),
}))
console.table(rows)
writeResults('latest', { rounds, rows, results })
