import { afterAll, beforeAll, expect, test } from 'vitest'
import { beforeActivation } from '../../support/api/before-activation.ts'
import { until } from '../../support/until.ts'
import { createWorld, type World } from '../../support/world/world.ts'

// Events about money that goes back, which arrive while the onboarding is still taking it.

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300 })
})
afterAll(() => world.close())

const stateOf = async (bc: string) =>
  (await world.asNative('GET', `/v1/charges?billing_customer_id=${bc}`)).body.data[0]?.status

test('a refund at the dashboard before the activation is recorded after it', async () => {
  const { bc, page } = await world.openSetup()
  await beforeActivation(world, async () => {
    await page.submitCard()
    await until(
      () => stateOf(bc),
      (state) => state === 'succeeded',
    )
    const [charge] = (await world.ledger(bc)).charges
    await world.atStripe('POST', '/v1/refunds', { payment_intent: charge.payment_intent })
    // It arrived, and was not accepted yet.
    await until(
      async () => (await world.simulate('webhooks', { event_id: 'none' })).body.left,
      (left) => left > 0,
    )
  })
  expect(await world.ended(bc)).toBe('completed')
  await until(
    () => stateOf(bc),
    (state) => state === 'refunded',
  )
  expect(await world.eventTypes(bc)).toContain('charge.refunded')
})
