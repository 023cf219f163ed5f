import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createWorld, type World } from '../../../support/world/world.ts'

// The gateway of a record whose call names none, in an installation with both.

let world: World
beforeAll(async () => {
  world = await createWorld({ paypal: true })
})
beforeEach(() => offer('stripe', 'paypal'))
afterAll(() => world.close())

const offer = (...names: string[]) => world.asNative('PATCH', '/v1/settings', { gateways: names })
const open = (body: object = {}) =>
  world.asNative('POST', '/v1/billing_customers', { customer_id: world.newContact(), ...body })
const edge = (body: object = {}) => world.edge('createCustomer', { contact_id: world.newContact(), ...body })

test('is Stripe wherever it is offered, in any order', async () => {
  await offer('paypal', 'stripe')
  expect((await open()).body.gateway).toBe('stripe')
  expect((await edge()).body.data.bc_gateway).toBe('stripe')
})

test('is PayPal if the organization offers nothing else, also for amounts in other currencies', async () => {
  await offer('paypal')
  const { body } = await open()
  expect([body.gateway, body.onboarding.gateway]).toEqual(['paypal', 'paypal'])
  expect((await edge()).body.data).toMatchObject({ bc_gateway: 'paypal' })
  const { body: customer } = await world.asNative('POST', '/v1/customers', { currency: 'EUR' })
  expect((await open({ customer_id: customer.id })).body).toMatchObject({
    gateway: 'paypal',
    onboarding: { currency: 'EUR' },
  })
})

test('the next onboarding of a record moves to what is offered now, unless its own still is', async () => {
  const { body: first } = await open()
  const again = async () => {
    await world.asNative('POST', `/v1/billing_customers/${first.id}/cancel`, { reason: 'test' })
    await world.ended(first.id)
    return (await open({ customer_id: first.customer_id })).body
  }
  await offer('paypal')
  expect((await again()).gateway).toBe('paypal')
  await offer('stripe', 'paypal')
  const third = await again()
  expect([third.gateway, third.onboarding.gateway, third.onboarding.n]).toEqual(['paypal', 'paypal', 3])
})
