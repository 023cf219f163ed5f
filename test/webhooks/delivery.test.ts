import { afterAll, beforeAll, expect, test } from 'vitest'
import { Webhook } from 'standardwebhooks'
import { startReceiver, type Receiver } from '../support/webhooks/receiver.ts'
import { startDelivery } from '../support/webhooks/deliveries.ts'
import { undocumentedWebhook } from '../support/documented/documented.ts'
import { until } from '../support/until.ts'
import type { World } from '../support/world/world.ts'

let delivery: Awaited<ReturnType<typeof startDelivery>>
let world: World
let hooks: (typeof delivery)['hooks']
let receiver: Receiver
beforeAll(async () => {
  delivery = await startDelivery({ longestRetryPause: 300 })
  ;({ world, hooks, receiver } = delivery)
})
afterAll(() => delivery.close())

test('an onboarding arrives signed, each event once and in order', async () => {
  const { id, secret } = await hooks.endpoint(receiver.url)
  const { bc, contact, page } = await world.openSetup()
  await page.submitCard()
  await world.ended(bc)
  const events = await world.sql<{ id: string; type: string; sequence: number }[]>`
    select id, type, sequence from events where billing_customer_id = ${bc} order by sequence`
  const ofContact = () => receiver.arrived.filter(({ data }) => data.billing_customer_id === bc)
  await until(async () => ofContact().length >= events.length)

  expect(ofContact().map(({ id, type, sequence }) => ({ id, type, sequence }))).toEqual([...events])
  for (const { headers, text } of ofContact()) {
    expect(undocumentedWebhook(JSON.parse(text) as { type: string }), text).toBeUndefined()
    expect(new Webhook(secret).verify(text, headers as Record<string, string>)).toBeTruthy()
    expect(JSON.parse(text)).toMatchObject({
      organization_id: world.seeds.org_id,
      environment: 'sandbox',
      api_version: '2026-12-01',
      data: { external_id: contact, customer_id: expect.stringMatching(/^cus_/) },
    })
  }
  await until(
    () => hooks.states(id),
    (states) => states.every(({ state }) => state === 'delivered'),
  )
  const stored = await world.sql`select * from webhook_deliveries natural join webhook_tries where endpoint_id = ${id}`
  expect(JSON.stringify(stored)).not.toContain(contact)
})

test('a rejected event delays the later events of its customer, and of no other customer', async () => {
  const refused = await startReceiver()
  const { id } = await hooks.endpoint(refused.url, { types: ['billing_customer.*'] })
  let refusedCustomer: unknown
  refused.reply(({ data, sequence }, nth) => {
    refusedCustomer ??= data.billing_customer_id
    return data.billing_customer_id === refusedCustomer && sequence === 1 && nth < 3 ? 500 : 200
  })
  const first = await world.openSetup()
  await until(async () => refused.arrived.length >= 1)
  const second = await world.openSetup()
  await until(async () => refused.arrived.some(({ data }) => data.billing_customer_id === second.bc))
  const ofFirst = refused.arrived.filter(({ data }) => data.billing_customer_id === first.bc)
  expect(new Set(ofFirst.map(({ sequence }) => sequence))).toEqual(new Set([1]))
  await world.sql`update webhook_deliveries set due_at = now() where endpoint_id = ${id}`
  await until(async () => refused.arrived.filter(({ sequence }) => sequence === 1).length >= 3)
  await world.sql`update webhook_deliveries set due_at = now() where endpoint_id = ${id}`
  await until(
    () => hooks.states(id),
    (states) => states.every(({ state }) => state === 'delivered'),
  )
  await refused.close()
})
