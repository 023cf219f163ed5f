import { afterAll, beforeAll, expect, test } from 'vitest'
import { chargesIn } from '../../../../payments/charges/charge-of.ts'
import type { Answer } from '../../../../support/answer.ts'
import { until } from '../../../../support/until.ts'
import { createWorld, type World } from '../../../../support/world/world.ts'

let world: World
let charges: ReturnType<typeof chargesIn>
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300, paypal: true })
  charges = chargesIn(world)
})
afterAll(() => world.close())

const close = (bc: string, extra: object = {}): Promise<Answer> =>
  world.asNative('POST', `/v1/billing_customers/${bc}/close`, { reason: 'the contract has ended', ...extra })
const open = (customer: string, extra: object = {}): Promise<Answer> =>
  world.asNative('POST', '/v1/billing_customers', { customer_id: customer, ...extra })
const act = (bc: string, name: string, body: object = {}) =>
  world.asNative('POST', `/v1/billing_customers/${bc}/${name}`, body)

/** An active billing customer that is enrolled, with its charge. */
async function active(card?: string | 'paypal') {
  const paid = await charges.paid(card)
  const { customer_id } = await world.billingCustomer(paid.bc)
  return { ...paid, customer: customer_id as string }
}

/** The saved methods of a billing customer that are attached to its Stripe customer. */
const attached = async (bc: string) =>
  (await world.ledger(bc)).methods.filter((method: { customer: string | null }) => method.customer !== null)
const detached = (bc: string) => until(async () => (await attached(bc)).length === 0)
const count = async (bc: string, type: string) => (await world.eventTypes(bc)).filter((each) => each === type).length

const free = { amount: 0, currency: 'USD' }
/** The customer enters another card on the page of the next onboarding. */
async function completeAgain(bc: string, opened: Answer, shown: object = free) {
  await world.pageOf(opened.body.setup_url).submitCard(undefined, shown)
  expect(await world.ended(bc)).toBe('completed')
}

test('an active customer: enrollments, method, links and the charge end; a repeat changes nothing', async () => {
  const { bc, id, customer } = await active()
  const { body: link } = await world.edge('buildCustomerProfileSetup', { contact_id: customer })
  const page = world.pageOf(link.data.setup_url)
  const closed = await close(bc, { refund_initial: true })
  expect(closed).toMatchObject({
    status: 200,
    body: { status: 'closed', payment_method: null, initial_charged: false },
  })
  const { body: enrollments } = await world.asNative('GET', `/v1/enrollments?billing_customer_id=${bc}`)
  expect(enrollments.data.map(({ status }: { status: string }) => status)).toEqual(['canceled'])
  await charges.becomes(id, 'refunded')
  await detached(bc)
  expect((await page.open()).status).toBe(404)
  expect((await close(bc, { refund_initial: true })).body.status).toBe('closed')
  expect((await world.ledger(bc)).refunds).toHaveLength(1)
  expect(await world.eventTypes(bc)).toEqual(
    expect.arrayContaining([
      'billing_customer.enrollment_canceled',
      'billing_customer.payment_method_removed',
      'billing_customer.closed',
    ]),
  )
  expect([await count(bc, 'billing_customer.closed'), await count(bc, 'charge.refunded')]).toEqual([1, 1])
  for (const refused of [
    await act(bc, 'suspend'),
    await act(bc, 'restore'),
    await act(bc, 'payment_method'),
    await world.asNative('POST', '/v1/enrollments', {
      billing_customer_id: bc,
      billable_item_id: world.seeds.item_id,
    }),
  ])
    expect(refused).toMatchObject({ status: 409, body: { code: 'billing_customer_closed' } })
  for (const list of [`/v1/billing_customers?status=closed&customer_id=${customer}`, '/v1/customers?status=closed'])
    expect((await world.asNative('GET', list)).body.data.map(({ id: each }: { id: string }) => each)).toContain(
      list.startsWith('/v1/c') ? customer : bc,
    )
  expect((await world.asNative('DELETE', `/v1/customers/${customer}`)).status).toBe(204)
})

test('asked for again: pending with its next onboarding; the charge stands and is never made again', async () => {
  const { bc, id, customer } = await active()
  await charges.refund(id, 500)
  await charges.settled(id)
  await close(bc)
  await detached(bc)
  for (const opened of [
    await open(customer, { require_initial: true, initial_amount: 2000, billable_item_id: world.seeds.item_id }),
    await open(customer, { require_initial: true, initial_amount: 2000, billable_item_id: world.seeds.item_id }),
  ])
    expect(opened).toMatchObject({
      status: 200,
      body: {
        existing: true,
        status: 'pending',
        initial_charged: true,
        payment_method: null,
        onboarding: { n: 2, status: 'pending', amount: 0, standing_charge_id: id },
      },
    })
  expect((await act(bc, 'initial_amount', { amount: 2500, reason: 'x' })).body.code).toBe('nothing_to_charge')
  await completeAgain(bc, await open(customer))
  expect(await world.billingCustomer(bc)).toMatchObject({ status: 'active', initial_charged: true })
  expect((await world.ledger(bc)).charges).toHaveLength(1)
  expect(await charges.get(id)).toMatchObject({ status: 'succeeded', refunded_amount: 500 })
  expect(await world.eventTypes(bc)).toEqual(
    expect.arrayContaining(['billing_customer.closed', 'billing_customer.reopened']),
  )
  await close(bc, { refund_initial: true })
  expect((await charges.becomes(id, 'refunded')).refunds.map(({ amount }: { amount: number }) => amount)).toEqual([
    500, 1000,
  ])
})

test('a canceled onboarding leaves the standing charge; without a charge due, active at once', async () => {
  const { bc, id, customer } = await active()
  await close(bc)
  const { body } = await open(customer)
  expect(body.onboarding.standing_charge_id).toBe(id)
  await act(bc, 'cancel', { reason: 'not now' })
  expect(await world.ended(bc)).toBe('canceled')
  expect(await charges.get(id)).toMatchObject({ status: 'succeeded', refunded_amount: 0 })
  expect((await open(customer, { require_initial: false })).body).toMatchObject({
    status: 'active',
    onboarding: { n: 3, standing_charge_id: id },
  })
})

test('fully refunded: the next onboarding charges, once', async () => {
  const { bc, id, customer } = await active()
  await close(bc, { refund_initial: true })
  await charges.becomes(id, 'refunded')
  const opened = await open(customer)
  expect(opened.body.onboarding).toMatchObject({ amount: 1500, standing_charge_id: null })
  await completeAgain(bc, opened, { amount: 1500, currency: 'USD' })
  expect((await world.ledger(bc)).charges).toHaveLength(2)
  expect((await world.ledger(bc)).refunded).toBe(1500)
})

test('the next onboarding waits for a pending refund; if that fails, the charge stands', async () => {
  await world.simulatePayPal('settings', { refund_status: 'PENDING' })
  const { bc, id, customer } = await active('paypal')
  await close(bc, { refund_initial: true })
  const { refunds } = await until(
    () => charges.get(id),
    (charge) => charge.refunds[0].gateway_refund_id !== null,
  )
  const opened = await open(customer, { gateway: 'stripe' })
  const page = world.pageOf(opened.body.setup_url)
  await page.submitCard()
  await until(async () => (await world.billingCustomer(bc)).onboarding.blocked_on === 'gateway')
  await world.simulatePayPal(`refunds/${refunds[0].gateway_refund_id}`, { status: 'FAILED' })
  await world.client.workflow.getHandle(`money/${id}`).signal('recordChanged')
  await until(async () => (await world.billingCustomer(bc)).onboarding.standing_charge_id === id)
  await until(async () => !(await page.progress()).body.paying)
  await page.submitCard(undefined, free)
  expect(await world.ended(bc)).toBe('completed')
  expect((await world.ledger(bc)).charges).toHaveLength(0)
  expect(await charges.get(id)).toMatchObject({ status: 'succeeded', refunded_amount: 0 })
  await world.simulatePayPal('settings', { refund_status: 'COMPLETED' })
})

test('twice at once, with refunds: closed once, refunded once', async () => {
  const { bc, id } = await active()
  const answers = await Promise.all([
    close(bc, { refund_initial: true }),
    charges.refund(id, 700),
    close(bc),
    charges.refund(id, 700),
    close(bc, { refund_initial: true }),
    charges.refund(id),
  ])
  expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true)
  await charges.becomes(id, 'refunded')
  expect((await world.ledger(bc)).refunded).toBe(1500)
  expect(await count(bc, 'billing_customer.closed')).toBe(1)
  expect(await count(bc, 'billing_customer.enrollment_canceled')).toBe(1)
  await detached(bc)
})

test('nothing runs at the time: what closing leaves is done afterwards, also if the gateway fails', async () => {
  const { bc, id } = await active()
  await world.stopWorker()
  expect((await close(bc, { refund_initial: true })).status).toBe(200)
  expect(await attached(bc)).toHaveLength(1)
  await world.fault('/v1/payment_methods/*/detach', 'error_after', { times: 1 })
  await world.startWorker()
  await charges.becomes(id, 'refunded')
  await detached(bc)
  await until(
    async () => (await world.sql`select 1 from method_releases where billing_customer_id = ${bc}`).length === 0,
  )
})

test('a live replacement is canceled, and its method is removed too', async () => {
  const { bc, customer } = await active()
  const { body } = await act(bc, 'payment_method')
  const bank = await world.hold('/v1/setup_intents/*/confirm')
  await world.pageOf(body.replacement.setup_url).submitCard('4000056655665556', free)
  await bank.reached()
  await close(bc)
  expect((await open(customer)).body.code).toBe('onboarding_closing')
  await bank.release()
  const opened = await until(
    () => open(customer),
    ({ status }) => status === 200,
  )
  expect(opened.body.onboarding).toMatchObject({ n: 3, amount: 0 })
  await detached(bc)
})

test('operators refund and close by command', async () => {
  const { bc, id } = await active()
  const told = { reason: 'by telephone', operator: 'Kim' }
  expect(await world.admin('refund-charge', { charge: id, amount: '500', ...told })).toEqual({
    charge: id,
    status: 'succeeded',
  })
  await charges.settled(id)
  expect(await world.admin('close', { 'billing-customer': bc, 'refund-initial': 'yes', ...told })).toEqual({
    billing_customer: bc,
    status: 'closed',
    refunding: id,
  })
  expect((await charges.becomes(id, 'refunded')).refunded_amount).toBe(1500)
  await expect(world.admin('restore', { 'billing-customer': bc })).rejects.toThrow('is closed')
})

test('a suspended customer can be closed, a pending one cannot', async () => {
  const { bc } = await active()
  await act(bc, 'suspend')
  expect((await close(bc)).body.status).toBe('closed')
  const waiting = await world.openSetup()
  expect((await close(waiting.bc)).body).toMatchObject({ code: 'billing_customer_pending', param: 'id' })
  expect((await close(bc, { reason: '' })).body).toMatchObject({ status: 400, param: 'reason' })
  expect((await close('bc_01k2j0q8e5f7g9h1j3k5m7n9p1')).status).toBe(404)
})

test('a wallet that another billing customer uses stays at PayPal', async () => {
  const email = 'shared@payer.example'
  world.secrets.add(email)
  const payers = await Promise.all([world.openSetup(), world.openSetup()])
  await world.simulatePayPal('settings', { multiple_payment_tokens: false })
  for (const { bc, page } of payers) {
    await page.submitPayPal(undefined, email)
    await world.ended(bc)
  }
  const [first, second] = await Promise.all(payers.map(({ bc }) => world.billingCustomer(bc)))
  expect(first.gateway_payment_method_id).toBe(second.gateway_payment_method_id)
  await close(first.id)
  await until(async () => (await world.sql`select 1 from method_releases`).length === 0)
  const token = `/v3/vault/payment-tokens/${second.gateway_payment_method_id}`
  expect((await world.atPayPal('GET', token)).status).toBe(200)
  await close(second.id)
  await until(async () => (await world.atPayPal('GET', token)).status === 404)
  await world.simulatePayPal('settings', { multiple_payment_tokens: true })
})

test('the payment method can be removed where nothing is enrolled', async () => {
  const { bc } = await active()
  const remove = () => world.asNative('DELETE', `/v1/billing_customers/${bc}/payment_method`)
  expect(await remove()).toMatchObject({ status: 409, body: { code: 'billing_customer_enrolled', param: 'id' } })
  const { body: enrollments } = await world.asNative('GET', `/v1/enrollments?billing_customer_id=${bc}`)
  await world.asNative('POST', `/v1/enrollments/${enrollments.data[0].id}/cancel`)
  expect((await remove()).body).toMatchObject({
    status: 'active',
    payment_method: null,
    gateway_payment_method_id: null,
    initial_charged: true,
  })
  await detached(bc)
  expect((await remove()).status).toBe(200)
  expect(await count(bc, 'billing_customer.payment_method_removed')).toBe(1)
  const { body } = await act(bc, 'payment_method')
  await world.pageOf(body.replacement.setup_url).submitCard(undefined, free)
  await until(async () => (await world.billingCustomer(bc)).payment_method !== null)
})

test('a payment method that the caller sent stays at Stripe', async () => {
  const { body: customer } = await world.atStripe('POST', '/v1/customers')
  const { body: method } = await world.atStripe('POST', '/v1/payment_methods/pm_card_visa/attach', {
    customer: customer.id,
  })
  const contact = world.newContact()
  const { body: made } = await world.asNative('POST', '/v1/customers', { external_id: contact })
  await world.sql`
    insert into gateway_customers (environment, organization_id, customer_id, gateway, i, gateway_customer_id)
    values ('sandbox', ${world.seeds.org_id}, ${made.id}, 'stripe', 1, ${customer.id})`
  const opened = await open(made.id, { payment_data: { pm_id: method.id } })
  expect(opened.body.status).toBe('active')
  await close(opened.body.id)
  await until(async () => (await world.sql`select 1 from method_releases`).length === 0)
  expect((await world.atStripe('GET', `/v1/payment_methods/${method.id}`)).body.customer).toBe(customer.id)
})
