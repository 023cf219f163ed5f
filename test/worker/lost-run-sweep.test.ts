import { Client, Connection } from '@temporalio/client'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { findRun } from '../../store/onboardings/wake.ts'
import { createSweep, onboardingsPerSweep } from '../../worker/recovery/lost-runs.ts'
import { onboardingStart, workflowTypeOf } from '../../workflows/messages.ts'
import { fillTables } from '../support/fill-tables.ts'
import { createWorld, type World } from '../support/world/world.ts'

// The cost of a sweep over more waiting onboardings than one compares. No worker is running, so their runs make no
// progress.

const waiting = onboardingsPerSweep + 100
let world: World
let connection: Connection
const calls: string[] = []
beforeAll(async () => {
  world = await createWorld({ worker: false })
  connection = await Connection.connect({
    address: inject('temporalAddress'),
    interceptors: [
      (options, next) => {
        calls.push(options.method_definition.path.split('/').at(-1)!)
        return next(options) as never
      },
    ],
  })
})
afterAll(async () => {
  await connection.close()
  await world.close()
})

/** Opens onboardings through the API and sets the timer of their first step. */
async function fill(): Promise<string[]> {
  const ids: string[] = []
  const make = async () => ids.push((await world.openSetup()).bc)
  for (let made = 0; made < waiting; made += 50) await Promise.all(Array.from({ length: 50 }, make))
  await world.sql`update onboardings set wake_at = now() + interval '7 days', started_at = now()`
  const rows = await world.sql<{ id: string }[]>`select id from onboardings order by id`
  return rows.map(({ id }) => id)
}

const wokenIn = async () => {
  const rows = await world.sql<{ id: string }[]>`select id from onboardings where wake_at < now() + interval '1 hour'`
  return rows.map(({ id }) => id).sort()
}

test('two calls per sweep, two sweeps for all onboardings; only those with a lost run become due, once', async () => {
  const ids = await fill()
  // The API skips starts if too many are in flight. The run dispatcher makes them.
  for (let i = 0; i < ids.length; i += 50)
    await Promise.all(
      ids.slice(i, i + 50).map(async (id) => {
        const run = (await findRun(world.sql, id))!
        await world.client.workflow.start(workflowTypeOf(run), onboardingStart(run, world.taskQueue))
      }),
    )
  await world.listed("WorkflowType = 'onboarding'", waiting)
  const client = new Client({ connection })
  const { sql: database, taskQueue, log } = world
  const sweep = createSweep({ database, client, taskQueue, log })
  const round = async () => {
    calls.length = 0
    for (let swept = 0; swept < waiting; swept += onboardingsPerSweep) await sweep()
    return [...calls]
  }
  expect(await round()).toEqual(Array(4).fill('ListWorkflowExecutions'))
  expect(await wokenIn()).toEqual([])

  const runOf = async (n: number) => (await findRun(world.sql, ids[n]!))!
  const [terminated, deleted] = [await runOf(3), await runOf(onboardingsPerSweep + 50)]
  const handleOf = (run: typeof terminated) =>
    world.client.workflow.getHandle(onboardingStart(run, taskQueue).workflowId)
  await handleOf(terminated).terminate('test')
  const { workflowId } = handleOf(deleted)
  await world.client.workflowService.deleteWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId },
  })
  await world.listed("WorkflowType = 'onboarding' AND ExecutionStatus = 'Running'", waiting - 2)
  expect(await round()).toHaveLength(4)
  expect(await wokenIn()).toEqual([terminated.onboardingId, deleted.onboardingId].sort())

  // The run dispatcher restarts both; the sweep does not react again to how they ended.
  for (const run of [terminated, deleted])
    await world.client.workflow.start(workflowTypeOf(run), onboardingStart(run, taskQueue))
  await world.listed("WorkflowType = 'onboarding' AND ExecutionStatus = 'Running'", waiting)
  await world.sql`update onboardings set wake_at = now() + interval '7 days'`
  await round()
  expect(await wokenIn()).toEqual([])
})

test('a page of waiting onboardings uses the index among many ended ones', async () => {
  await fillTables(world, 20_000)
  await world.sql`analyze onboardings`
  const rows = await world.sql<{ 'QUERY PLAN': string }[]>`
    explain select o.id from onboardings o
    where o.ended_at is null and o.wakes = 0 and o.wake_at > now() + interval '1 minute'
      and (o.wake_at, o.id) > (now() + interval '1 day', 'onb_')
    order by o.wake_at, o.id limit 500`
  expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('onboardings_wake')
})
