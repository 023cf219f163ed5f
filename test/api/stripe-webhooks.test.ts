import Stripe from 'stripe'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const signer = new Stripe('sk_test_x', { telemetry: false }).webhooks

function send(event: object, options: { secret?: string; timestamp?: number; body?: string } = {}) {
  const payload = JSON.stringify(event)
  const signature = signer.generateTestHeaderString({
    payload,
    secret: options.secret ?? 'whsec_test_only',
    ...(options.timestamp ? { timestamp: options.timestamp } : {}),
  })
  return world.request('/webhooks/stripe', {
    method: 'POST',
    body: options.body ?? payload,
    headers: { 'Stripe-Signature': signature, 'Content-Type': 'application/json' },
  })
}
const now = () => Math.floor(Date.now() / 1000)
const event = (object: object, more: object = {}) => ({
  id: 'evt_1',
  object: 'event',
  type: 'payment_intent.succeeded',
  created: now(),
  livemode: false,
  data: { object },
  ...more,
})
const ours = { object: 'payment_intent', id: 'pi_unknown', metadata: { onboarding_id: 'onb_1' } }

test('forged, changed, old, future and foreign events are refused with 400', async () => {
  expect((await send(event(ours), { secret: 'whsec_of_somebody_else' })).status).toBe(400)
  expect((await send(event(ours), { body: JSON.stringify(event({ ...ours, id: 'pi_other' })) })).status).toBe(400)
  expect((await send(event(ours), { timestamp: now() - 301 })).status).toBe(400)
  expect((await send(event(ours), { timestamp: now() + 301 })).status).toBe(400)
  expect((await send(event(ours, { livemode: true }))).status).toBe(400)
  expect((await world.request('/webhooks/stripe', { method: 'POST', body: '{}' })).status).toBe(400)
})

test('an event of ours that came before our row is asked for again; a stranger’s is not', async () => {
  const early = await send(event(ours))
  expect(early.status).toBe(503)
  expect(early.headers.get('Retry-After')).not.toBeNull()
  expect((await send(event({ ...ours, metadata: {} }))).status).toBe(200)
  expect((await send(event(ours, { created: now() - 4_000 }))).status).toBe(200)
  expect((await send(event({ object: 'customer', id: 'cus_1' }, { type: 'customer.updated' }))).status).toBe(200)
})

test('events that come again, in any order and forged, change nothing', async () => {
  const { bc, page } = await world.openSetup()
  await page.submitCard('4000000000000002')
  await until(async () => !(await page.progress()).body.paying)
  await page.submitCard()
  await world.ended(bc)
  const before = await world.eventTypes(bc)
  await world.simulate('webhooks', { times: 20, shuffle: true })
  await world.simulate('webhooks', { times: 20, forge: true })
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  expect(await world.eventTypes(bc)).toEqual(before)
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})
