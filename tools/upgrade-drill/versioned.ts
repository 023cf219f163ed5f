import type { Build } from './builds.ts'
import type { Drill } from './drill.ts'
import { waitFor, type Situation } from './people.ts'
import type { Programs } from './rolling.ts'
import { stopProgram } from './stack.ts'

const deploymentName = 'upgrade-drill'
const situations: Situation[] = ['waits', 'waits for a wallet', 'declined', 'at the bank', 'replaces its method']

/**
 * Workers with versions: from none to b1, to a b2 that cannot replay the runs of b1, and back. Nothing is refused, and
 * nothing has to be restarted.
 */
export async function moveBetweenVersions(drill: Drill, running: Programs, b1: Build, b2: Build): Promise<void> {
  const { stack, open, finish } = drill
  const { say } = stack
  const start = (build: Build, id: string) =>
    stack.start(build, 'worker/main', { TEMPORAL_DEPLOYMENT_NAME: deploymentName, TEMPORAL_WORKER_BUILD_ID: id })
  // Runs of the incompatible build cannot continue on b1, so b1 begins with none.
  let worker = running.worker
  const moveTo = async (build: Build, id: string) => {
    const next = await start(build, id)
    await setCurrent(drill, id)
    await wakeUntilMoved(drill, build, id)
    await stopProgram(worker)
    worker = next
    say(`all runs are on ${id}: ${JSON.stringify(await countByVersion(drill))}`)
  }
  const group = async (id: string) => {
    const people = await open(situations)
    say(`${people.length} onboardings begun on ${id}`)
    return people
  }

  await stopProgram(worker)
  worker = await stack.start(b1, 'worker/main')
  const unversioned = await group('no version')
  await moveTo(b1, 'b1')
  const first = await group('b1')
  await moveTo(b2, 'b2')
  const second = await group('b2')
  await finish([...unversioned.slice(0, 2), ...first.slice(0, 2), ...second.slice(0, 2)])
  await moveTo(b1, 'b1')
  await finish([...unversioned, ...first, ...second])
  await drill.expectRight('b1, b2 and back')
  await drill.expectNoFailedTasks('with versions')
}

const setCurrent = ({ stack }: Drill, buildId: string) =>
  waitFor(`${buildId} is current`, () =>
    stack.client.workflowService
      .setWorkerDeploymentCurrentVersion({ namespace: 'default', deploymentName, buildId, identity: 'drill' })
      .then(
        () => true,
        // Its worker has not polled yet.
        () => false,
      ),
  )

/** As an operator does: until none is left. A task that starts within a second of the change does not tell of it. */
async function wakeUntilMoved({ stack, expect }: Drill, build: Build, id: string): Promise<void> {
  const env = { TEMPORAL_DEPLOYMENT_NAME: deploymentName, TEMPORAL_WORKER_BUILD_ID: id }
  for (let round = 1; round <= 20; round++) {
    const { code, output } = await stack.admin(build, ['wake-all', '--rate', '100', '--json'], env)
    if (code !== 0) return expect(false, `wake-all: ${output}`)
    stack.say(`wake-all: ${output.trim()}`)
    if ((JSON.parse(output) as { woken: number }).woken === 0) return
  }
  expect(false, `all runs move to ${id}`)
}

async function countByVersion({ stack }: Drill): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for await (const { workflowId, runId } of stack.client.workflow.list({ query: 'ExecutionStatus = "Running"' })) {
    const { raw } = await stack.client.workflow.getHandle(workflowId, runId).describe()
    const version = raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId || 'no version'
    counts[version] = (counts[version] ?? 0) + 1
  }
  return counts
}
