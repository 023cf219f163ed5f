import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { BenchServers } from '../servers.ts'

/** One run of a flow. CPU times are milliseconds per onboarding. */
export interface CaseResult {
  name: string
  lanes: number
  perSecond: number
  answer: { p50: number; p95: number }
  cpu: { app: number; temporal: number; postgres: number }
  events: number
}

interface CaseOptions {
  runs: string[]
  stripeUrl?: string
  receiverUrl?: string
  /** More variables of its process. */
  more?: NodeJS.ProcessEnv
}

const run = promisify(execFile)

/** Runs `tools/bench/flow/case.ts` in a process of its own. Returns one result per run. */
export async function measureCase(
  { databaseUrl, temporalAddress, pids }: BenchServers,
  name: string,
  { runs, stripeUrl = '', receiverUrl = '', more = {} }: CaseOptions,
): Promise<CaseResult[]> {
  const { temporal, postgres } = pids()
  const env = {
    ...process.env,
    BENCH_DATABASE_URL: databaseUrl,
    BENCH_TEMPORAL_ADDRESS: temporalAddress,
    BENCH_TEMPORAL_PID: String(temporal),
    BENCH_POSTGRES_PID: String(postgres),
    BENCH_STRIPE_URL: stripeUrl,
    BENCH_RECEIVER_URL: receiverUrl,
    ...more,
  }
  const file = fileURLToPath(new URL('./case.ts', import.meta.url))
  const { stdout } = await run(process.execPath, ['--import', import.meta.resolve('tsx'), file, name, ...runs], {
    env,
    maxBuffer: 1e7,
  })
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as CaseResult)
}
