import { expect, test } from 'vitest'
import { registry } from '../../../metrics/registry.ts'
import { until } from '../../support/until.ts'
import {
  withStripeEvents,
  world,
  hearEvents,
  send,
  now,
  event,
  activeCustomer,
} from '../../support/api/stripe-events.ts'

// Which events of Stripe are accepted, rejected or requested again.

withStripeEvents()

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

/** What the owner of a secret can sign although no gateway sends it. */
const malformed: object[] = [
  ...[{ id: null }, { id: 7 }, { id: '' }, { id: 'evt_\0' }, { id: `evt_${'x'.repeat(300)}` }],
  ...[{ type: null }, { type: 'a b' }, { created: 'today' }, { created: 1e300 }, { created: undefined }],
  ...[{ data: { object: null } }, { data: null }, { data: { object: { object: 'payment_intent', id: ['pi_1'] } } }],
  { type: 'customer.deleted', data: { object: { object: 'customer', id: 'cus_\0' } } },
]

test('rejects signed events that are malformed with 400, counts them and logs no bug', async () => {
  const before = await counted()
  for (const more of malformed) {
    const { status } = await send(event(ours, more))
    expect([more, status]).toEqual([more, 400])
  }
  expect(await counted()).toBe(before + malformed.length)
  expect(world.logged.filter((line) => /"level":"error"|"stack"/.test(line))).toEqual([])
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

test('an event that is early counts as such, and as a failed one 10 minutes after its creation', async () => {
  const early = async () => {
    const { values } = await registry.getSingleMetric('gateway_events_early_total')!.get()
    return values.find(({ labels }) => labels.gateway === 'stripe' && labels.environment === 'sandbox')!.value
  }
  const before = await early()
  for (const age of [0, 590, 610])
    expect((await send(event(ours, { id: `evt_of_age_${age}`, created: now() - age }))).status).toBe(503)
  expect(await early()).toBe(before + 2)
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
