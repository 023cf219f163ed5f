import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300, paypal: true, settings: { paypalOrderFlow: 'two_step' } })
  // No event arrives, so only reconciliation can find something.
  world.paypal!.sendEventsTo({ url: `${world.apiUrl}/nowhere`, webhookId: 'none' })
})
afterAll(() => world.close())

const round = () =>
  world.client.workflow.execute('janitor', {
    workflowId: `janitor-${randomUUID()}`,
    taskQueue: world.taskQueue,
    args: [],
  })
const capture = (order: string, vault_id: string) =>
  world.atPayPal('POST', `/v2/checkout/orders/${order}/capture`, { payment_source: { paypal: { vault_id } } })

/** Declined, and its wallet not removed yet: then a call that seemed lost pays the order after all. */
async function paidUnseen() {
  const { bc, page } = await world.openSetup()
  await world.payPalFault('/v2/checkout/orders/*/capture', 'decline')
  await world.payPalFault('/v3/vault/payment-tokens/*', 'error_before', { method: 'DELETE' })
  await page.submitPayPal()
  await until(async () => !(await page.progress()).body.paying)
  const [row] = await world.sql<{ order: string; wallet: string }[]>`
    select p.object_id as order, a.method_id as wallet from payment_objects p
    join payment_attempts a on a.onboarding_id = p.onboarding_id join onboardings o on o.id = p.onboarding_id
    where o.billing_customer_id = ${bc}`
  expect((await capture(row!.order, row!.wallet)).status).toBe(201)
  return { bc, ...row! }
}

test('an order that is paid at PayPal and not here: the onboarding continues, charged once', async () => {
  const { bc } = await paidUnseen()
  expect((await world.billingCustomer(bc)).status).toBe('pending')
  expect(await round()).toMatchObject({ unknown: 0, notListed: [] })
  expect(await world.ended(bc)).toBe('completed')
  expect(await world.payPalCharges(bc)).toMatchObject([{ amount: 1500, refunded_amount: 0 }])
  const { body } = await world.edge('getCustomer', { bc_id: bc })
  // Its removal was claimed, so it may be gone already: the customer is active without a method (decision 12).
  expect(body.data).toMatchObject({ bc_status: 'active', bc_payment_data: null })
})

test('an order of an ended onboarding is refunded', async () => {
  const { bc } = await paidUnseen()
  await world.sql.begin(async (sql) => {
    await sql`update onboardings set result = 'canceled', ended_at = now(), wake_at = null
      where billing_customer_id = ${bc}`
    await sql`update charges set state = 'canceled' where billing_customer_id = ${bc}`
    await sql`update payment_objects set state = 'dead' where onboarding_id in (select id from onboardings
      where billing_customer_id = ${bc})`
  })
  await round()
  await until(async () => (await world.payPalCharges(bc))[0].refunded_amount === 1500)
})

test('an order that names our onboarding but has no row is recorded for operators; nothing is charged', async () => {
  const wallet = await world.payPalWallet()
  const amount = { currency_code: 'USD', value: '15.00' }
  const unit = { amount, invoice_id: 'onb_of_a_lost_database', custom_id: 'organization_id=org_x&environment=sandbox' }
  const { body: order } = await world.atPayPal('POST', '/v2/checkout/orders', {
    intent: 'CAPTURE',
    purchase_units: [unit],
  })
  await capture(order.id, wallet)
  const before = (await world.simulatePayPal('ledger')).body.charges.length
  expect(await round()).toMatchObject({ unknown: 1 })
  const rows = await world.sql`select state, type from gateway_events where object_id = ${order.id}`
  expect(rows).toEqual([{ state: 'dead', type: 'janitor.unknown_payment' }])
  expect((await world.simulatePayPal('ledger')).body.charges).toHaveLength(before)
})

test('if the app may not search transactions, the round reports it and checks everything else', async () => {
  await world.payPalFault('/v1/reporting/transactions', 'decline', {
    method: 'GET',
    code: 'PERMISSION_DENIED',
    times: 2,
  })
  expect(await round()).toMatchObject({ notListed: ['paypal/sandbox'] })
})
