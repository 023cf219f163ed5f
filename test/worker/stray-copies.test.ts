import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { workflowIdOf } from '../../domain/onboarding/run.ts'
import { findRun } from '../../store/onboardings/wake.ts'
import { setWorkflowIds } from '../../store/onboardings/workflow-ids.ts'
import { workflowTypeOf } from '../../workflows/messages.ts'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'

// A person can start a copy of a run with another workflow id. It ends at once as superseded.

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300 })
})
afterEach(() => world.clearFaults())
afterAll(() => world.close())

async function copyOf(onboardingId: string, workflowId: string = randomUUID()) {
  const run = (await findRun(world.sql, onboardingId))!
  return world.client.workflow.start(workflowTypeOf(run), { workflowId, taskQueue: world.taskQueue, args: [run] })
}

/** Returns how a copy ended. */
const endOf = (copy: Awaited<ReturnType<typeof copyOf>>) =>
  until(
    () => copy.describe(),
    ({ status }) => status.name !== 'RUNNING',
  ).then(async ({ status }) => [status.name, await copy.result()])

const rowOf = async (bc: string) => {
  const [row] = await world.sql`
    select closing, link_version, expires_at, ended_at, result from onboardings where billing_customer_id = ${bc}`
  return row
}

test('copies of a waiting onboarding end as superseded; Cancel has no effect on them', async () => {
  const { bc, page } = await world.openSetup()
  const { onboarding } = await world.billingCustomer(bc)
  await until(async () => (await rowOf(bc))?.endedAt === null)
  const before = await rowOf(bc)

  expect(await endOf(await copyOf(onboarding.id))).toEqual(['COMPLETED', { result: 'superseded' }])
  // One that is canceled before its first step, and one that also receives the update.
  await world.stopWorker()
  const canceled = await copyOf(onboarding.id)
  await canceled.cancel()
  const updated = await copyOf(onboarding.id)
  const answer = updated.executeUpdate('cancel', { args: [{ reason: 'by mistake' }] }).catch((e: unknown) => e)
  await world.startWorker()
  expect(await endOf(canceled)).toEqual(['COMPLETED', { result: 'superseded' }])
  expect(await endOf(updated)).toEqual(['COMPLETED', { result: 'superseded' }])
  expect(await answer).toBe('ended')

  expect(await rowOf(bc)).toEqual(before)
  expect((await page.open()).status).toBe(200)
  await page.submitCard()
  expect(await world.ended(bc)).toBe('completed')
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

test('a copy started while the bank authenticates: superseded, canceled without effect, one charge', async () => {
  const { bc, page } = await world.openSetup()
  const { onboarding } = await world.billingCustomer(bc)
  const bank = await world.hold('/v1/payment_intents/*/confirm')
  await page.submitCard()
  await bank.reached()
  const copy = await copyOf(onboarding.id)
  await copy.cancel()
  expect(await endOf(copy)).toEqual(['COMPLETED', { result: 'superseded' }])
  await bank.release()
  expect(await world.ended(bc)).toBe('completed')
  const { charges, refunds } = await world.ledger(bc)
  expect([charges.length, refunds]).toEqual([1, []])
})

test('a copy under the long id of a contact whose run has the short one is superseded, and the other way', async () => {
  for (const areShort of [true, false]) {
    await setWorkflowIds(world.sql, areShort)
    const { bc, page } = await world.openSetup()
    const { onboarding } = await world.billingCustomer(bc)
    await until(async () => (await page.progress()).body.blocked_on === 'customer')
    const run = (await findRun(world.sql, onboarding.id))!
    const copy = await copyOf(onboarding.id, workflowIdOf({ ...run, hasShortWorkflowId: !areShort }))
    await copy.cancel().catch(() => {})
    expect(await endOf(copy)).toEqual(['COMPLETED', { result: 'superseded' }])
    await page.submitCard()
    expect(await world.ended(bc)).toBe('completed')
    expect((await world.ledger(bc)).charges).toHaveLength(1)
  }
  await setWorkflowIds(world.sql, true)
})

test('after Terminate, a manual start with the same id is not a copy, and it completes with one charge', async () => {
  const { bc, page } = await world.openSetup()
  const { onboarding } = await world.billingCustomer(bc)
  await (await world.runsOf(bc))[0]!.handle.terminate('test')
  const again = await copyOf(onboarding.id, onboarding.workflow_id)
  await page.submitCard()
  expect(await again.result()).toEqual({ result: 'completed' })
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

test('a copy of a replacement ends as superseded, and the replacement continues', async () => {
  const { bc, page } = await world.openSetup()
  await page.submitCard()
  await world.ended(bc)
  const { body } = await world.asNative('POST', `/v1/billing_customers/${bc}/payment_method`, {})
  const copy = await copyOf(body.replacement.id)
  await copy.cancel().catch(() => {}) // it may have ended already
  expect(await endOf(copy)).toEqual(['COMPLETED', { result: 'superseded' }])
  expect((await world.billingCustomer(bc)).replacement.closing).toBeNull()
  await world.pageOf(body.replacement.setup_url).submitCard('5555555555554444', { amount: 0, currency: 'USD' })
  await until(async () => (await world.billingCustomer(bc)).replacement.status === 'completed')
})

test('a copy of the run that settles a charge ends as superseded and makes no call to the gateway', async () => {
  const { bc, page } = await world.openSetup()
  await page.submitCard()
  await world.ended(bc)
  const [charge] = await world.sql<{ id: string }[]>`select id from charges where billing_customer_id = ${bc}`
  const start = (workflowId: string) =>
    world.client.workflow.start('money', { workflowId, taskQueue: world.taskQueue, args: [charge!.id] })
  expect(await (await start(randomUUID())).result()).toEqual({ state: 'superseded' })
  expect(await (await start(`money/${charge!.id}`)).result()).toEqual({ state: 'succeeded' })
})
