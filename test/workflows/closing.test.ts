import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { SetupPage } from '../support/world/setup-page.ts'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300, settings: { expiryGrace: 600 } })
})
afterEach(async () => {
  await world.clearFaults()
})
afterAll(() => world.close())

const extend = (bc: string, seconds: number) =>
  world.admin('extend', { 'billing-customer': bc, seconds: String(seconds) })
const cancel = (bc: string, at = world) =>
  at.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'customer changed their mind' })
/** Submits a card and waits until the bank is asked. Returns a function that lets the bank respond. */
async function askBank(page: SetupPage, at = world) {
  const bank = await at.hold('/v1/payment_intents/*/confirm')
  await page.submitCard()
  await bank.reached()
  return bank
}

test('an expired onboarding fails as expired, its link is invalid, and the next one completes', async () => {
  const { contact, bc, page } = await world.openSetup()
  await extend(bc, 1)
  expect(await world.ended(bc)).toBe('expired')
  expect((await page.open()).status).toBe(410)
  expect((await page.submitCard()).status).toBe(410)
  expect(await world.closedRunsOf(bc)).toMatchObject([{ status: 'FAILED', type: 'OnboardingExpired' }])

  const next = await world.openSetup(contact)
  expect(next.bc).toBe(bc)
  expect((await page.open()).status).toBe(410)
  await next.page.submitCard()
  expect(await world.ended(bc)).toBe('completed')
  expect((await world.ledger(bc)).charges).toHaveLength(1)
  expect(await world.closedRunsOf(bc, 2)).toMatchObject([{ status: 'FAILED' }, { status: 'COMPLETED' }])
})

test('an expiry while the run records a wait for the bank ends the onboarding at once', async () => {
  const { bc, page } = await world.openSetup()
  await page.submitCard('4000002760003184')
  await until(async () => (await page.progress()).body.action !== undefined)
  await world.allDelivered()
  const { onboarding } = await world.billingCustomer(bc)
  const history = () => world.client.workflow.getHandle(onboarding.workflow_id).fetchHistory()
  await until(async () => (await history()).events!.at(-1)!.timerStartedEventAttributes)
  // The run reads the payment (which plans the next read), reads the record, and reads it again with the wait that it
  // begins. The record changes between the two.
  await world.sql.unsafe(`
    create table before as select ''::text as query;
    create function expire_between() returns trigger language plpgsql as $$
      begin
        if current_query() like '%blocked_on =%' and exists (
          select 1 from before where query like '%wakes = 0%' and query not like '%blocked_on =%'
        ) then new.expires_at := now() - interval '2 hours'; end if;
        update before set query = current_query();
        return new;
      end $$;
    create trigger expire_between before update on onboardings
      for each row when (new.billing_customer_id = '${bc}') execute function expire_between()`)
  await page.actionCompleted()
  expect(await world.ended(bc)).toBe('expired')
  expect((await world.ledger(bc)).charges).toEqual([])
})

test('an expired page can request a new link, once', async () => {
  const { bc, page } = await world.openSetup()
  await extend(bc, 1)
  await world.ended(bc)
  expect((await page.open()).body).toContain('Ask for a new link')
  for (let i = 0; i < 3; i++) expect((await page.askForNewLink()).status).toBe(202)
  expect((await world.eventTypes(bc)).filter((type) => type === 'billing_customer.setup_link_requested')).toHaveLength(
    1,
  )
})

test('a payment that was in progress when the link expired counts', async () => {
  const { bc, page } = await world.openSetup()
  const bank = await askBank(page)
  await extend(bc, 1)
  const expired = () => world.sql`select 1 from onboardings where billing_customer_id = ${bc} and expires_at < now()`
  await until(async () => (await expired()).length === 1)
  await bank.release()
  expect(await world.ended(bc)).toBe('completed')
  expect(await world.ledger(bc)).toMatchObject({ charges: [{ amount: 1500 }], refunds: [] })
})

test('a decline right before the expiry leaves the customer time for another card', async () => {
  const { bc, page } = await world.openSetup()
  await page.submitCard('4000000000000002')
  await until(async () => !(await page.progress()).body.paying)
  // As if the link had expired half a minute ago, half a minute after the decline.
  await world.sql.begin(async (sql) => {
    await sql`
      update payment_attempts a set created_at = a.created_at - interval '1 minute',
        closed_at = a.closed_at - interval '1 minute'
      from onboardings o where o.id = a.onboarding_id and o.billing_customer_id = ${bc}`
    await sql`
      update onboardings set expires_at = now() - interval '30 seconds', wake_at = now()
        where billing_customer_id = ${bc}`
  })
  const looked = () => world.sql`select 1 from onboardings where billing_customer_id = ${bc} and wake_at > now()`
  await until(async () => (await looked()).length === 1)
  expect((await page.submitCard()).status).toBe(202)
  expect(await world.ended(bc)).toBe('completed')
})

test('canceled by an operator during bank confirmation: refunded once, and the method is detached', async () => {
  const { bc, page } = await world.openSetup()
  const bank = await askBank(page)
  expect((await cancel(bc)).status).toBe(200)
  await bank.release()
  expect(await world.ended(bc)).toBe('canceled')
  const { charges, refunds, methods } = await world.ledger(bc)
  expect(charges).toMatchObject([{ amount: 1500, refunded_amount: 1500 }])
  expect(refunds).toHaveLength(1)
  expect(methods).toEqual([])
  expect((await world.billingCustomer(bc)).status).toBe('pending')
  expect(await world.closedRunsOf(bc)).toMatchObject([{ status: 'FAILED', type: 'OnboardingCanceled' }])
  expect(await world.eventTypes(bc)).toEqual(
    expect.arrayContaining(['charge.succeeded', 'charge.refunded', 'onboarding.canceled']),
  )
  expect((await page.open()).status).toBe(410)
})

describe('a charge is refunded once', () => {
  let impatient: World
  beforeAll(async () => {
    impatient = await createWorld({ gatewayTimeout: 1_500, longestRetryPause: 300 })
  })
  afterEach(() => impatient.clearFaults())
  afterAll(() => impatient.close())

  test.each(['lose_answer', 'error_after', 'error_before', 'lose_request'])('with the fault %s', async (fault) => {
    const { bc, page } = await impatient.openSetup()
    await impatient.fault('/v1/refunds', fault, { times: 2 })
    const bank = await askBank(page, impatient)
    await cancel(bc, impatient)
    await bank.release()
    expect(await impatient.ended(bc)).toBe('canceled')
    const { charges, refunds } = await impatient.ledger(bc)
    expect(refunds).toHaveLength(1)
    expect(charges).toMatchObject([{ refunded_amount: 1500 }])
  })
})

test('canceled before a submission: nothing is charged', async () => {
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

test('an item that becomes inactive before the charge: failed, nothing charged', async () => {
  const item = await newItem()
  const { bc, page } = await world.openSetup(undefined, { bi_id: item.id })
  await world.asNative('PATCH', `/v1/billable_items/${item.id}`, { status: 'inactive' })
  await page.submitCard()
  expect(await world.ended(bc)).toBe('failed')
  expect((await world.ledger(bc)).charges).toEqual([])
  expect(await world.closedRunsOf(bc)).toMatchObject([{ status: 'FAILED', type: 'OnboardingFailed' }])
})

test('an item that becomes inactive during bank confirmation: failed, refunded once, not enrolled', async () => {
  const item = await newItem()
  const { bc, page } = await world.openSetup(undefined, { bi_id: item.id })
  const bank = await askBank(page)
  await world.asNative('PATCH', `/v1/billable_items/${item.id}`, { status: 'inactive' })
  await bank.release()
  expect(await world.ended(bc)).toBe('failed')
  const { charges, refunds, methods } = await world.ledger(bc)
  expect(charges).toMatchObject([{ refunded_amount: 1500 }])
  expect(refunds).toHaveLength(1)
  expect(methods).toEqual([])
  expect((await world.edge('getEnrollments', { billing_customer_id: bc })).body.count).toBe(0)
})

test('a customer who was refunded can be onboarded again, and is charged once more', async () => {
  const { contact, bc, page } = await world.openSetup()
  const bank = await askBank(page)
  await cancel(bc)
  await bank.release()
  await world.ended(bc)
  const again = await world.openSetup(contact)
  await again.page.submitCard()
  expect(await world.ended(bc)).toBe('completed')
  const { charges } = await world.ledger(bc)
  expect(charges.map(({ refunded_amount }) => refunded_amount).sort()).toEqual([0, 1500])
})
