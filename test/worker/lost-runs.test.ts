import { randomUUID } from 'node:crypto'
import Long from 'long'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300, lostRunsEvery: 1_000 })
})
afterEach(async () => {
  await world.clearFaults()
})
afterAll(() => world.close())

const firstRun = async (bc: string) => (await world.runsOf(bc))[0]!

test('a run terminated while waiting: a submission restarts it, and it completes with one charge', async () => {
  const { bc, page } = await world.openSetup()
  await (await firstRun(bc)).handle.terminate('test')
  await page.submitCard()
  expect(await world.ended(bc)).toBe('completed')
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

test('a run terminated while waiting: another call restarts it', async () => {
  const { contact, bc } = await world.openSetup()
  await (await firstRun(bc)).handle.terminate('test')
  const again = await world.openSetup(contact)
  expect(again.bc).toBe(bc)
  await again.page.submitCard()
  expect(await world.ended(bc)).toBe('completed')
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

test('a run terminated while the bank authenticates: it completes with one charge', async () => {
  const { contact, bc, page } = await world.openSetup()
  const run = await firstRun(bc)
  const bank = await world.hold('/v1/payment_intents/*/confirm')
  await page.submitCard()
  await bank.reached()
  await run.handle.terminate('test')
  await bank.release()
  // Its `wake_at` is after the step's timeout; a caller that calls again does not need to wait for that.
  await world.openSetup(contact)
  expect(await world.ended(bc)).toBe('completed')
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

test('a run terminated before its first task is started by the run dispatcher', async () => {
  await world.stopWorker()
  const { bc } = await world.openSetup()
  await (await firstRun(bc)).handle.terminate('test')
  await world.startWorker()
  const page = world.pageOf((await world.billingCustomer(bc)).setup_url)
  await page.submitCard()
  expect(await world.ended(bc)).toBe('completed')
})

test('a run that is reset to its start after the charge does not charge again', async () => {
  const { bc, page } = await world.openSetup()
  const run = await firstRun(bc)
  await page.submitCard()
  expect(await world.closedRunsOf(bc)).toMatchObject([{ status: 'COMPLETED' }])
  const { workflow_id: workflowId } = (await world.billingCustomer(bc)).onboarding
  const reset = await world.client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId, runId: run.runId },
    reason: 'test',
    workflowTaskFinishEventId: Long.fromNumber(4),
    requestId: randomUUID(),
  })
  const again = world.client.workflow.getHandle(workflowId, reset.runId)
  expect(await again.result()).toMatchObject({ result: 'superseded' })
  const { charges, refunds } = await world.ledger(bc)
  expect(charges).toHaveLength(1)
  expect(refunds).toEqual([])
  expect((await world.billingCustomer(bc)).status).toBe('active')
})

test('a run whose record was lost with the database recreates it from its ids', async () => {
  const { bc, page } = await world.openSetup()
  const run = await firstRun(bc)
  await until(async () => (await world.billingCustomer(bc)).onboarding.blocked_on === 'customer')
  const { onboarding, customer_id } = await world.billingCustomer(bc)
  await world.sql.begin(async (sql) => {
    // The lock first: the run may be at its first read.
    await sql`select 1 from billing_customers where id = ${bc} for update`
    await sql`delete from events where billing_customer_id = ${bc}`
    await sql`delete from onboardings where billing_customer_id = ${bc}`
    await sql`delete from billing_customers where id = ${bc}`
    await sql`delete from customers where id = ${customer_id}`
  })
  await run.handle.signal('recordChanged')
  await until(async () => (await world.asNative('GET', `/v1/billing_customers/${bc}`)).status === 200)
  expect((await world.billingCustomer(bc)).onboarding.id).toBe(onboarding.id)
  await page.submitCard()
  expect(await world.ended(bc)).toBe('completed')
})

test('a run without progress for ten minutes and ten signals is reported to an operator, and not before', async () => {
  await world.stopWorker()
  const { bc } = await world.openSetup()
  const { onboarding } = await world.billingCustomer(bc)
  // Events can signal a run ten times within a minute: each makes it due in 5 seconds.
  const wakeFor = (minutes: number) => world.sql`
    update onboardings
    set wakes = 9, first_wake_at = now() - ${minutes} * interval '1 minute', wake_at = now() - interval '1 second'
    where id = ${onboarding.id}`
  const wakes = async () =>
    (await world.sql`select wakes from onboardings where id = ${onboarding.id}`)[0]!.wakes as number
  await wakeFor(9)
  const { startRunDispatcher } = await import('../../worker/recovery/run-dispatcher.ts')
  const { client, taskQueue, log } = world
  const start = () => startRunDispatcher({ database: world.sql, client, taskQueue, log, every: 100 })
  let dispatcher = start()
  try {
    await until(async () => (await wakes()) === 10)
    await dispatcher.stop()
    expect(await world.eventTypes(bc)).not.toContain('onboarding.needs_person')
    await wakeFor(10)
    dispatcher = start()
    await until(async () => (await world.eventTypes(bc)).includes('onboarding.needs_person'))
    const { needs_person, onboarding: seen } = await world.billingCustomer(bc)
    expect([needs_person.reason, seen.blocked_on]).toEqual(['no_sign_of_life', 'operator'])
  } finally {
    await dispatcher.stop()
    await world.startWorker()
  }
})

/** Waits until the onboarding has an open run other than the lost one. */
const replaced = (workflowId: string, lost: string) =>
  until(
    () =>
      world.client.workflow
        .getHandle(workflowId)
        .describe()
        .catch(() => undefined),
    (seen) => seen !== undefined && seen.runId !== lost && seen.status.name === 'RUNNING',
    60_000,
  )

async function waiting() {
  const { bc, page } = await world.openSetup()
  const { runId, handle } = await firstRun(bc)
  // Its timer is that of the link or of a reminder: it would not be due for a day.
  const far = () => world.sql`
    select 1 from onboardings where billing_customer_id = ${bc} and wake_at > now() + interval '20 hours'`
  await until(async () => (await far()).length === 1)
  return { bc, page, runId, handle }
}

test('terminated and deleted waiting runs are started again within a minute', async () => {
  const [terminated, deleted] = [await waiting(), await waiting()]
  await terminated.handle.terminate('test')
  await world.client.workflowService.deleteWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: deleted.handle.workflowId, runId: deleted.runId },
  })
  await Promise.all([terminated, deleted].map(({ handle, runId }) => replaced(handle.workflowId, runId)))
  for (const { bc, page } of [terminated, deleted]) {
    await page.submitCard()
    expect(await world.ended(bc)).toBe('completed')
    expect((await world.ledger(bc)).charges).toHaveLength(1)
  }
})

test('a terminated run that waits for a refund is started again within a minute', async () => {
  const { bc, page } = await world.openSetup()
  await page.submitCard()
  await world.ended(bc)
  const [charge] = await world.sql<{ id: string }[]>`select id from charges where billing_customer_id = ${bc}`
  const workflowId = `money/${charge!.id}`
  await world.stopWorker()
  const started = { workflowId, taskQueue: world.taskQueue, args: [charge!.id] }
  const { firstExecutionRunId } = await world.client.workflow.start('money', started)
  await world.client.workflow.getHandle(workflowId).terminate('test')
  await world.startWorker()
  const again = await until(
    () => world.client.workflow.getHandle(workflowId).describe(),
    ({ runId, status }) => runId !== firstExecutionRunId && status.name === 'COMPLETED',
    60_000,
  )
  expect(again.status.name).toBe('COMPLETED')
})
