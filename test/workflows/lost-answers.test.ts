import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createWorld, type World } from '../support/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ gatewayTimeout: 700, longestRetryPause: 300 })
})
beforeEach(async () => {
  await world.clearFaults()
})
afterAll(() => world.close())

const calls = {
  'create the customer': '/v1/customers',
  'create the payment': '/v1/payment_intents',
  'confirm the payment': '/v1/payment_intents/*/confirm',
}
const faults = [
  'lose_request',
  'lose_answer',
  'error_before',
  'error_after',
  'reset',
  'key_in_use',
  'rate_limit',
] as const

for (const [name, path] of Object.entries(calls)) {
  for (const fault of faults) {
    for (const times of [1, 3]) {
      test.concurrent(
        `${name}, ${fault} ${times === 1 ? 'once' : 'three times'}: completes with one charge`,
        async () => {
          // Each case has a world of its own: faults fit by path, not by onboarding.
          const own = await createWorld({ gatewayTimeout: 700, longestRetryPause: 300 })
          try {
            await own.fault(path, fault, { times })
            const { bc, page } = await own.openSetup()
            expect((await page.submitCard()).status).toBe(202)
            expect(await own.ended(bc, 50_000)).toBe('completed')
            const { charges, refunds } = await own.ledger(bc)
            expect(charges).toMatchObject([{ amount: 1500, refunded_amount: 0 }])
            expect(refunds).toEqual([])
          } finally {
            await own.close()
          }
        },
      )
    }
  }
}

test('a decline whose answer was lost is still a decline, and the next card pays', async () => {
  const { bc, page } = await world.openSetup()
  await world.fault('/v1/payment_intents/*/confirm', 'lose_answer')
  await page.submitCard('4000000000009995')
  await expect
    .poll(async () => (await page.progress()).body.steps[1].message, { timeout: 20_000 })
    .toContain('insufficient funds')
  await page.submitCard()
  expect(await world.ended(bc)).toBe('completed')
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

test('a gateway that does not answer is waited for, visibly, and the payment goes through when it is back', async () => {
  const { bc, page } = await world.openSetup()
  await world.fault('/v1/payment_intents', 'error_before', { times: 100 })
  await page.submitCard()
  await expect
    .poll(async () => (await world.billingCustomer(bc)).onboarding.blocked_on, { timeout: 50_000 })
    .toBe('gateway')
  const { onboarding } = await world.billingCustomer(bc)
  expect(onboarding.next_retry_at).not.toBeNull()
  const [run] = await world.runsOf(bc)
  const found = async () => {
    const listed = []
    for await (const each of world.client.workflow.list({
      query: `BlockedOn = 'gateway' AND TaskQueue = '${world.taskQueue}'`,
    }))
      listed.push(each.runId)
    return listed
  }
  await expect.poll(found).toEqual([run!.runId])
  await world.clearFaults()
  await world.asNative('POST', `/v1/billing_customers/${bc}/retry`)
  expect(await world.ended(bc)).toBe('completed')
  expect((await world.ledger(bc)).charges).toHaveLength(1)
}, 90_000)
