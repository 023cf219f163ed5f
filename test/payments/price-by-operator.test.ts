import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300 })
})
afterEach(() => world.clearFaults())
afterAll(() => world.close())

const act = (bc: string, path: string, body: object) =>
  world.asNative('POST', `/v1/billing_customers/${bc}/${path}`, body)

/** An onboarding whose first card was declined: there is a payment object of the old price. */
async function declinedOnce() {
  const setup = await world.openSetup()
  await setup.page.submitCard('4000000000000002')
  await until(async () => !(await setup.page.progress()).body.paying)
  return setup
}
const priceIs = (page: { progress(): Promise<{ body: { amount: number } }> }, amount: number) =>
  until(async () => (await page.progress()).body.amount === amount)

test('the charge is waived before anything was tried: a card is saved, nothing is charged', async () => {
  const { bc, page } = await world.openSetup()
  expect((await act(bc, 'waive_initial_charge', { reason: 'a partner' })).status).toBe(200)
  await priceIs(page, 0)
  expect((await page.submitCard()).status).toBe(409) // the price that was shown is no more
  expect((await page.submitCard(undefined, { amount: 0, currency: 'USD' })).status).toBe(202)
  expect(await world.ended(bc)).toBe('completed')
  expect((await world.ledger(bc)).charges).toHaveLength(0)
  const [event] = await world.sql`
    select actor, data from events where billing_customer_id = ${bc} and type = 'onboarding.initial_charge_waived'`
  expect(event).toMatchObject({ actor: 'api', data: { reason: 'a partner' } })
})

test('another amount after a decline: the old object can never be paid, the new price is charged once', async () => {
  const { bc, page } = await declinedOnce()
  expect((await act(bc, 'initial_amount', { amount: 2000, reason: 'agreed by phone' })).status).toBe(200)
  await priceIs(page, 2000)
  await page.submitCard(undefined, { amount: 2000, currency: 'USD' })
  expect(await world.ended(bc)).toBe('completed')
  expect((await world.ledger(bc)).charges).toMatchObject([{ amount: 2000 }])
  const objects = await world.sql`
    select p.state, p.amount from payment_objects p join onboardings o on o.id = p.onboarding_id
    where o.billing_customer_id = ${bc} order by p.k`
  expect(objects).toMatchObject([
    { state: 'dead', amount: 1500 },
    { state: 'paid', amount: 2000 },
  ])
})

test('as an update in Temporal UI and by the admin command', async () => {
  const first = await world.openSetup()
  const [run] = await world.runsOf(first.bc)
  expect(
    await run!.handle.executeUpdate('changeInitialAmount', { args: [{ amount: 1800, reason: 'agreed by phone' }] }),
  ).toBe('done')
  await priceIs(first.page, 1800)
  await expect(
    run!.handle.executeUpdate('changeInitialAmount', { args: [{ amount: 1, reason: 'too little' }] }),
  ).rejects.toThrow()
  const second = await world.openSetup()
  await world.admin('waive-initial-charge', { 'billing-customer': second.bc, reason: 'a partner', operator: 'ann' })
  await priceIs(second.page, 0)
})

test('the cancel of the old object is lost twice: submissions are rejected, then the new price applies', async () => {
  const { bc, page } = await declinedOnce()
  await world.fault('/v1/payment_intents/*/cancel', 'error_before', { times: 2 })
  await act(bc, 'initial_amount', { amount: 2000, reason: 'agreed by phone' })
  expect((await page.submitCard()).status).toBe(409)
  await priceIs(page, 2000)
  await page.submitCard(undefined, { amount: 2000, currency: 'USD' })
  expect(await world.ended(bc)).toBe('completed')
  expect((await world.ledger(bc)).charges).toMatchObject([{ amount: 2000 }])
})

test('rejected while a payment method is being tried, below the minimum, and once it is paid', async () => {
  const { bc, page } = await world.openSetup()
  const tooLittle = await act(bc, 'initial_amount', { amount: 100, reason: 'x' })
  expect([tooLittle.status, tooLittle.body.param]).toEqual([400, 'amount'])
  await page.submitCard('4000002760003184')
  await until(async () => (await page.progress()).body.action !== undefined)
  expect((await act(bc, 'waive_initial_charge', { reason: 'x' })).status).toBe(409)
  await page.submitCard()
  await world.ended(bc)
  expect((await act(bc, 'waive_initial_charge', { reason: 'x' })).status).toBe(409)
})

test('the policy is to refund: charged, active, then refunded; the page said so before', async () => {
  await world.admin('set-setting', {
    organization: world.seeds.org_id,
    environment: 'sandbox',
    name: 'initial_charge_policy',
    value: 'refund',
  })
  const { bc, page } = await world.openSetup()
  await world.admin('set-setting', {
    organization: world.seeds.org_id,
    environment: 'sandbox',
    name: 'initial_charge_policy',
    value: 'keep',
  })
  expect((await page.open()).body).toContain('This amount is returned as soon as your account is active.')
  await world.fault('/v1/refunds', 'error_after')
  await page.submitCard()
  expect(await world.ended(bc)).toBe('completed')
  await until(async () => (await world.eventTypes(bc)).includes('charge.refunded'))
  expect(await world.ledger(bc)).toMatchObject({ charges: [{ amount: 1500 }], refunded: 1500, refunds: [{}] })
  expect(await world.billingCustomer(bc)).toMatchObject({ status: 'active', initial_charged: false })
})

test('a charge that only an operator can judge is resolved by that operator, once, with the reason', async () => {
  const { bc, page } = await world.openSetup()
  await page.submitCard()
  await world.ended(bc)
  const [charge] = await world.sql<{ id: string }[]>`select id from charges where billing_customer_id = ${bc}`
  const resolve = (outcome: string) =>
    world.asNative('POST', `/v1/charges/${charge!.id}/resolve`, { outcome, reason: 'seen in the dashboard' })
  expect((await resolve('keep')).status).toBe(409)
  await world.sql`update charges set state = 'refund_failed' where id = ${charge!.id}`
  expect((await resolve('never_happened')).status).toBe(409)
  expect((await resolve('returned_by_hand')).body).toMatchObject({ object: 'charge', status: 'refunded' })
  expect((await resolve('returned_by_hand')).status).toBe(409)
  const other = await world.asNative(
    'POST',
    `/v1/charges/${charge!.id}/resolve`,
    { outcome: 'keep', reason: 'x' },
    world.seeds.other_org.secret_key,
  )
  expect(other.status).toBe(404)
  expect(await world.eventTypes(bc)).toContain('charge.resolved')
})
