import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../../support/until.ts'
import { createWorld, type World } from '../../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300, paypal: true })
})
afterAll(() => world.close())

const counted = async () =>
  Number((await world.sql`select coalesce(sum(count), 0) as n from refused_gateway_events`)[0]!.n)
const taken = async (type: string, objectId: string) =>
  (await world.sql`select 1 from gateway_events where type = ${type} and object_id = ${objectId}`).length
const sees = (bc: string, type: string) => until(async () => (await world.eventTypes(bc)).includes(type))
const resend = async (order: object) => (await world.simulatePayPal('webhooks', order)).body.sent as number

async function activeCustomer() {
  const { bc, page } = await world.openSetup()
  await page.submitPayPal()
  await world.ended(bc)
  const [charge] = await world.payPalCharges(bc)
  return { bc, charge }
}
const methodOf = async (bc: string) =>
  (await world.edge('getCustomer', { bc_id: bc })).body.data.bc_payment_data?.pm_id ?? null

test('rejects and counts unsigned events with 400', async () => {
  const before = await counted()
  expect((await world.request('/webhooks/paypal', { method: 'POST', body: '{}' })).status).toBe(400)
  expect(await counted()).toBe(before + 1)
})

test('records a capture that is refunded in the dashboard', async () => {
  const { bc, charge } = await activeCustomer()
  await world.atPayPal('POST', `/v2/payments/captures/${charge.id}/refund`, {})
  await sees(bc, 'charge.refunded')
  expect(await world.billingCustomer(bc)).toMatchObject({ status: 'active', initial_charged: false })
})

test('a dispute needs an operator, once; an event that only claims one changes nothing', async () => {
  const { bc, charge } = await activeCustomer()
  const disputed = { disputed_transactions: [{ seller_transaction_id: charge.id }] }
  const said = 'CUSTOMER.DISPUTE.CREATED'
  await world.simulatePayPal('events', { type: said, resource: { dispute_id: 'PP-D-1', ...disputed } })
  await until(() => taken(said, charge.order))
  const [row] = await world.sql<{ id: string }[]>`select id from charges where billing_customer_id = ${bc}`
  await world.client.workflow.getHandle(`money/${row!.id}`).result()
  expect(await world.eventTypes(bc)).not.toContain('charge.disputed')
  await world.simulatePayPal('disputes', { charge: charge.id })
  await sees(bc, 'charge.disputed')
  await resend({ type: said, times: 5 })
  await until(async () => (await taken(said, charge.order)) === 2)
  await world.allDeliveredByPayPal()
  await world.moneySettled(bc)
  const types = await world.eventTypes(bc)
  expect(types.filter((type) => type === 'onboarding.needs_person')).toHaveLength(1)
})

test('removes a wallet if PayPal no longer has it, not because of an event; also one from the caller', async () => {
  const wallet = await world.payPalWallet()
  const { body } = await world.edge('createCustomer', {
    contact_id: world.newContact(),
    gateway: 'paypal',
    bi_id: world.seeds.item_id,
    payment_data: { vault_token: wallet },
  })
  const bc = body.billing_customer_id
  expect(await world.ended(bc)).toBe('completed')
  expect(await methodOf(bc)).toBe(wallet)
  const said = 'VAULT.PAYMENT-TOKEN.DELETED'
  await world.simulatePayPal('events', { type: said, resource: { id: wallet } })
  await until(() => taken(said, wallet))
  expect(await methodOf(bc)).toBe(wallet)
  await world.atPayPal('DELETE', `/v3/vault/payment-tokens/${wallet}`)
  await sees(bc, 'billing_customer.payment_method_removed')
  expect(await methodOf(bc)).toBeNull()
})

test('a thousand events, duplicated, late, out of order and half of them forged, change nothing', async () => {
  const [active, canceled, waiting] = [await activeCustomer(), await world.openSetup(), await world.openSetup()]
  await world.payPalFault('/v2/checkout/orders', 'decline', { code: 'PENDING' })
  await canceled.page.submitPayPal()
  await until(async () => (await world.payPalCharges(canceled.bc)).length === 1)
  await world.asNative('POST', `/v1/billing_customers/${canceled.bc}/cancel`, { reason: 'by phone' })
  const [pending] = await world.payPalCharges(canceled.bc)
  await world.simulatePayPal(`captures/${pending.id}`, { status: 'COMPLETED' })
  expect(await world.ended(canceled.bc)).toBe('canceled')
  await waiting.page.openPayPal()

  const bcs = [active.bc, canceled.bc, waiting.bc]
  const standing = async () => ({
    events: await Promise.all(bcs.map(world.eventTypes)),
    charges: await Promise.all(bcs.map((bc) => world.payPalCharges(bc))),
    rows: await world.sql`select id, state, refund_id, late from charges order by id`,
  })
  const isRefunded = () => world.sql`
    select 1 from charges where billing_customer_id = ${canceled.bc} and state = 'refunded'`
  await until(async () => (await isRefunded()).length === 1)
  const [before, refused] = [await standing(), await counted()]
  const times = Math.ceil(500 / (await resend({ times: 1 })))
  const late = Math.floor(times / 2)
  const genuine =
    (await resend({ times: times - late, shuffle: true })) +
    (await resend({ times: late, shuffle: true, delay_ms: 1_500 }))
  // After the late ones: when these are counted, those have come.
  const forged = await resend({ times, shuffle: true, forge: true, delay_ms: 2_000 })
  expect(genuine + forged).toBeGreaterThanOrEqual(1_000)
  await until(counted, (count) => count >= refused + forged, 200_000)
  // One that was not answered in time is sent again, and may be counted twice.
  const count = await counted()
  const { forged_again } = (await world.simulatePayPal('webhooks', { event_id: 'none' })).body
  expect(count).toBeLessThanOrEqual(refused + forged + forged_again)
  await world.allDeliveredByPayPal()
  expect(await standing()).toEqual(before)
  await waiting.page.submitPayPal()
  expect(await world.ended(waiting.bc)).toBe('completed')
  expect(await world.payPalCharges(waiting.bc)).toMatchObject([{ amount: 1500, refunded_amount: 0 }])
})

// Last: the simulator sends rejected events again and again.
test('rejects signed events that are malformed with 400, and counts them', async () => {
  const before = await counted()
  const sent = [
    { type: 'CHECKOUT.ORDER.APPROVED', resource: { id: 'ORDER\0' } },
    { type: 'VAULT.PAYMENT-TOKEN.DELETED', resource: { id: ['a'] } },
    { type: 'no event', resource: {} },
  ]
  for (const each of sent) await world.simulatePayPal('events', each)
  await until(async () => (await counted()) >= before + sent.length)
})
