import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectEachDifferenceFound, reconcileRound } from '../support/reconcile/planted.ts'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'

const charges = Number(process.env.RECONCILED_CHARGES ?? 1_200)

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300, paypal: true, settings: { paypalOrderFlow: 'two_step' } })
  // No event arrives, so only reconciliation can find something.
  world.paypal!.sendEventsTo({ url: `${world.apiUrl}/nowhere`, webhookId: 'none' })
})
afterAll(() => world.close())

const round = () => reconcileRound(world)
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

const end = (bc: string) =>
  world.sql.begin(async (sql) => {
    await sql`update onboardings set result = 'canceled', ended_at = now(), wake_at = null
      where billing_customer_id = ${bc}`
    await sql`update charges set state = 'canceled' where billing_customer_id = ${bc}`
    await sql`update payment_objects set state = 'dead' where onboarding_id in (select id from onboardings
      where billing_customer_id = ${bc})`
  })

test('an order of an ended onboarding is refunded', async () => {
  const { bc } = await paidUnseen()
  await end(bc)
  await round()
  await until(async () => (await world.payPalCharges(bc))[0].refunded_amount === 1500)
})

test('one that is pending at first is read until it is paid, and refunded; no list shows it again', async () => {
  await world.simulatePayPal('settings', { capture_status: 'PENDING' })
  const { bc } = await paidUnseen()
  await world.simulatePayPal('settings', { capture_status: 'COMPLETED' })
  await end(bc)
  await round()
  await world.sql`update gateway_lists set compared_until = now() + interval '1 day'`
  await round()
  const [charge] = await world.payPalCharges(bc)
  await world.simulatePayPal(`captures/${charge.id}`, { status: 'COMPLETED' })
  await round()
  await until(async () => (await world.payPalCharges(bc))[0].refunded_amount === 1500)
  await world.sql`update gateway_lists set compared_until = now()`
})

/** Pays once. Returns what is needed to change it at PayPal. */
async function paid() {
  const { bc, page } = await world.openSetup()
  await page.submitPayPal()
  await world.ended(bc)
  const [charge] = await world.payPalCharges(bc)
  const [row] = await world.sql<{ id: string }[]>`select id from charges where billing_customer_id = ${bc}`
  return { bc, capture: charge.id as string, id: row!.id }
}
const refundOf = (captureId: string, body = {}) =>
  world.atPayPal('POST', `/v2/payments/captures/${captureId}/refund`, body)
const stateOf = async (id: string) => (await world.sql`select state from charges where id = ${id}`)[0]!.state as string

test('what the search shows three hours late is compared, and the cursor stays behind it', async () => {
  const late = 3 * 3_600
  await world.sql`delete from gateway_lists`
  await world.simulatePayPal('settings', { reported_after: late })
  const { id, capture: captureId } = await paid()
  await refundOf(captureId)
  await round()
  const compared = await world.sql<{ hours: number }[]>`
    select extract(epoch from now() - compared_until)::float / 3600 as hours from gateway_lists
    where account_id = 'ga_paypal_sandbox' and list = 'payments'`
  const before = await stateOf(id)
  await world.simulatePayPal('settings', { reported_after: 0 })
  await round()
  expect([before, await stateOf(id)]).toEqual(['succeeded', 'refunded'])
  expect(compared).toEqual([{ hours: expect.closeTo(3, 1) }])
})

test('a charge without its transaction id is found by it, which is stored', async () => {
  const { id, capture: captureId } = await paid()
  await world.sql`update payment_objects set transaction_id = null where transaction_id = ${captureId}`
  await refundOf(captureId)
  await round()
  expect(await stateOf(id)).toBe('refunded')
  expect(await world.sql`select 1 from payment_objects where transaction_id = ${captureId}`).toHaveLength(1)
})

test.each(['transaction_search', 'disputes'])('without the feature %s, each recent charge is read', async (missing) => {
  const all = ['vaulting', 'reference_transactions', 'disputes', 'transaction_search', 'account_information']
  const { id, capture: captureId } = await paid()
  await refundOf(captureId)
  await world.simulatePayPal('settings', { features: all.filter((feature) => feature !== missing) })
  await world.simulatePayPal('clock', { revoke_tokens: true })
  expect(await round()).toMatchObject({ notListed: ['paypal/sandbox'], isComplete: true })
  expect(await stateOf(id)).toBe('refunded')
  await world.simulatePayPal('settings', { features: all })
  await world.simulatePayPal('clock', { revoke_tokens: true })
  expect(await round()).toMatchObject({ notListed: [] })
})

/** Searches find at most this many: more than the copies of some hours, fewer than all. */
const most = Math.min(10_000, (charges * 5) / 6)

test(`${charges} charges of a missed day: each difference is settled or given to a person`, async () => {
  let charge = ''
  const copy = (names: string, count: number, apart: number) =>
    world.simulatePayPal('copies', { charge, names, count, apart })
  await world.simulatePayPal('settings', { largest_result: most })
  await expectEachDifferenceFound(world, {
    // Rows of the version before have no transaction: they are every tenth.
    ...{ gateway: 'paypal', names: 'ORDER', transaction: `case when i % 10 > 0 then 'CORDER' || i end`, charges },
    simulate: world.simulatePayPal,
    list: {
      // The payments, of each hundred one of another program, two refunds and a hold; and 20 of the tests before.
      ...{ path: '/v1/reporting/transactions', perPage: 500, entries: charges * 1.04 + 20 },
      pageOf({ query }) {
        const asked = new URLSearchParams(query)
        const second = (name: string) => Date.parse(asked.get(name)!) / 1_000
        return { from: second('start_date'), to: second('end_date') - 1, page: asked.get('page') }
      },
    },
    async pay(count) {
      charge = (await paid()).capture
      await copy('ORDER', count, 18_000 / count)
      return 'payer'
    },
    async payUnknown(names, count) {
      await world.simulatePayPal('clock', { advance_seconds: -86_400 })
      await copy(names, count, 0)
      await world.simulatePayPal('clock', { advance_seconds: 86_400 })
    },
    refund: (object, number, amount) =>
      amount || number % 2 === 0
        ? refundOf(`C${object}`, amount ? { amount: { currency_code: 'USD', value: '3.00' } } : {})
        : world.simulatePayPal('reversals', { charge: `C${object}` }),
    dispute: (object) => world.simulatePayPal('disputes', { charge: `C${object}` }),
  })
}, 1_800_000)

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
