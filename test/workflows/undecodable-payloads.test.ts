import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { failedTasks } from '../support/histories.ts'
import { createWorld, type World } from '../support/world/world.ts'
import { until } from '../support/until.ts'

// Temporal UI and CLI send payloads with any encoding and any content. Without a converter of our own, the SDK fails
// the workflow task on such a payload and retries it forever.

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300 })
})
afterAll(() => world.close())

const payload = (encoding: string | undefined, data: string) => ({
  metadata: encoding === undefined ? {} : { encoding: Buffer.from(encoding) },
  data: Buffer.from(data),
})
const undecodable = {
  'an unknown encoding': payload('binary/encrypted', '{}'),
  'JSON of protobuf': payload('json/protobuf', '{}'),
  'broken JSON': payload('json/plain', '{"environment":'),
  'no encoding': payload(undefined, '{}'),
}
const names = Object.keys(undecodable) as (keyof typeof undecodable)[]

/** Starts a workflow as Temporal UI does. Returns the failure with which the run ends. */
async function failureOf(type: string, input: object) {
  const workflowId = randomUUID()
  await world.connection.workflowService.startWorkflowExecution({
    namespace: 'default',
    workflowId,
    requestId: randomUUID(),
    workflowType: { name: type },
    taskQueue: { name: world.taskQueue },
    input: { payloads: [input] },
  })
  const handle = world.client.workflow.getHandle(workflowId)
  await until(
    () => handle.describe(),
    ({ status }) => status.name !== 'RUNNING',
  )
  const { events } = await handle.fetchHistory()
  const failed = events?.at(-1)?.workflowExecutionFailedEventAttributes?.failure
  const taskFailures = failedTasks(events).length
  const { type: failureType, nonRetryable } = failed?.applicationFailureInfo ?? {}
  return { taskFailures, failureType, nonRetryable, message: failed?.message }
}

test.each(['onboarding', 'replacePaymentMethod', 'money', 'janitor'])(
  '%s with undecodable input fails once, without retries',
  async (type) => {
    for (const name of names)
      expect(await failureOf(type, undecodable[name]), name).toEqual({
        taskFailures: 0,
        failureType: 'InvalidInput',
        nonRetryable: true,
        message: 'input: cannot be decoded; send JSON with the encoding json/plain',
      })
  },
)

test('undecodable signals, updates and queries do not block the run', async () => {
  const { bc, page } = await world.openSetup()
  const { handle } = (await world.runsOf(bc))[0]!
  const service = world.connection.workflowService
  const execution = { namespace: 'default', workflowExecution: { workflowId: handle.workflowId } }
  const update = async (name: string, input: object) => {
    const { outcome } = await service.updateWorkflowExecution({
      ...execution,
      waitPolicy: { lifecycleStage: 3 }, // completed
      request: { meta: { updateId: randomUUID() }, input: { name, args: { payloads: [input] } } },
    })
    return outcome?.failure?.message
  }
  for (const name of names) {
    const input = { payloads: [undecodable[name]] }
    for (const signalName of ['setupCompleted', 'recordChanged', 'noSuchSignal'])
      await service.signalWorkflowExecution({ ...execution, signalName, input, requestId: randomUUID() })
    for (const command of ['cancel', 'extend', 'replaceLink', 'retryNow'])
      expect(await update(command, undecodable[name]), `${command}: ${name}`).toMatch(/^input: cannot be decoded/)
    const query = { queryType: 'noSuchQuery', queryArgs: input }
    await expect(
      service.queryWorkflow({ ...execution, execution: execution.workflowExecution, query }),
    ).rejects.toThrow(/noSuchQuery/)
  }
  await page.submitCard()
  expect(await world.ended(bc)).toBe('completed')
  const { events } = await handle.fetchHistory()
  expect(failedTasks(events)).toEqual([])
})
