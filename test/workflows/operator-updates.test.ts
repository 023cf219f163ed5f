import { afterAll, beforeAll, expect, test } from 'vitest'
import { WorkflowUpdateFailedError } from '@temporalio/client'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300 })
})
afterAll(() => world.close())

async function waitingRun() {
  const setup = await world.openSetup()
  const [run] = await world.runsOf(setup.bc)
  return { ...setup, run: run!.handle }
}

test('cancel as an update in Temporal UI: canceled, and the events contain the operator and the reason', async () => {
  const { bc, run } = await waitingRun()
  expect(await run.executeUpdate('cancel', { args: [{ reason: 'asked for by phone' }] })).toBe('done')
  expect(await world.ended(bc)).toBe('canceled')
  const [event] =
    await world.sql`select actor, data from events where billing_customer_id = ${bc} and type = 'onboarding.canceling'`
  expect(event).toMatchObject({ actor: 'operator', data: { reason: 'asked for by phone' } })
})

test('the Cancel button of Temporal UI ends the onboarding in order', async () => {
  const { bc, page, run } = await waitingRun()
  const bank = await world.hold('/v1/payment_intents/*/confirm')
  await page.submitCard()
  await bank.reached()
  await run.cancel()
  await bank.release()
  expect(await world.ended(bc)).toBe('canceled')
  const { charges, refunded } = await world.ledger(bc)
  expect([charges.length, refunded]).toEqual([1, 1500])
  expect(await world.closedRunsOf(bc)).toMatchObject([{ status: 'FAILED', type: 'OnboardingCanceled' }])
})

test('a cancellation before the first task leaves no live row', async () => {
  await world.stopWorker()
  const { bc } = await world.openSetup()
  const [run] = await world.runsOf(bc)
  await run!.handle.cancel()
  await world.startWorker()
  expect(await world.ended(bc)).toBe('canceled')
})

test('extend and replaceLink, as updates', async () => {
  const { bc, page, run } = await waitingRun()
  await run.executeUpdate('extend', { args: [{ seconds: 3 * 86_400 }] })
  const { onboarding } = await world.billingCustomer(bc)
  const life = new Date(onboarding.expires_at).getTime() - Date.now()
  expect(Math.round(life / 86_400_000)).toBe(3)
  await run.executeUpdate('replaceLink', { args: [{}] })
  expect((await page.open()).status).toBe(410)
  const { body } = await world.asNative('POST', `/v1/billing_customers/${bc}/setup_link`, {})
  const fresh = world.pageOf(body.setup_url)
  expect((await fresh.open()).status).toBe(200)
  await fresh.submitCard()
  expect(await world.ended(bc)).toBe('completed')
})

test('invalid input of an operator is rejected by field and changes nothing', async () => {
  const { bc, run } = await waitingRun()
  const refused = async (name: string, args: unknown[]) => {
    const error: unknown = await run.executeUpdate(name, { args: args as [] }).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(WorkflowUpdateFailedError)
    return String((error as WorkflowUpdateFailedError).cause?.message)
  }
  expect(await refused('cancel', [{}])).toContain('reason')
  expect(await refused('extend', [{ seconds: 'soon' }])).toContain('seconds')
  expect(await refused('replaceLink', [{ seconds: -1 }])).toContain('seconds')
  expect((await world.billingCustomer(bc)).onboarding.closing).toBeNull()
})

test('retryNow ends a wait', async () => {
  const { bc, page, run } = await waitingRun()
  await world.fault('/v1/payment_intents', 'error_before', { times: 100 })
  await page.submitCard()
  await until(async () => (await world.billingCustomer(bc)).onboarding.blocked_on === 'gateway')
  await world.clearFaults()
  await run.executeUpdate('retryNow')
  expect(await world.ended(bc)).toBe('completed')
})

test('reminders are sent when due, and stop when the customer submits a method', async () => {
  const own = await createWorld({ settings: { reminders: [1, 2] } })
  try {
    const { bc, page } = await own.openSetup()
    const reminders = async () =>
      (await own.eventTypes(bc)).filter((type) => type === 'billing_customer.setup_reminder').length
    await until(reminders, (n) => n === 2)
    await page.submitCard()
    await own.ended(bc)
    expect(await reminders()).toBe(2)
  } finally {
    await own.close()
  }
})
