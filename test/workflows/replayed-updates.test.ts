import { readFileSync } from 'node:fs'
import { Worker } from '@temporalio/worker'
import type { WorkflowHandle } from '@temporalio/client'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { contactsFile, runOf, untilStatus, upload } from '../bulk/bulk.ts'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'

// An update executes its step beside those of the run, so a restarted worker must find the same order in the history.

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

/** Returns the error of replaying the history of a run; undefined if it replays. */
async function replayError(run: WorkflowHandle): Promise<string | undefined> {
  const bundle = { workflowBundle: { code: readFileSync(inject('bundlePath'), 'utf8') } }
  const histories = [{ workflowId: run.workflowId, history: await run.fetchHistory() }]
  for await (const { error } of Worker.runReplayHistories(bundle, histories)) return error?.message
  return 'no history'
}

const settled = (update: Promise<unknown>) =>
  update.then(
    () => true,
    () => false,
  )

test('a bulk onboarding that is paused in its first task replays', async () => {
  for (let i = 0; i < 3; i++) {
    const { file } = contactsFile(world, 3)
    const { id } = (await upload(world, file, { query: '?rows_per_second=1' })).body
    const run = runOf(world, id)
    // Until the run exists.
    await until(() => settled(run.executeUpdate('pause')))
    await run.executeUpdate('cancel')
    await untilStatus(world, id, 'canceled')
    await settled(run.result())
    expect(await replayError(run)).toBeUndefined()
  }
})

test('an onboarding that gets updates and signals at the same time replays, also during its payment', async () => {
  const { bc, page } = await world.openSetup()
  const [{ handle: run } = { handle: undefined! }] = await world.runsOf(bc)
  const disturb = async () => {
    for (let seconds = 90_000; seconds < 90_010; seconds++)
      await Promise.all([
        run.signal('recordChanged'),
        run.executeUpdate('extend', { args: [{ seconds }] }),
        run.signal('recordChanged'),
        settled(run.executeUpdate('retryNow')),
      ])
  }
  await disturb()
  const bank = await world.hold('/v1/payment_intents/*/confirm')
  await page.submitCard()
  await bank.reached()
  await disturb()
  await bank.release()
  expect(await world.ended(bc)).toBe('completed')
  await world.closedRunsOf(bc)
  expect(await replayError(run)).toBeUndefined()
})
