import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { checkPolling } from '../../worker/check-polling.ts'
import { failedTasks } from '../support/histories.ts'
import { until } from '../support/until.ts'
import { webhooksOf } from '../support/webhooks/deliveries.ts'
import { startWebhookWorker } from '../support/webhooks/worker.ts'
import { liveRunsIn } from '../support/worker/live-runs.ts'
import { incompatibleBundle, versionsOf } from '../support/worker/versions.ts'
import { createWorld, type World } from '../support/world/world.ts'

// Runs of every type move from workers without a version to build b1, to build b2, which cannot replay them, and back.

let world: World
let hooks: ReturnType<typeof webhooksOf>
const closers: (() => unknown)[] = []
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300, paypal: true })
  hooks = webhooksOf(world)
  closers.push(await startWebhookWorker(world, hooks))
})
afterAll(async () => {
  for (const close of closers) await close()
  await world.close()
})

const failedTasksOf = async (workflowId: string) => {
  const failed = []
  for await (const { runId } of world.client.workflow.list({ query: `WorkflowId = '${workflowId}'` })) {
    const { events } = await world.client.workflow.getHandle(workflowId, runId).fetchHistory()
    failed.push(...failedTasks(events))
  }
  return failed
}

test('runs of every type move to another build where they wait, also to one that cannot replay them', async () => {
  const live = liveRunsIn(world, hooks, (close) => closers.unshift(close))
  const scenes = await live.all()
  const ids = scenes.map(({ id }) => id)
  const versions = versionsOf(world)
  const { bundle, remove } = await incompatibleBundle()
  closers.push(remove)
  const [b1, b2] = [versions.build('b1'), versions.build('b2', bundle)]
  const moveTo = async (build: string) => {
    await versions.setCurrent(build)
    for (const { id } of scenes)
      await until(async () => {
        if ((await versions.buildOf(id)) === build) return true
        // Again and again: a task that starts before the server has distributed the new version does not tell of it.
        // A run that is about to continue as new accepts no signal.
        await world.client.workflow
          .getHandle(id)
          .signal('recordChanged')
          .catch(() => {})
        await sleep(500)
        return false
      })
  }

  closers.unshift(
    () => b1.stopWorker(),
    () => b2.stopWorker(),
  )
  await b1.startWorker()
  await versions.setCurrent('b1')
  await world.stopWorker()
  await moveTo('b1')
  const { taskQueue } = world
  const temporal = { address: inject('temporalAddress'), namespace: 'default', tls: false as const }
  await checkPolling({ taskQueue, temporal, workerDoes: ['runs'] }, hostname())

  await b2.startWorker()
  await moveTo('b2')
  await b1.stopWorker()
  for (const { id, texts } of scenes) {
    const description = await world.client.workflow.getHandle(id).describe()
    expect(description.status.name, id).toBe('RUNNING')
    await until(
      () => live.detailsOf(id),
      (details) => texts.every((text) => details.includes(text)),
    )
  }
  await scenes.shift()!.end()
  // The step of a failing endpoint is on a queue whose workers have no version.
  await scenes.pop()!.end()

  await b1.startWorker()
  await moveTo('b1')
  await b2.stopWorker()
  await world.startWorker()
  // Back to workers without a version.
  await moveTo('')
  await b1.stopWorker()
  for (const { end } of scenes) await end()
  for (const id of ids) expect(await failedTasksOf(id), id).toEqual([])
})
