import { randomUUID } from 'node:crypto'
import { ApplicationFailure } from '@temporalio/common'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import type { Activities } from '../../../activities/index.ts'
import type { AccountPart, ListedAccount, Position } from '../../../activities/reconcile/reconcile-account.ts'
import { moneyWorkflowId } from '../../../domain/onboarding/run.ts'
import { newId } from '../../../store/database/new-id.ts'
import { createWorker } from '../../../worker/run-worker.ts'
import { until } from '../../support/until.ts'
import { createWorld, type World } from '../../support/world/world.ts'

// The order of a round, with accounts and steps that are made up here.

let world: World
beforeAll(async () => {
  world = await createWorld({ worker: false })
})
afterAll(() => world.close())

type Step = (accountId: string, position: Position) => Promise<AccountPart>

const part: AccountPart = { checked: 1, failed: 0, unknown: 1, refunding: [], notListed: false }
const accountsOf = (count: number): ListedAccount[] =>
  Array.from({ length: count }, (_, i) => String(i + 1).padStart(3, '0')).map((number) => ({
    ...{ accountId: `ga_${number}`, name: `account ${number}` },
  }))

/** Runs a round. Returns its result, the accounts of its steps, and how often it was recorded. */
async function roundOf(count: number, step: Step) {
  const compared: string[] = []
  let recorded = 0
  const activities = {
    listAccountsToReconcile: async (after: string, limit: number) =>
      accountsOf(count)
        .filter(({ accountId }) => accountId > after)
        .slice(0, limit),
    reconcileAccount: async (accountId: string, position: Position) => {
      compared.push(accountId)
      return step(accountId, position)
    },
    recordReconciliation: async () => void recorded++,
    settleMoney: async () => 'refunded',
  } as unknown as Activities
  const { native: connection, taskQueue } = world
  const bundle = inject('bundlePath')
  const worker = await createWorker({ connection, namespace: 'default', taskQueue, activities, bundle })
  const started = { workflowId: `janitor-${randomUUID()}`, taskQueue, args: [] }
  const result = await worker.runUntil(world.client.workflow.execute('janitor', started))
  return { result, compared: compared.sort(), recorded }
}

const refuse = () => {
  throw ApplicationFailure.nonRetryable('refused by a test')
}

test('a round of more accounts than fit into a run compares each, and is recorded once', async () => {
  const next = { after: 'ch_1', eachRecent: false }
  const positions: Position[] = []
  const { result, compared, recorded } = await roundOf(501, async (accountId, position) => {
    if (accountId !== 'ga_007') return part
    positions.push(position)
    return positions.length === 1 ? { ...part, next } : part
  })
  expect(result).toEqual({ checked: 502, unknown: 502, notListed: [], isComplete: true })
  expect(compared).toEqual([...accountsOf(501).map(({ accountId }) => accountId), 'ga_007'].sort())
  expect(positions).toEqual(['lists', next])
  expect(recorded).toBe(1)
})

test('accounts that fail or cannot be listed are named; only a failed one leaves the round incomplete', async () => {
  const failing = await roundOf(30, async (accountId) => (accountId === 'ga_001' ? refuse() : part))
  expect(failing.result).toEqual({ checked: 29, unknown: 29, notListed: ['account 001'], isComplete: false })
  expect([failing.compared.length, failing.recorded]).toEqual([30, 0])
  const refused = await roundOf(2, async (accountId) => ({ ...part, notListed: accountId === 'ga_001' }))
  expect(refused.result).toEqual({ checked: 2, unknown: 2, notListed: ['account 001'], isComplete: true })
  expect(refused.recorded).toBe(1)
})

test('ten accounts are compared at the same time', async () => {
  let [running, most] = [0, 0]
  const { result } = await roundOf(11, async () => {
    most = Math.max(most, ++running)
    await until(() => most === 10, Boolean, 10_000).catch(refuse)
    running--
    return part
  })
  expect(result).toMatchObject({ checked: 11, isComplete: true })
  expect(most).toBe(10)
})

test('each charge with a pending refund gets its run', async () => {
  const refunding = [newId('charge'), newId('charge')]
  await roundOf(1, async () => ({ ...part, refunding }))
  for (const chargeId of refunding)
    expect(await world.client.workflow.getHandle(moneyWorkflowId(chargeId)).describe()).toMatchObject({ type: 'money' })
})
