import { afterAll, beforeAll, expect, test } from 'vitest'
import { GatewayError } from '../../domain/payment/gateway-errors.ts'
import type { OnboardingReference } from '../../domain/reference.ts'
import { Gate } from '../support/gateways/gate.ts'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'

// One step whose payment objects die, or are never created. The steps are called without a run.

let world: World
let stripe: Gate
let held: World['activities']
beforeAll(async () => {
  world = await createWorld({ worker: false, paypal: true, settings: { paypalOrderFlow: 'two_step' } })
  stripe = await Gate.open(world.simulator.url)
  held = world.activitiesWith(world.gatewaysAt({ stripe: stripe.url, paypal: world.paypal!.url }))
})
afterAll(async () => {
  await stripe.close()
  await world.close()
})

async function open() {
  const setup = await world.openSetup()
  const [reference] = await world.sql<OnboardingReference[]>`
    select environment, organization_id, billing_customer_id, id as onboarding_id from onboardings
    where billing_customer_id = ${setup.bc}`
  return { ...setup, reference: reference! }
}
const objectsOf = ({ onboardingId }: OnboardingReference) =>
  world.sql<{ id: string | null; state: string }[]>`
    select object_id as id, state from payment_objects where onboarding_id = ${onboardingId} order by k`

/** The steps with gateways that replay a stored failure to each call of these methods. */
function stepsThatFailTo(...names: ('createObject' | 'createCustomer')[]) {
  let calls = 0
  const fail = (): Promise<string> => {
    calls++
    throw calls > 50 ? new Error('there is no limit') : new GatewayError('stored_failure', 'api_error')
  }
  const { gateways } = world
  const steps = world.activitiesWith({
    ...gateways,
    of: async (accountId) => {
      const gateway = await gateways.of(accountId)
      return { ...gateway, ...Object.fromEntries(names.map((name) => [name, fail])) }
    },
  })
  return { steps, calls: () => calls }
}

test.each(['card', 'PayPal'] as const)(
  'by %s: one step creates five payment objects at most; a later one creates another, which charges once',
  async (method) => {
    const { bc, page, reference } = await open()
    await (method === 'card' ? page.submitCard() : page.submitPayPal())
    const { steps, calls } = stepsThatFailTo('createObject')
    const needed = { outcome: 'blocked', on: 'operator', reason: 'payment_objects_exhausted' }
    expect(await steps.takePayment(reference)).toEqual(needed)
    expect(calls()).toBe(5)
    expect(await objectsOf(reference)).toEqual(Array(5).fill({ id: null, state: 'dead' }))
    expect(await world.activities.takePayment(reference)).toEqual({ outcome: 'paid' })
    const charges = method === 'card' ? (await world.ledger(bc)).charges : await world.payPalCharges(bc)
    expect(charges).toMatchObject([{ amount: 1500 }])
    expect((await objectsOf(reference)).at(-1)).toMatchObject({ state: 'paid' })
  },
)

test('one step tries five gateway customers at most; a later one creates another, and charges once', async () => {
  const { bc, page, reference } = await open()
  await page.submitCard()
  const { steps, calls } = stepsThatFailTo('createCustomer')
  await expect(steps.takePayment(reference)).rejects.toMatchObject({ type: 'GatewayAway' })
  expect(calls()).toBe(5)
  expect(await objectsOf(reference)).toEqual([])
  expect(await world.activities.takePayment(reference)).toEqual({ outcome: 'paid' })
  expect((await world.ledger(bc)).charges).toMatchObject([{ amount: 1500 }])
})

test('a saved card that follows a declined one is charged on the next object if its object is canceled', async () => {
  const { contact, bc, page, reference } = await open()
  await page.submitCard('4000000000000002')
  expect(await world.activities.takePayment(reference)).toEqual({ outcome: 'declined' })
  const asking = world.edge('createCustomer', { contact_id: contact, payment_data: { pm_id: 'pm_card_visa' } })
  await until(
    async () =>
      (
        await world.sql`
    select 1 from payment_attempts where onboarding_id = ${reference.onboardingId} and number = 2`
      ).length === 1,
  )
  const confirming = stripe.hold(`${reference.onboardingId}/confirm/1/2/`, 'before')
  const paying = held.takePayment(reference)
  await confirming.reached()
  await world.atStripe('POST', `/v1/payment_intents/${(await objectsOf(reference))[0]!.id}/cancel`)
  await confirming.release()
  expect(await paying).toEqual({ outcome: 'paid' })
  expect((await objectsOf(reference)).map(({ state }) => state)).toEqual(['dead', 'paid'])
  expect((await world.ledger(bc)).charges).toMatchObject([{ amount: 1500 }])
  await world.activities.activateAndEnroll(reference)
  await asking
})
