import Stripe from 'stripe'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { apiVersion } from '../../../gateways/stripe/api-version.ts'
import { until } from '../../support/until.ts'
import { createWorld, type World } from '../../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ listen: true })
})
const hearEvents = () =>
  world.simulator.sendEventsTo({ url: `${world.apiUrl}/webhooks/stripe`, secret: 'whsec_test_only' })
afterEach(async () => {
  await world.clearFaults()
  hearEvents()
})
afterAll(() => world.close())

const signer = new Stripe('sk_test_x', { telemetry: false }).webhooks

function send(event: object, options: { secret?: string; timestamp?: number; body?: string; also?: string } = {}) {
  const payload = JSON.stringify(event)
  const signature = signer.generateTestHeaderString({
    payload,
    secret: options.secret ?? 'whsec_test_only',
    ...(options.timestamp ? { timestamp: options.timestamp } : {}),
  })
  return world.request('/webhooks/stripe', {
    method: 'POST',
    body: options.body ?? payload,
    headers: { 'Stripe-Signature': signature + (options.also ?? ''), 'Content-Type': 'application/json' },
  })
}
const now = () => Math.floor(Date.now() / 1000)
const event = (object: object, more: object = {}) => ({
  id: 'evt_1',
  object: 'event',
  api_version: apiVersion as string | null | undefined,
  type: 'payment_intent.succeeded',
  created: now(),
  livemode: false,
  data: { object },
  ...more,
})
const ours = { object: 'payment_intent', id: 'pi_unknown', metadata: { onboarding_id: 'onb_1' } }

const stateOf = async (id: string) =>
  (await world.sql<{ state: string }[]>`select state from gateway_events where id = ${id}`)[0]?.state
const counted = async () =>
  Number((await world.sql`select coalesce(sum(count), 0) as n from refused_gateway_events`)[0]!.n)

test('rejects forged, modified, old, future and misdirected events with 400', async () => {
  expect((await send(event(ours), { secret: 'whsec_of_somebody_else' })).status).toBe(400)
  expect((await send(event(ours), { body: JSON.stringify(event({ ...ours, id: 'pi_other' })) })).status).toBe(400)
  expect((await send(event(ours), { timestamp: now() - 301 })).status).toBe(400)
  expect((await send(event(ours), { timestamp: now() + 360 })).status).toBe(400)
  expect((await world.request('/webhooks/stripe', { method: 'POST', body: '{}' })).status).toBe(400)
})

test('accepts events up to five minutes early or late, and both secrets during a rotation', async () => {
  const strange = (id: string) => event({ ...ours, metadata: {} }, { id })
  expect((await send(strange('evt_late_by_270'), { timestamp: now() - 270 })).status).toBe(200)
  expect((await send(strange('evt_early_by_290'), { timestamp: now() + 290 })).status).toBe(200)
  expect((await send(strange('evt_next'), { secret: 'whsec_test_next' })).status).toBe(200)
  // Stripe signs with both for as long as the old one holds.
  expect((await send(strange('evt_both'), { secret: 'whsec_test_next', also: `,v1=${'0'.repeat(64)}` })).status).toBe(
    200,
  )
  expect((await send(strange('evt_old'), { secret: 'whsec_test_old' })).status).toBe(400)
})

test('accepts and logs events of the other mode and of unknown types, which change nothing', async () => {
  const before = await counted()
  const unknown = { id: 'evt_unknown_type', type: 'v9.thing.happened' }
  expect((await send(event({ object: 'v9.thing', id: 'thing_1' }, unknown))).status).toBe(200)
  expect((await send(event(ours, { id: 'evt_other_mode', livemode: true }))).status).toBe(200)
  for (const id of ['evt_unknown_type', 'evt_other_mode']) {
    expect(await stateOf(id)).toBe('done')
    expect(world.logged.filter((line) => line.includes(id))).toHaveLength(1)
  }
  expect(await counted()).toBe(before)
})

test('requests an event again that arrives before our row, but not one about other objects', async () => {
  const early = await send(event(ours))
  expect(early.status).toBe(503)
  expect(early.headers.get('Retry-After')).not.toBeNull()
  expect((await send(event({ ...ours, metadata: {} }))).status).toBe(200)
  expect((await send(event(ours, { created: now() - 4_000 }))).status).toBe(200)
  expect((await send(event({ object: 'customer', id: 'cus_1' }, { type: 'customer.updated' }))).status).toBe(200)
})

test('marks an event only after it was processed; one without a match becomes a dead letter', async () => {
  await send(event(ours, { id: 'evt_early' }))
  expect(await stateOf('evt_early')).toBeUndefined()
  await send(event(ours, { id: 'evt_late', created: now() - 4_000 }))
  expect(await stateOf('evt_late')).toBe('dead')
  await send(event({ ...ours, metadata: {} }, { id: 'evt_strange' }))
  expect(await stateOf('evt_strange')).toBe('done')
})

test('counts rejected events by reason, and rejects an endpoint of another API version with it', async () => {
  const counts = async () =>
    (
      await world.sql<{ forged: number; otherVersion: number }[]>`
        select coalesce(sum(count), 0)::integer as forged, coalesce(sum(other_version), 0)::integer as other_version
        from refused_gateway_events`
    )[0]!
  const before = await counts()
  await send(event(ours), { secret: 'whsec_of_somebody_else' })
  for (const api_version of ['2020-08-27', '', null, undefined]) {
    const other = await send(event(ours, { api_version }))
    expect([other.status, other.body.error]).toEqual([400, expect.stringContaining('another API version')])
  }
  expect(await counts()).toEqual({ forged: before.forged + 1, otherVersion: before.otherVersion + 4 })
})

async function activeCustomer() {
  const { bc, page } = await world.openSetup()
  await page.submitCard()
  await world.ended(bc)
  const [charge] = (await world.ledger(bc)).charges
  const [row] = await world.sql<{ paymentMethodId: string; gatewayCustomerId: string }[]>`
    select payment_method_id, gateway_customer_id from billing_customers where id = ${bc}`
  return { bc, charge, ...row! }
}
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
    what_to_do: expect.stringContaining('Respond to the dispute'),
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

test('requests an event again whose object cannot be read, and records it only once it was read', async () => {
  const { bc, paymentMethodId } = await activeCustomer()
  const path = `/v1/payment_methods/${paymentMethodId}`
  world.simulator.sendEventsTo({ url: `${world.apiUrl}/nowhere`, secret: 'x' })
  await world.atStripe('POST', `${path}/detach`)
  // Stripe sends it again: by then the method must be out of reach.
  await world.fault(path, 'reset', { method: 'GET', times: 100 })
  hearEvents()
  const detached = event(
    { object: 'payment_method', id: paymentMethodId },
    { id: 'evt_detached', type: 'payment_method.detached' },
  )
  const first = await send(detached)
  expect([first.status, await stateOf('evt_detached')]).toEqual([503, undefined])
  expect(first.headers.get('Retry-After')).not.toBeNull()
  await world.clearFaults()
  expect((await send(detached)).status).toBe(200)
  expect(await stateOf('evt_detached')).toBe('done')
  expect(await world.eventTypes(bc)).toContain('billing_customer.payment_method_removed')
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

test('a thousand events in any order, half of them forged, change nothing; forged ones are counted', async () => {
  const { bc } = await activeCustomer()
  await world.allDelivered()
  await world.moneySettled(bc)
  const before = await world.eventTypes(bc)
  const refusedBefore = await counted()
  const once = (await world.simulate('webhooks', { times: 1 })).body.sent as number
  const times = Math.ceil(500 / once)
  const genuine = (await world.simulate('webhooks', { times, shuffle: true })).body.sent as number
  const forged = (await world.simulate('webhooks', { times, shuffle: true, forge: true })).body.sent as number
  expect(genuine + forged).toBeGreaterThanOrEqual(1_000)
  await until(counted, (count) => count >= refusedBefore + forged, 200_000)
  // One that was not answered in time is sent again, and may be counted twice.
  const count = await counted()
  const { forged_again } = (await world.simulate('webhooks', { event_id: 'none' })).body
  await world.allDelivered()
  await world.moneySettled(bc)
  expect(count).toBeLessThanOrEqual(refusedBefore + forged + forged_again)
  expect(await world.eventTypes(bc)).toEqual(before)
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

test('repeated, out-of-order and forged events change nothing', async () => {
  const { bc, page } = await world.openSetup()
  await page.submitCard('4000000000000002')
  await until(async () => !(await page.progress()).body.paying)
  await page.submitCard()
  await world.ended(bc)
  const before = await world.eventTypes(bc)
  await world.simulate('webhooks', { times: 20, shuffle: true })
  await world.simulate('webhooks', { times: 20, forge: true })
  await world.allDelivered()
  await world.moneySettled(bc)
  expect(await world.eventTypes(bc)).toEqual(before)
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})
