import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openDatabase } from '../../../store/database/database.ts'
import { startStack } from '../../local/stack.ts'
import { bundleWorkflows } from '../../scripts/bundle-workflows.ts'
import { cpuOf, cpuTimes } from '../measure.ts'
import { startBenchServers } from '../servers.ts'

/** The limit of the heaps of the API and of the worker, whose workflow code has one of its own. */
export const heapMegabytes = 256

/** Starts API and worker, bundled as in a build, on the production Temporal server, with the vendors' simulators. */
export async function startLiveStack(say: (line: string) => void) {
  const servers = await startBenchServers(say, true)
  const folder = join(servers.folder, 'stack')
  mkdirSync(folder, { recursive: true })
  const bundle = await bundleWorkflows(join(servers.folder, 'workflow-bundle.js'))
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    LOG_LEVEL: 'warn',
    LOG_FORMAT: 'json',
    WORKFLOW_BUNDLE: bundle,
    // Of each thread. Without a limit, V8 lets garbage grow with the memory of the machine.
    NODE_OPTIONS: `--max-old-space-size=${heapMegabytes}`,
    DATABASE_URL: servers.databaseUrl,
    TEMPORAL_ADDRESS: servers.temporalAddress,
  }
  const stack = await startStack({ folder, env, say, changed: () => {}, bundled: true }).catch(
    async (error: unknown) => {
      await servers.stop()
      throw error
    },
  )
  const database = openDatabase(servers.databaseUrl, { name: 'bench', max: 2 })
  return {
    ...stack,
    database,
    temporalMetricsUrl: servers.temporalMetricsUrl,
    workerLog: join(folder, 'logs', 'worker.log'),
    /** Returns the CPU time of each part until now, in milliseconds. */
    cpu() {
      const { api, worker } = stack.processes()
      const { temporal, postgres } = cpuTimes(servers.pids())
      return { api: cpuOf(api), worker: cpuOf(worker), temporal, postgres }
    },
    async stop(): Promise<void> {
      await database.end({ timeout: 1 })
      await stack.stop()
      await servers.stop()
    },
  }
}

export type LiveStack = Awaited<ReturnType<typeof startLiveStack>>
export type Cpu = ReturnType<LiveStack['cpu']>

/** Returns the CPU time of each part between two readings, divided by `per`. */
export const cpuBetween = (before: Cpu, after: Cpu, per: number): Cpu => {
  const used = (part: keyof Cpu) => Math.round(((after[part] - before[part]) / per) * 100) / 100
  return { api: used('api'), worker: used('worker'), temporal: used('temporal'), postgres: used('postgres') }
}
