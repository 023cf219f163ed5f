import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300, settings: { expiryGrace: 2 } })
})
afterEach(async () => {
  await world.clearFaults()
})
afterAll(() => world.close())

const confirm = '/v1/payment_intents/*/confirm'
const extend = (bc: string, seconds: number) =>
  world.admin('extend', { 'billing-customer': bc, seconds: String(seconds) })
const cancel = (bc: string) =>
  world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'customer changed their mind' })
/** Waits until the card was sent to the bank, which takes its time. */
const sent = (bc: string) =>
  until(
    async () =>
      (
        await world.sql`select 1 from payment_attempts a join onboardings o on o.id = a.onboarding_id where o.billing_customer_id = ${bc} and a.sent_at is not null`
      ).length > 0,
  )

test('an expired onboarding fails as expired, its link is gone, and the next one of the same contact completes', async () => {
  const { contact, bc, page } = await world.openSetup()
  await extend(bc, 1)
  expect(await world.ended(bc)).toBe('expired')
  expect((await page.open()).status).toBe(410)
  expect((await page.submitCard()).status).toBe(410)
  await expect.poll(async () => world.runsOf(bc)).toMatchObject([{ status: 'FAILED', type: 'OnboardingExpired' }])

  const next = await world.openSetup(contact)
  expect(next.bc).toBe(bc)
  expect((await page.open()).status).toBe(410)
  await next.page.submitCard()
  expect(await world.ended(bc)).toBe('completed')
  expect((await world.ledger(bc)).charges).toHaveLength(1)
  expect(await world.runsOf(bc)).toMatchObject([{ status: 'FAILED' }, { status: 'COMPLETED' }])
})

test('on an expired page a new link can be asked for, once', async () => {
  const { bc, page } = await world.openSetup()
  await extend(bc, 1)
  await world.ended(bc)
  expect((await page.open()).body).toContain('Ask for a new link')
  for (let i = 0; i < 3; i++) expect((await page.askForNewLink()).status).toBe(202)
  expect((await world.eventTypes(bc)).filter((type) => type === 'billing_customer.setup_link_requested')).toHaveLength(
    1,
  )
})

test('a payment that was on its way when the link expired counts', async () => {
  const { bc, page } = await world.openSetup()
  await world.fault(confirm, 'delay', { delay_ms: 3_000 })
  await page.submitCard()
  await sent(bc)
  await extend(bc, 1)
  expect(await world.ended(bc)).toBe('completed')
  expect(await world.ledger(bc)).toMatchObject({ charges: [{ amount: 1500 }], refunds: [] })
})

test('a decline at the last moment leaves the customer time for another card', async () => {
  const { bc, page } = await world.openSetup()
  await extend(bc, 2)
  await page.submitCard('4000000000000002')
  await until(async () => (await page.progress()).body.steps[1].message)
  await new Promise((resolve) => setTimeout(resolve, 2_100))
  expect((await page.submitCard()).status).toBe(202)
  expect(await world.ended(bc)).toBe('completed')
})

test('an operator who cancels while the bank is asked: canceled, returned once, the method detached', async () => {
  const { bc, page } = await world.openSetup()
  await world.fault(confirm, 'delay', { delay_ms: 2_000 })
  await page.submitCard()
  await sent(bc)
  expect((await cancel(bc)).status).toBe(200)
  expect(await world.ended(bc)).toBe('canceled')
  const { charges, refunds, methods } = await world.ledger(bc)
  expect(charges).toMatchObject([{ amount: 1500, refunded_amount: 1500 }])
  expect(refunds).toHaveLength(1)
  expect(methods).toEqual([])
  expect((await world.billingCustomer(bc)).status).toBe('pending')
  await expect.poll(async () => world.runsOf(bc)).toMatchObject([{ status: 'FAILED', type: 'OnboardingCanceled' }])
  expect(await world.eventTypes(bc)).toEqual(
    expect.arrayContaining(['charge.succeeded', 'charge.refunded', 'onboarding.canceled']),
  )
  expect((await page.open()).status).toBe(410)
})

test('a refund whose answers are lost or failed is made once', async () => {
  for (const fault of ['lose_answer', 'error_after', 'error_before', 'lose_request']) {
    const own = await createWorld({ gatewayTimeout: 700, longestRetryPause: 300 })
    try {
      const { bc, page } = await own.openSetup()
      await own.fault(confirm, 'delay', { delay_ms: 600 })
      await own.fault('/v1/refunds', fault, { times: 2 })
      await page.submitCard()
      await until(async () => (await own.sql`select 1 from payment_attempts where sent_at is not null`).length > 0)
      await own.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'test' })
      expect(await own.ended(bc), fault).toBe('canceled')
      const { charges, refunds } = await own.ledger(bc)
      expect(refunds, fault).toHaveLength(1)
      expect(charges, fault).toMatchObject([{ refunded_amount: 1500 }])
    } finally {
      await own.close()
    }
  }
})

test('canceled before anything was submitted: nothing was ever charged', async () => {
  const { bc, page } = await world.openSetup()
  await cancel(bc)
  expect(await world.ended(bc)).toBe('canceled')
  expect((await world.ledger(bc)).charges).toEqual([])
  expect((await page.open()).status).toBe(410)
  expect((await page.open()).body).toContain('This setup was canceled')
})

async function newItem(): Promise<{ id: string }> {
  const item = { name: 'Fleeting', type: 'trigger', amount: 100, currency: 'USD' }
  return (await world.asNative('POST', '/v1/billable_items', item)).body
}

test('an item that is withdrawn before the bank is asked: failed, nothing charged', async () => {
  const item = await newItem()
  const { bc, page } = await world.openSetup(undefined, { bi_id: item.id })
  await world.asNative('PATCH', `/v1/billable_items/${item.id}`, { status: 'inactive' })
  await page.submitCard()
  expect(await world.ended(bc)).toBe('failed')
  expect((await world.ledger(bc)).charges).toEqual([])
  await expect.poll(async () => world.runsOf(bc)).toMatchObject([{ status: 'FAILED', type: 'OnboardingFailed' }])
})

test('an item that is withdrawn while the bank is asked: failed, returned once, not enrolled', async () => {
  const item = await newItem()
  const { bc, page } = await world.openSetup(undefined, { bi_id: item.id })
  await world.fault(confirm, 'delay', { delay_ms: 1_500 })
  await page.submitCard()
  await sent(bc)
  await world.asNative('PATCH', `/v1/billable_items/${item.id}`, { status: 'inactive' })
  expect(await world.ended(bc)).toBe('failed')
  const { charges, refunds, methods } = await world.ledger(bc)
  expect(charges).toMatchObject([{ refunded_amount: 1500 }])
  expect(refunds).toHaveLength(1)
  expect(methods).toEqual([])
  expect((await world.edge('getEnrollments', { billing_customer_id: bc })).body.count).toBe(0)
})

test('a customer whose money was returned can be onboarded again, and is charged again, once', async () => {
  const { contact, bc, page } = await world.openSetup()
  await world.fault(confirm, 'delay', { delay_ms: 1_000 })
  await page.submitCard()
  await sent(bc)
  await cancel(bc)
  await world.ended(bc)
  const again = await world.openSetup(contact)
  await again.page.submitCard()
  expect(await world.ended(bc)).toBe('completed')
  const { charges } = await world.ledger(bc)
  expect(charges.map(({ refunded_amount }) => refunded_amount).sort()).toEqual([0, 1500])
})
