import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../../support/until.ts'
import { createWorld, type World } from '../../support/world/world.ts'

// Steps that fail together must not be repeated together: they would delay the steps of other accounts
// (docs/decisions/0065). Temporal says how long each of them waits.

const submitted = 12

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 60_000 })
})
afterAll(() => world.close())

/**
 * Returns for how long the step of an onboarding waits for its next attempt, as a share of the delay after so many
 * attempts; undefined before it failed.
 */
async function pauseOf(bc: string): Promise<number | undefined> {
  const { workflow_id: id } = (await world.billingCustomer(bc)).onboarding
  const { raw } = await world.client.workflow.getHandle(id).describe()
  const { attempt, currentRetryInterval: pause } = raw.pendingActivities?.[0] ?? {}
  if (!pause || !attempt) return undefined
  return (Number(pause.seconds ?? 0) + (pause.nanos ?? 0) / 1e9) / 2.5 ** (attempt - 2)
}

test('steps that fail together are repeated at different times', async () => {
  await world.simulate('faults', {
    match: { method: 'POST', path: '/v1/customers' },
    times: 10_000,
    fault: 'error_before',
  })
  const opened = await Promise.all(Array.from({ length: submitted }, () => world.openSetup()))
  for (const { page } of opened) expect((await page.submitCard()).status).toBe(202)
  const pauses = await Promise.all(
    opened.map(async ({ bc }) => {
      const pause = until(
        () => pauseOf(bc),
        (seen) => seen !== undefined,
      )
      return Number(await pause)
    }),
  )
  expect(Math.max(...pauses) - Math.min(...pauses)).toBeGreaterThan(0.1)
  await world.clearFaults()
})
