import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { untilStatus, upload } from '../../../bulk/bulk.ts'
import { continueToPayPal, isDone, openOnPhone, pageWorld } from '../../../support/phone.ts'

// An installation without an account at Stripe, whose default gateway is PayPal therefore.

const own = pageWorld(() => ({ stripe: false }))

const gatewaysOf = async (bc: string) => {
  const { body } = await own.world.edge('getCustomer', { bc_id: bc })
  const { gateway } = await own.world.billingCustomer(bc)
  return [gateway, body.data.bc_gateway, body.data.bc_meta._gateway]
}
const allPayPal = ['paypal', 'paypal', 'paypal']

const onboardedByFile = async (file: string) => {
  const { body } = await upload(own.world, file, { query: '?rows_per_second=100&starts_per_second=50' })
  await untilStatus(own.world, body.id, 'completed')
  return own.world.sql<{ state: string; billingCustomerId: string; errors: object[] | null }[]>`
    select state, billing_customer_id, errors from bulk_rows where bulk_id = ${body.id} order by n`
}

test('a record has the gateway that is offered; the customer pays with it on the page', async () => {
  const { world, browser } = own
  const { bc, page: setup } = await world.openSetup()
  expect(await gatewaysOf(bc)).toEqual(allPayPal)
  const phone = await openOnPhone(browser, setup.url.href)
  const [popup] = await Promise.all([phone.page.waitForEvent('popup'), continueToPayPal(phone.page)])
  await popup.getByRole('button', { name: 'Agree and continue' }).click()
  await isDone(phone.page)
  expect(phone.complaints).toEqual([])
  await phone.close()
  await world.ended(bc)
  expect(await world.payPalCharges(bc)).toHaveLength(1)
  expect(await gatewaysOf(bc)).toEqual(allPayPal)
})

test('every door that opens an onboarding without a gateway uses the one that is offered', async () => {
  const { world } = own
  const native = await world.asNative('POST', '/v1/billing_customers', { customer_id: world.newContact() })
  expect([native.status, await gatewaysOf(native.body.id)]).toEqual([201, allPayPal])
  const free = { contact_id: world.newContact(), require_initial: 0 }
  const { body: edge } = await world.edge('createCustomer', free)
  expect([edge.data.bc_gateway, await gatewaysOf(edge.billing_customer_id)]).toEqual(['paypal', allPayPal])
  await world.admin('set-setting', {
    organization: world.seeds.org_id,
    environment: 'sandbox',
    name: 'onboard_new_customers',
    value: 'true',
  })
  const { body: customer } = await world.asNative('POST', '/v1/customers', {})
  const [opened] = await world.sql`
    select b.gateway, o.gateway as onboardings
    from billing_customers b join onboardings o on o.billing_customer_id = b.id
    where b.customer_id = ${customer.id}`
  expect(opened).toEqual({ gateway: 'paypal', onboardings: 'paypal' })
  const [row] = await onboardedByFile(`external_id\nusr_${randomUUID()}\n`)
  expect(await gatewaysOf(row!.billingCustomerId)).toEqual(allPayPal)
})

test('payment methods without a gateway are those of the one that is offered', async () => {
  const { world } = own
  const wallet = () => world.payPalWallet()
  const [byNative, byEdge, byId, byRow, next] = [
    await wallet(),
    await wallet(),
    await wallet(),
    await wallet(),
    await wallet(),
  ]
  const open = (body: object) =>
    world.asNative('POST', '/v1/billing_customers', { customer_id: world.newContact(), ...body })
  const saved = await open({ payment_data: { vault_token: byNative } })
  expect(saved).toMatchObject({ status: 201, body: { status: 'active', gateway: 'paypal' } })
  const edge = await world.edge('createCustomer', {
    contact_id: world.newContact(),
    payment_data: { vault_token: byEdge },
  })
  expect(edge).toMatchObject({ status: 200, body: { data: { bc_status: 'active', bc_gateway: 'paypal' } } })
  const existing = await open({ payment_method_id: byId, require_initial: false })
  expect(existing).toMatchObject({ status: 201, body: { gateway: 'paypal' } })
  const [row] = await onboardedByFile(`external_id,payment_method_id,require_initial\nusr_${randomUUID()},${byRow},0\n`)
  expect(row).toMatchObject({ state: 'done', errors: null })
  await world.ended(row!.billingCustomerId)
  expect(await world.billingCustomer(row!.billingCustomerId)).toMatchObject({ status: 'active', gateway: 'paypal' })
  const path = `/v1/billing_customers/${saved.body.id}/payment_method`
  const replaced = await world.asNative('POST', path, { payment_data: { vault_token: next } })
  expect(replaced).toMatchObject({ status: 200, body: { gateway_payment_method_id: next } })
})

test('ids of another gateway are rejected in the words of the one that is offered', async () => {
  const { world } = own
  const open = (body: object) =>
    world.asNative('POST', '/v1/billing_customers', { customer_id: world.newContact(), ...body })
  const customer = await open({ gateway_customer_id: 'cus_1' })
  expect(customer.body).toMatchObject({
    status: 400,
    errors: [{ param: 'gateway_customer_id', message: 'must not be specified for paypal, which has no customers' }],
  })
  const method = await open({ payment_data: { pm_id: 'pm_card_visa' } })
  expect(method.body.detail).toContain('must contain vault_token and nothing else for paypal')
  const edge = await world.edge('createCustomer', { contact_id: 'c1', payment_data: { pm_id: 'pm_card_visa' } })
  expect([edge.status, edge.body.errors.join()]).toEqual([400, expect.stringContaining('payment_data.vault_token')])
  const { body } = await upload(world, 'external_id,gateway_customer_id\nusr_1,cus_1\n')
  const [row] = await world.sql`select errors from bulk_rows where bulk_id = ${body.id}`
  expect(row!.errors).toMatchObject([{ message: 'must not be specified for paypal, which has no customers' }])
})
