import { expect, test } from 'vitest'
import { until } from '../../support/until.ts'
import { withStripeEvents, world, send, event, activeCustomer } from '../../support/api/stripe-events.ts'

// What an operator changes in the dashboard of Stripe.

withStripeEvents()

const sees = (bc: string, type: string) => until(async () => (await world.eventTypes(bc)).includes(type))

test('records a charge that is refunded in the dashboard; the customer counts as not charged', async () => {
  const { bc, charge } = await activeCustomer()
  await world.atStripe('POST', '/v1/refunds', { payment_intent: charge.payment_intent })
  await sees(bc, 'charge.refunded')
  expect(await world.billingCustomer(bc)).toMatchObject({ status: 'active', initial_charged: false })
})

test('a partial refund changes nothing', async () => {
  const { bc, charge } = await activeCustomer()
  await world.atStripe('POST', '/v1/refunds', { payment_intent: charge.payment_intent, amount: '500' })
  await world.allDelivered()
  await world.moneySettled(bc)
  expect(await world.billingCustomer(bc)).toMatchObject({ status: 'active', initial_charged: true })
})

test('a dispute needs an operator, once', async () => {
  const { bc, charge } = await activeCustomer()
  await world.simulate('disputes', { charge: charge.id })
  await sees(bc, 'charge.disputed')
  await world.simulate('webhooks', { type: 'charge.dispute.created', times: 5 })
  await world.allDelivered()
  await world.moneySettled(bc)
  const types = await world.eventTypes(bc)
  expect(types.filter((type) => type === 'onboarding.needs_person')).toHaveLength(1)
  const { needs_person } = await world.billingCustomer(bc)
  expect(needs_person).toMatchObject({
    reason: 'disputed',
    what_to_do: expect.stringContaining('respond to it'),
  })
  expect(Object.keys(await world.admin('needs-person', { 'billing-customer': bc }))).toEqual([needs_person.charge_id])
  const decided = { outcome: 'keep', reason: 'won' }
  expect((await world.asNative('POST', `/v1/charges/${needs_person.charge_id}/resolve`, decided)).status).toBe(200)
  expect(await world.billingCustomer(bc)).toMatchObject({ needs_person: null, initial_charged: true })
  expect(await world.admin('needs-person', { 'billing-customer': bc })).toEqual({})
})

test('removes a method that was detached in the dashboard; an event alone changes nothing', async () => {
  const { bc, paymentMethodId } = await activeCustomer()
  await send(
    event({ object: 'payment_method', id: paymentMethodId }, { id: 'evt_lie', type: 'payment_method.detached' }),
  )
  expect((await world.edge('getCustomer', { bc_id: bc })).body.data.bc_payment_data.pm_id).toBe(paymentMethodId)
  await world.atStripe('POST', `/v1/payment_methods/${paymentMethodId}/detach`)
  await sees(bc, 'billing_customer.payment_method_removed')
  expect((await world.edge('getCustomer', { bc_id: bc })).body.data.bc_payment_data).toBeNull()
})

test('removes the method of a customer that is deleted in the dashboard from the record', async () => {
  const { bc, gatewayCustomerId } = await activeCustomer()
  await world.atStripe('DELETE', `/v1/customers/${gatewayCustomerId}`)
  await sees(bc, 'billing_customer.payment_method_removed')
})

test('a customer is deleted without an event between two cards: the second card pays through a new one', async () => {
  const { bc, page } = await world.openSetup()
  await page.submitCard('4000000000000002')
  await until(async () => !(await page.progress()).body.paying)
  const [row] = await world.sql<{ gatewayCustomerId: string; objectId: string }[]>`
    select p.gateway_customer_id, p.object_id from payment_objects p join onboardings o on o.id = p.onboarding_id
    where o.billing_customer_id = ${bc}`
  await world.atStripe('POST', `/v1/payment_intents/${row!.objectId}/cancel`)
  world.simulator.sendEventsTo({ url: `${world.apiUrl}/nowhere`, secret: 'x' })
  await world.atStripe('DELETE', `/v1/customers/${row!.gatewayCustomerId}`)
  await page.submitCard()
  expect(await world.ended(bc)).toBe('completed')
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})
