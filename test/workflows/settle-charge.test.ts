import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300 })
})
afterAll(() => world.close())

/**
 * A paid onboarding that ended without success and left its charge, as after a restore or a decision of an operator.
 */
async function leaveMoneyBehind(state = 'succeeded') {
  const { contact, bc, page } = await world.openSetup()
  await page.submitCard()
  await world.ended(bc)
  expect(await world.closedRunsOf(bc)).toMatchObject([{ status: 'COMPLETED' }])
  // An event after this change would refund the charge of the failed onboarding.
  await world.allDelivered()
  await world.sql.begin(async (sql) => {
    await sql`update enrollments set status = 'cancelled' where billing_customer_id = ${bc}`
    await sql`update onboardings set result = 'failed' where billing_customer_id = ${bc}`
    await sql`update charges set state = ${state} where billing_customer_id = ${bc}`
    await sql`update billing_customers set status = 'pending' where id = ${bc}`
  })
  return { contact, bc }
}

/** Returns whom the onboarding waits for at each read of the run, up to a number of retries. */
async function blockedOnAtEachLook(bc: string, tries: number): Promise<string[]> {
  await world.sql.unsafe(`
    create table looks as select blocked_on, next_retry_at from onboardings limit 0;
    create function note_look() returns trigger language plpgsql as $$
      begin insert into looks values (new.blocked_on, new.next_retry_at); return null; end $$;
    create trigger note_look after update on onboardings
      for each row when (new.billing_customer_id = '${bc}') execute function note_look();`)
  const looks = () => world.sql<{ blockedOn: string; nextRetryAt: Date | null }[]>`select * from looks`
  const seen = await until(looks, (rows) => rows.filter(({ nextRetryAt }) => nextRetryAt !== null).length > tries)
  return [...new Set(seen.map(({ blockedOn }) => blockedOn))]
}

test('a charge that an earlier onboarding left is adopted if this one would charge the same', async () => {
  const { contact, bc } = await leaveMoneyBehind()
  await world.openSetup(contact)
  expect(await world.ended(bc)).toBe('completed')
  const { charges, refunds } = await world.ledger(bc)
  expect([charges.length, refunds.length]).toEqual([1, 0])
  expect((await world.billingCustomer(bc)).initial_charged).toBe(true)
})

test('a charge of another amount that was left is refunded, and the new amount is charged once', async () => {
  const { contact, bc } = await leaveMoneyBehind()
  const { body } = await world.edge('createCustomer', { contact_id: contact, initial_amount: 20 })
  await until(async () => (await world.ledger(bc)).refunded === 1500)
  const page = world.pageOf(body.data.setup_url)
  await page.submitCard(undefined, { amount: 2000, currency: 'USD' })
  expect(await world.ended(bc)).toBe('completed')
  const { charges } = await world.ledger(bc)
  expect(charges.map(({ amount, refunded_amount }) => [amount, refunded_amount])).toEqual([
    [1500, 1500],
    [2000, 0],
  ])
})

test('an earlier failed refund blocks another charge until an operator decides', async () => {
  const { contact, bc } = await leaveMoneyBehind('refund_failed')
  const { page } = await world.openSetup(contact)
  await page.submitCard()
  await until(async () => (await world.billingCustomer(bc)).onboarding.blocked_on === 'operator')
  expect(await world.eventTypes(bc)).toContain('onboarding.needs_person')
  const [first, ...others] = Object.values(await world.admin('needs-person', { 'billing-customer': bc }))
  expect([first, ...others]).toMatchObject([{ reason: 'earlier_charge' }, { reason: 'refund_failed' }])
  expect(await blockedOnAtEachLook(bc, 3)).toEqual(['operator'])
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

test('an earlier failed refund does not block an onboarding that charges nothing', async () => {
  const { contact, bc } = await leaveMoneyBehind('refund_failed')
  const { body } = await world.edge('createCustomer', {
    contact_id: contact,
    require_initial: 0,
    bi_id: world.seeds.item_id,
  })
  await world.pageOf(body.data.setup_url).submitCard(undefined, { amount: 0, currency: 'USD' })
  expect(await world.ended(bc)).toBe('completed')
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

test('after a partial refund in the dashboard, the rest is refunded', async () => {
  const { contact, bc } = await leaveMoneyBehind()
  const [charge] = (await world.ledger(bc)).charges
  await world.atStripe('POST', '/v1/refunds', { payment_intent: charge.payment_intent, amount: '500' })
  await world.edge('createCustomer', { contact_id: contact, initial_amount: 20 })
  await until(async () => (await world.ledger(bc)).refunded === 1500)
  expect((await world.ledger(bc)).refunds.map(({ amount }) => amount)).toEqual([500, 1000])
})

test('a payment that succeeds after its attempt was abandoned is found, and the onboarding continues', async () => {
  const { bc, page } = await world.openSetup()
  await page.submitCard('4000000000000002')
  await until(async () => !(await page.progress()).body.paying)
  const [object] = await world.sql<{ objectId: string }[]>`
    select p.object_id from payment_objects p join onboardings o on o.id = p.onboarding_id
      where o.billing_customer_id = ${bc}`
  await world.atStripe('POST', `/v1/payment_intents/${object!.objectId}/confirm`, {
    payment_method: 'pm_card_visa',
    return_url: 'https://shop.example/back',
  })
  expect(await world.ended(bc)).toBe('completed')
  expect((await world.ledger(bc)).charges).toMatchObject([{ amount: 1500, refunded_amount: 0 }])
})

test('a payment object that is canceled in the dashboard while the bank asks: a card is requested again', async () => {
  const { bc, page } = await world.openSetup()
  await page.submitCard('4000002760003184')
  const { body } = await until(
    () => page.progress(),
    ({ body }) => body.action !== undefined,
  )
  world.secrets.add(body.action.client_secret)
  await world.atStripe('POST', `/v1/payment_intents/${body.action.client_secret.split('_secret_')[0]}/cancel`)
  await until(async () => !(await page.progress()).body.paying)
  await page.submitCard()
  expect(await world.ended(bc)).toBe('completed')
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

test('a method that was detached with its canceled onboarding is removed from the record', async () => {
  const { bc, page } = await world.openSetup()
  const bank = await world.hold('/v1/payment_intents/*/confirm')
  await page.submitCard()
  await bank.reached()
  await world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'changed their mind' })
  await bank.release()
  expect(await world.ended(bc)).toBe('canceled')
  expect((await world.ledger(bc)).refunded).toBe(1500)
  expect((await world.edge('getCustomer', { bc_id: bc })).body.data.bc_payment_data).toBeNull()
})

test('a refund that the gateway rejects needs an operator, and is in the list and the events', async () => {
  const { bc } = await leaveMoneyBehind()
  const [charge] = (await world.ledger(bc)).charges
  await world.fault('/v1/refunds', 'unauthorized', { times: 100 })
  await world.simulate('disputes', { charge: charge.id }) // its event sets somebody to look
  await until(async () => (await world.eventTypes(bc)).includes('onboarding.needs_person'))
  const [row] = await world.sql<{ id: string }[]>`select id from charges where billing_customer_id = ${bc}`
  await world.listed(`WorkflowId = 'money/${row!.id}' AND BlockedOn = 'operator'`)
  await world.clearFaults()
})

test('a refund of a disputed charge is rejected: an operator handles the dispute, and nothing is retried', async () => {
  const { bc } = await leaveMoneyBehind()
  const [charge] = (await world.ledger(bc)).charges
  await world.simulate('disputes', { charge: charge.id })
  const { needs_person } = await until(
    () => world.billingCustomer(bc),
    (b) => b.needs_person !== null,
  )
  expect(needs_person).toMatchObject({ reason: 'disputed', what_to_do: expect.stringContaining('was or is disputed') })
  const rows =
    await world.sql`select state, disputed_at is not null as disputed from charges where billing_customer_id = ${bc}`
  expect([...rows]).toEqual([{ state: 'refund_failed', disputed: true }])
  expect((await world.ledger(bc)).refunds).toEqual([])
  const { body } = await world.simulate('requests')
  const refunds = body.requests.filter(({ path }: { path: string }) => path === '/v1/refunds')
  expect(
    refunds.filter(
      ({ input }: { input: { payment_intent: string } }) => input.payment_intent === charge.payment_intent,
    ),
  ).not.toEqual([])
})

test.each([
  ['canceled', 'Your payment is being returned to you. You do not need to do anything here.'],
  ['expired', 'Your payment is being returned to you. You can ask for a new link'],
])('a payment that arrives after the end (%s) is refunded; an operator and the page are told', async (result, told) => {
  const { bc, page } = await world.openSetup()
  await page.submitCard('4000000000000002')
  await until(async () => !(await page.progress()).body.paying)
  const [object] = await world.sql<{ objectId: string }[]>`
    select p.object_id from payment_objects p join onboardings o on o.id = p.onboarding_id
      where o.billing_customer_id = ${bc}`
  // The onboarding ends as if the object had been read as dead, which it is not.
  await world.sql.begin(async (sql) => {
    await sql`update charges set state = 'canceled' where billing_customer_id = ${bc}`
    await sql`update payment_objects set state = 'dead' where object_id = ${object!.objectId}`
    await sql`update onboardings set result = ${result}, ended_at = now(), wake_at = null
      where billing_customer_id = ${bc}`
  })
  expect((await page.open()).body).toContain('<p>You have not been charged.')
  const confirmed = await world.request(`${world.simulator.url}/v1/payment_intents/${object!.objectId}/confirm`, {
    method: 'POST',
    headers: { Authorization: 'Bearer sk_test_world' },
    body: new URLSearchParams({ payment_method: 'pm_card_visa', return_url: 'https://shop.example/back' }),
  })
  expect(confirmed.body.status).toBe('succeeded')
  await until(async () => (await world.ledger(bc)).refunded === 1500)
  await until(async () => (await world.eventTypes(bc)).includes('charge.refunded'))
  const [charge] = await world.sql<{ id: string }[]>`
    select id, state, late from charges where billing_customer_id = ${bc}`
  expect(charge).toMatchObject({ state: 'refunded', late: true })
  expect(await world.reasonsForPerson(bc)).toEqual(['late_payment'])
  expect((await page.open()).body).toContain(`<p>${told}`)
  // Each event of the gateway may start a run; none refunds the charge again.
  await world.moneySettled(bc)
  await until(async () => (await world.runStatus(`money/${charge!.id}`)) === 'COMPLETED')
  expect((await world.ledger(bc)).refunded).toBe(1500)
})
