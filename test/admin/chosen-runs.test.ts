import { randomUUID } from 'node:crypto'
import { Client, Connection } from '@temporalio/client'
import { expect, inject, test } from 'vitest'
import { chooseRuns } from '../../admin/upgrades/choose-runs.ts'
import { clientOptions } from '../../runtime/temporal.ts'
import { searchAttributes } from '../../workflows/messages.ts'
import { until } from '../support/until.ts'

// Which runs check-upgrade replays, of more than it can. No worker executes them.

test('rare kinds of runs are among those that are replayed, however many wait for a customer', async () => {
  const connection = await Connection.connect(clientOptions({ address: inject('temporalAddress') }))
  const client = new Client({ connection })
  const taskQueue = `chosen-${randomUUID()}`
  const start = async (type: string, step: string, blockedOn: string, gateway = 'stripe') => {
    const attributes = [
      { key: searchAttributes.step, value: step },
      { key: searchAttributes.blockedOn, value: blockedOn },
      { key: searchAttributes.gateway, value: gateway },
    ]
    const workflowId = randomUUID()
    await client.workflow.start(type, { workflowId, taskQueue, args: [], typedSearchAttributes: attributes })
    return workflowId
  }
  // The oldest, so that a list of the newest does not have them.
  const rare = [
    await start('onboarding', 'payment_method', 'operator'),
    await start('onboarding', 'payment_method', 'customer', 'paypal'),
    await start('onboarding', 'initial_charge', 'gateway'),
    await start('replacePaymentMethod', 'activation', 'operator'),
    await start('money', 'initial_charge', 'operator'),
    await start('anotherType', 'record', 'gateway'),
  ]
  const common = 230
  for (let i = 0; i < common; i += 23)
    await Promise.all(Array.from({ length: 23 }, () => start('onboarding', 'payment_method', 'customer')))
  const query = `TaskQueue = "${taskQueue}"`
  await until(async () => (await client.workflow.count(query)).count === common + rare.length)

  const chosen = (await chooseRuns(client, taskQueue, 200)).map(({ workflowId }) => workflowId)
  expect(chosen).toHaveLength(200)
  // Of a type that this build does not have, only if nothing else is left.
  for (const id of rare.slice(0, -1)) expect(chosen).toContain(id)
  const all = (await chooseRuns(client, taskQueue, 400)).map(({ workflowId }) => workflowId)
  expect(new Set(all).size).toBe(common + rare.length)
  expect(all).toEqual(expect.arrayContaining(rare))
  await connection.close()
})
