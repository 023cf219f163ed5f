import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'

// What an onboarding costs at Temporal Cloud (https://docs.temporal.io/cloud/actions); docs/performance.md lists it.

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

/** The billed events of a history, by what each of them has. */
const billed = {
  workflowExecutionStartedEventAttributes: 'start',
  workflowExecutionSignaledEventAttributes: 'signal',
  timerStartedEventAttributes: 'timer',
  activityTaskScheduledEventAttributes: 'activity',
  upsertWorkflowSearchAttributesEventAttributes: 'search attributes',
} as const

/** Returns the billed actions of the only run of an onboarding in their order. Markers of one task are one action. */
async function actionsOf(bc: string): Promise<string[]> {
  const [run] = await world.runsOf(bc)
  const { events } = await run!.handle.fetchHistory()
  const marked = new Set<string>()
  return events!.flatMap((event) => {
    const task = event.markerRecordedEventAttributes?.workflowTaskCompletedEventId
    if (!task)
      return Object.entries(billed).flatMap(([name, action]) => (event[name as keyof typeof billed] ? action : []))
    if (marked.has(String(task))) return []
    marked.add(String(task))
    return 'local activities of a task'
  })
}

test('an onboarding whose customer pays at once costs 8 actions', async () => {
  const { bc, page } = await world.openSetup()
  await until(
    () => actionsOf(bc),
    (actions) => actions.includes('timer'),
  )
  await page.submitCard()
  await world.closedRunsOf(bc)
  expect(await actionsOf(bc)).toEqual([
    'start',
    'local activities of a task',
    'timer',
    'signal',
    'local activities of a task',
    'activity',
    'local activities of a task',
    'search attributes',
  ])
})
