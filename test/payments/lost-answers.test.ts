import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ gatewayTimeout: 700, longestRetryPause: 300 })
})
beforeEach(async () => {
  await world.clearFaults()
})
afterAll(() => world.close())

// Every call with every fault stands in test/matrix; here is what comes of what happened meanwhile.

test('a decline whose response was lost is still a decline, and the next card pays', async () => {
  const { bc, page } = await world.openSetup()
  await world.fault('/v1/payment_intents/*/confirm', 'lose_answer')
  await page.submitCard('4000000000009995')
  await expect.poll(async () => (await page.progress()).body.steps[1].message).toContain('insufficient funds')
  await page.submitCard()
  expect(await world.ended(bc)).toBe('completed')
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

test('while a gateway does not respond the run waits visibly, and the payment succeeds when it is back', async () => {
  const { bc, page } = await world.openSetup()
  await world.fault('/v1/payment_intents', 'error_before', { times: 100 })
  await page.submitCard()
  // There is no time of a next attempt while one is in progress.
  await until(
    async () => (await world.billingCustomer(bc)).onboarding,
    ({ blocked_on, next_retry_at }) => blocked_on === 'gateway' && next_retry_at !== null,
  )
  const { workflow_id } = (await world.billingCustomer(bc)).onboarding
  await world.listed(`WorkflowId = '${workflow_id}' AND BlockedOn = 'gateway'`)
  await world.clearFaults()
  await world.asNative('POST', `/v1/billing_customers/${bc}/retry`)
  expect(await world.ended(bc)).toBe('completed')
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})
