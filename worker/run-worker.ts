import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { NativeConnection } from '@temporalio/worker'
import { Worker } from '@temporalio/worker'
import type { Activities } from '../activities/index.ts'
import type { WorkerVersion } from '../runtime/temporal.ts'
import { workerIdentity } from './identity.ts'
import { workflowCode } from './workflow-code.ts'

interface WorkerOptions {
  connection: NativeConnection
  namespace: string
  taskQueue: string
  activities: Activities
  /** A bundle of workflow code. The default is the bundle of the build; without one, the sources are bundled. */
  bundle?: string | undefined
  /** The version in a Worker Deployment, which a run keeps until it continues as new. The default is none. */
  version?: WorkerVersion | undefined
  /** Milliseconds for which a task waits for the worker that has its run in memory. The default is Temporal's. */
  stickyTimeout?: number | undefined
}

const built = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url))

/**
 * Calls that a worker has in flight to one gateway account (docs/decisions/0052). A step makes one at a time: accounts
 * that do not answer leave steps to the others.
 */
export const callsPerAccount = 100

/** Cache, concurrency and shutdown limits of a worker. */
export const workerLimits = {
  // A cached waiting run uses about 0.2 MB, twice as much with its garbage (docs/performance.md#live-onboardings); an
  // evicted one is replayed in milliseconds.
  maxCachedWorkflows: 500,
  maxConcurrentActivityTaskExecutions: 4 * callsPerAccount,
  maxConcurrentLocalActivityExecutions: 50,
  // More pollers for new runs, so that their first tasks do not queue behind those of running ones.
  nonStickyToStickyPollRatio: 0.6,
  shutdownGraceTime: '20s',
  shutdownForceTime: '25s',
} as const

/** Returns the workflow code of this build, or of a file. Without either, bundles the sources, which takes seconds. */
export async function workflowBundle(file?: string): Promise<{ codePath: string } | { code: string }> {
  const codePath = file ?? (existsSync(built) ? built : undefined)
  return codePath ? { codePath } : { code: await workflowCode() }
}

/** Creates a worker with our limits. `run()` starts it, `shutdown()` drains it. */
export async function createWorker(options: WorkerOptions): Promise<Worker> {
  const { connection, namespace, taskQueue, activities, bundle, version, stickyTimeout } = options
  return Worker.create({
    connection,
    namespace,
    taskQueue,
    activities,
    workflowBundle: await workflowBundle(bundle),
    ...workerLimits,
    identity: workerIdentity(),
    ...(stickyTimeout === undefined ? {} : { stickyQueueScheduleToStartTimeout: stickyTimeout }),
    ...(version ? { workerDeploymentOptions: deploymentOptions(version) } : {}),
  })
}

/** docs/decisions/0056. The code of a run changes only where it waits. */
const deploymentOptions = (version: WorkerVersion) =>
  ({ version, useWorkerVersioning: true, defaultVersioningBehavior: 'PINNED' }) as const
