import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../../support/until.ts'
import { createWorld, type World } from '../../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300, paypal: true, listen: true, distrustsPayPal: true })
})
afterAll(() => world.close())

const said = 'VAULT.PAYMENT-TOKEN.DELETED'
const happens = (id: string) => world.simulatePayPal('events', { type: said, resource: { id } })
const taken = async (id: string) =>
  (await world.sql`select 1 from gateway_events where type = ${said} and object_id = ${id}`).length > 0
const refused = async () => {
  const [row] = await world.sql<{ forged: number; notTrusted: number }[]>`
    select coalesce(sum(count), 0)::int as forged, coalesce(sum(not_trusted), 0)::int as not_trusted
    from refused_gateway_events`
  return row!
}
/** What was logged of certificates, by level. */
const levels = () =>
  world.logged
    .filter((line) => line.includes('certificate'))
    .map((line) => (JSON.parse(line) as { level: string }).level)

test('an event with an untrusted certificate is accepted with a warning if PayPal verifies it', async () => {
  await happens('vouched')
  await until(() => taken('vouched'))
  expect(levels()).toEqual(['warn'])
  expect(await refused()).toEqual({ forged: 0, notTrusted: 0 })
})

test('if PayPal cannot verify it, it is rejected, counted separately and logged; PayPal retries', async () => {
  const path = '/v1/notifications/verify-webhook-signature'
  await world.payPalFault(path, 'decline', { code: 'PERMISSION_DENIED', times: 1000 })
  await happens('unsure')
  await until(() => levels().includes('error'))
  await world.simulatePayPal('webhooks', { forge: true })
  await until(async () => (await refused()).forged > 0)
  expect((await refused()).notTrusted).toBeGreaterThan(0)
  expect(await taken('unsure')).toBe(false)
  await world.clearPayPalFaults()
  await until(() => taken('unsure'))
})

test('an unsigned event is counted as forged', async () => {
  const before = await refused()
  expect((await world.request('/webhooks/paypal', { method: 'POST', body: '{}' })).status).toBe(400)
  expect(await refused()).toEqual({ ...before, forged: before.forged + 1 })
})
