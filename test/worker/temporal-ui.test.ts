import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { release } from '../../domain/release.ts'
import { noteReconciliation } from '../../worker/schedule-note.ts'
import { scheduleReconciliation } from '../../worker/schedule-reconcile.ts'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300 })
})
afterAll(() => world.close())

test('a worker without a version has the identity of its release and machine', async () => {
  const pollers = await until(
    async () =>
      (
        await world.client.workflowService.describeTaskQueue({
          namespace: 'default',
          taskQueue: { name: world.taskQueue },
          taskQueueType: 1,
        })
      ).pollers!,
    ({ length }) => length > 0,
  )
  expect(pollers[0]!.identity).toBe(`worker/${release}@${hostname()}`)
})

test('the reconciliation schedule says what it does, and keeps the note of an operator', async () => {
  const taskQueue = `noted-${randomUUID()}`
  const schedule = world.client.schedule.getHandle(`janitor/${taskQueue}`)
  await scheduleReconciliation(world.client, taskQueue)
  const note = () => noteReconciliation(world.client, schedule.scheduleId)
  await note()
  const described = await schedule.describe()
  expect(described.state.note).toContain('It never charges')
  expect(described.action).toMatchObject({ staticSummary: 'Compare the record with the gateways', taskQueue })
  expect(described.spec.intervals).toMatchObject([{ every: 7_200_000 }])
  await schedule.pause('the gateway is down')
  await note()
  expect((await schedule.describe()).state).toMatchObject({ paused: true, note: 'the gateway is down' })
  await schedule.delete()
})
