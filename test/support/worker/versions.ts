import { join } from 'node:path'
import { rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { temporaryFolder } from '../../../tools/local/folders.ts'
import { workflowCode } from '../../../worker/workflow-code.ts'
import { until } from '../until.ts'
import { workerOf } from '../world/worker.ts'
import type { World } from '../world/world.ts'

/** The builds of a world's workers in a Worker Deployment of its own. */
export function versionsOf(world: World) {
  const { client, taskQueue, activities, gateways } = world
  const { workflowService } = client
  const deploymentName = taskQueue

  /** The build that new runs begin on; '' means the workers without a version. */
  const setCurrent = (buildId: string) =>
    until(() =>
      workflowService
        .setWorkerDeploymentCurrentVersion({ namespace: 'default', deploymentName, buildId, identity: 'test' })
        .then(
          () => true,
          // Its worker has not polled yet.
          () => false,
        ),
    )
  return {
    setCurrent,
    /** A worker of this build, which a test starts and stops. */
    build: (buildId: string, bundle?: string) =>
      workerOf(world, activities, gateways, { version: { deploymentName, buildId }, ...(bundle ? { bundle } : {}) }),
    /** Returns the build to which the newest run with this workflow id is pinned; '' without one. */
    async buildOf(workflowId: string): Promise<string> {
      const { raw } = await client.workflow.getHandle(workflowId).describe()
      return raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId ?? ''
    },
  }
}

/** Bundles workflow code that cannot replay the runs of this release. Returns the file and how to delete it. */
export async function incompatibleBundle(): Promise<{ bundle: string; remove(): void }> {
  const source = fileURLToPath(new URL('../../../tools/upgrade-drill/incompatible-workflows.ts', import.meta.url))
  const folder = temporaryFolder('build')
  const bundle = join(folder, 'bundle.js')
  writeFileSync(bundle, await workflowCode(source))
  return { bundle, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
