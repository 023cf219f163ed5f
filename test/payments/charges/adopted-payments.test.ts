import { afterAll, beforeAll, expect, test } from 'vitest'
import { installationAccount } from '../../../domain/reference.ts'
import { adoptPayment } from '../../../payments/charges/adopt-payment.ts'
import { createWorld, type World } from '../../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300, paypal: true })
  // No event arrives, as after a restore.
  world.simulator.sendEventsTo({ url: `${world.apiUrl}/nowhere`, secret: 'none' })
  world.paypal!.sendEventsTo({ url: `${world.apiUrl}/nowhere`, webhookId: 'none' })
})
afterAll(() => world.close())

const account = installationAccount('sandbox', 'stripe')

/** Pays at Stripe for an onboarding, of which nothing is recorded here. */
async function paidThere(onboardingId: string, { amount = '1500', pays = true } = {}): Promise<string> {
  const customer = (await world.atStripe('POST', '/v1/customers')).body.id
  const { body } = await world.atStripe('POST', '/v1/payment_intents', {
    ...{ amount, currency: 'usd', customer, 'allowed_payment_method_types[0]': 'card' },
    'metadata[onboarding_id]': onboardingId,
  })
  const confirm = { payment_method: 'pm_card_visa', return_url: 'https://example.com' }
  if (pays) {
    const paid = await world.atStripe('POST', `/v1/payment_intents/${body.id}/confirm`, confirm)
    expect(paid.body.status).toBe('succeeded')
  }
  return body.id
}

const waiting = async () => {
  const { bc, page } = await world.openSetup()
  return { bc, page, id: (await world.billingCustomer(bc)).onboarding.id as string }
}
const adopt = async (objectId: string, accountId = account.accountId) =>
  adoptPayment(world.sql, await world.gateways.of(account.accountId), { ...account, accountId, objectId })
const objectsOf = (onboardingId: string) => world.sql`
  select k, object_id, state from payment_objects where onboarding_id = ${onboardingId} order by k`

test('a payment without a row becomes the initial charge of the onboarding that it names, once', async () => {
  const { bc, id } = await waiting()
  const objectId = await paidThere(id)
  expect(await adopt(objectId)).toBe(true)
  expect(await world.ended(bc)).toBe('completed')
  expect(await adopt(objectId)).toBe(false)
  expect(await objectsOf(id)).toEqual([{ k: 1, objectId, state: 'paid' }])
  const { initial_charged, status } = await world.billingCustomer(bc)
  expect({ initial_charged, status }).toEqual({ initial_charged: true, status: 'active' })
})

test('a payment of another amount, or that is not paid, is left to a person', async () => {
  const { bc, id } = await waiting()
  expect(await adopt(await paidThere(id, { amount: '2500' }))).toBe(false)
  expect(await adopt(await paidThere(id, { pays: false }))).toBe(false)
  expect(await objectsOf(id)).toEqual([])
  expect((await world.billingCustomer(bc)).status).toBe('pending')
})

test('an onboarding that has ended, or does not exist, gets no payment', async () => {
  const { bc, id } = await waiting()
  await world.edge('buildCustomerProfileSetup', { contact_id: world.newContact() })
  await world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'changed their mind' })
  expect(await world.ended(bc)).toBe('canceled')
  expect(await adopt(await paidThere(id))).toBe(false)
  expect(await adopt(await paidThere('onb_unknown'))).toBe(false)
  expect(await objectsOf(id)).toEqual([])
})

test('an account of another organization cannot pay for an onboarding', async () => {
  const { id } = await waiting()
  const other = world.seeds.other_org.org_id
  await world.sql`
    insert into gateway_accounts (id, organization_id, environment, gateway, vendor_account_id, wrapped_key)
    values ('ga_other', ${other}, 'sandbox', 'stripe', 'acct_other', ${Buffer.from('x')})`
  expect(await adopt(await paidThere(id), 'ga_other')).toBe(false)
  expect(await objectsOf(id)).toEqual([])
})

test('while another payment of the onboarding is open, that one is read again first', async () => {
  const { page, bc, id } = await waiting()
  await page.submitCard('4000000000000002')
  await expect.poll(async () => (await page.progress()).body.steps[1].message).toContain('declined')
  const [open] = await objectsOf(id)
  const found = await paidThere(id)
  expect(await adopt(found)).toBe(false)
  expect(await objectsOf(id)).toEqual([open])
  // It was canceled after the backup: the next round can adopt the other.
  await world.atStripe('POST', `/v1/payment_intents/${open!.objectId}/cancel`)
  await expect.poll(async () => (await adopt(found)) || (await objectsOf(id)).length).toBe(true)
  expect(await world.ended(bc)).toBe('completed')
  expect((await objectsOf(id)).map(({ objectId, state }) => [objectId, state])).toEqual([
    [open!.objectId, 'dead'],
    [found, 'paid'],
  ])
})

test('so does an order at PayPal, with the same customer as any other', async () => {
  const other = await waiting()
  await other.page.submitPayPal()
  expect(await world.ended(other.bc)).toBe('completed')
  const { bc, id } = await waiting()
  const wallet = await world.payPalWallet()
  const { body: order } = await world.atPayPal('POST', '/v2/checkout/orders', {
    intent: 'CAPTURE',
    purchase_units: [{ amount: { currency_code: 'USD', value: '15.00' }, invoice_id: id }],
  })
  const payment_source = { paypal: { vault_id: wallet } }
  await world.atPayPal('POST', `/v2/checkout/orders/${order.id}/capture`, { payment_source })
  const paypal = installationAccount('sandbox', 'paypal')
  const gateway = await world.gateways.of(paypal.accountId)
  expect(await adoptPayment(world.sql, gateway, { ...paypal, objectId: order.id })).toBe(true)
  expect(await world.ended(bc)).toBe('completed')
  const rows = await world.sql<{ onboardingId: string; gatewayCustomerId: string; customerId: string }[]>`
    select p.onboarding_id, p.gateway_customer_id, b.customer_id from payment_objects p
    join onboardings o on o.id = p.onboarding_id join billing_customers b on b.id = o.billing_customer_id
    where p.gateway = 'paypal' and p.state = 'paid'`
  expect(rows.map(({ onboardingId }) => onboardingId).sort()).toEqual([other.id, id].sort())
  for (const { gatewayCustomerId, customerId } of rows) expect(gatewayCustomerId).toBe(customerId)
})
