import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300, gatewayTimeout: 3_000 })
})
afterEach(() => world.clearFaults())
afterAll(() => world.close())

const nothing = { amount: 0, currency: 'USD' }

/** A billing customer that paid on the page and is enrolled. */
async function paid() {
  const opened = await world.openSetup()
  await opened.page.submitCard()
  await world.ended(opened.bc)
  return { ...opened, old: (await world.billingCustomer(opened.bc)).payment_method }
}

const replace = (bc: string, body: object = {}) =>
  world.asNative('POST', `/v1/billing_customers/${bc}/payment_method`, body)

async function link(bc: string) {
  const { status, body } = await replace(bc)
  expect(status).toBe(200)
  return world.pageOf(body.replacement.setup_url)
}

const replaced = (bc: string) =>
  until(
    () => world.billingCustomer(bc),
    ({ replacement }) => replacement.ended_at !== null,
  )

const customerOf = async (bc: string, method: string) => {
  const { methods } = await world.ledger(bc)
  return methods.some(({ id }) => id === method)
}

test('by link: another card is saved, nothing is charged, the old one is detached', async () => {
  const { bc, page: setup, old } = await paid()
  const page = await link(bc)
  const shown = (await page.open()).body
  expect(shown).toContain('Save payment method')
  expect(shown).toContain('Nothing is charged now')
  expect((await page.submitCard('5555555555554444', nothing)).status).toBe(202)
  const { status, payment_method: now, replacement, onboarding } = await replaced(bc)
  expect([status, replacement.status, onboarding.status]).toEqual(['active', 'completed', 'completed'])
  expect(now).toEqual({ id: expect.stringMatching(/^pm_/), label: 'Mastercard •••• 4444', expires: '2034-12' })

  const { charges, refunded } = await world.ledger(bc)
  expect([charges.length, refunded]).toEqual([1, 0])
  expect([await customerOf(bc, now.id), await customerOf(bc, old.id)]).toEqual([true, false])
  expect((await world.eventTypes(bc)).slice(-2)).toEqual([
    'billing_customer.replacement_started',
    'billing_customer.payment_method_replaced',
  ])
  expect((await page.open()).body).toContain('Your new payment method is saved')
  // The link of the onboarding shows the same as before.
  const before = await setup.open()
  expect([before.status, before.body]).toEqual([200, expect.stringContaining('You are all set')])
})

test('its run is a separate workflow, started again after a termination', async () => {
  const { bc, old } = await paid()
  const page = await link(bc)
  const { workflow_id } = (await world.billingCustomer(bc)).replacement
  const handle = world.client.workflow.getHandle(workflow_id)
  const first = await until(() => handle.describe().catch(() => undefined))
  expect(first!.type).toBe('replacePaymentMethod')
  await handle.terminate('test')
  await page.submitCard(undefined, nothing)
  expect((await replaced(bc)).payment_method.id).not.toBe(old.id)
  await until(async () => (await handle.describe()).status.name === 'COMPLETED')
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

test('during a replacement, lists show the onboarding, which waits for nobody', async () => {
  const { bc } = await paid()
  const { customer_id } = await world.billingCustomer(bc)
  await link(bc)
  const list = async (more: string) =>
    (await world.asNative('GET', `/v1/billing_customers?customer_id=${customer_id}${more}`)).body.data
  expect(await list('')).toMatchObject([{ id: bc, onboarding: { object: 'onboarding', n: 1, status: 'completed' } }])
  expect(await list('&blocked_on=customer')).toEqual([])
})

test('twenty concurrent calls: one replacement, one link', async () => {
  const { bc } = await paid()
  const answers = await Promise.all(Array.from({ length: 20 }, () => replace(bc)))
  expect(new Set(answers.map(({ status, body }) => `${status} ${body.replacement.setup_url}`)).size).toBe(1)
  const rows = await world.sql`select 1 from onboardings where billing_customer_id = ${bc} and kind = 'replacement'`
  expect(rows).toHaveLength(1)
  await world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'test' })
  await replaced(bc)
})

test('with a method of the caller, which is never detached', async () => {
  const { bc, old } = await paid()
  const first = await replace(bc, { payment_data: { pm_id: 'pm_card_mastercard' } })
  expect([first.status, first.body.payment_method.label]).toEqual([200, 'Mastercard •••• 4444'])
  expect(await customerOf(bc, old.id)).toBe(false)
  const brought = first.body.payment_method.id
  await (await link(bc)).submitCard(undefined, nothing)
  expect((await replaced(bc)).payment_method.id).not.toBe(brought)
  expect(await customerOf(bc, brought)).toBe(true)
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

test('the same method again changes nothing and is not detached', async () => {
  const { bc, old } = await paid()
  const { status, body } = await replace(bc, { payment_data: { pm_id: old.id } })
  expect([status, body.payment_method.id, body.replacement.status]).toEqual([200, old.id, 'completed'])
  expect(await customerOf(bc, old.id)).toBe(true)
})

test('after a decline the old method stays; the next card replaces it', async () => {
  const { bc, old } = await paid()
  const byApi = await replace(bc, { payment_data: { pm_id: 'pm_card_visa_chargeDeclined' } })
  expect([byApi.status, byApi.body.code]).toEqual([402, 'payment_declined'])
  const page = await link(bc)
  await page.submitCard('4000000000009995', nothing)
  await until(async () => (await page.progress()).body.steps[1].message?.includes('insufficient'))
  expect((await world.billingCustomer(bc)).payment_method.id).toBe(old.id)
  await page.submitCard(undefined, nothing)
  expect((await replaced(bc)).payment_method.id).not.toBe(old.id)
})

test('canceled or expired: the old method stays, and the page says so', async () => {
  const { bc, old } = await paid()
  const page = await link(bc)
  await world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'test' })
  expect((await replaced(bc)).replacement.status).toBe('canceled')
  expect((await page.open()).status).toBe(410)
  const next = await link(bc)
  await world.sql`update onboardings set expires_at = now(), wake_at = now()
    where billing_customer_id = ${bc} and ended_at is null`
  const { replacement, payment_method, status } = await replaced(bc)
  expect([replacement.status, payment_method.id, status]).toEqual(['expired', old.id, 'active'])
  expect((await next.open()).body).toContain('Ask for a new link')
  expect(await customerOf(bc, old.id)).toBe(true)
  expect(await world.eventTypes(bc)).toEqual(expect.arrayContaining(['replacement.canceled', 'replacement.expired']))
})

test('canceled during bank confirmation: the new method is detached, the old one stays', async () => {
  const { bc, old } = await paid()
  const page = await link(bc)
  const bank = await world.hold('/v1/setup_intents/*/confirm')
  await page.submitCard('5555555555554444', nothing)
  await bank.reached()
  await world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'test' })
  await bank.release()
  expect((await replaced(bc)).replacement.status).toBe('canceled')
  expect((await world.billingCustomer(bc)).payment_method.id).toBe(old.id)
  expect((await world.ledger(bc)).methods.map(({ id }) => id)).toEqual([old.id])
})

test.each(['lose_answer', 'error_after', 'error_before'])(
  '%s on each call: swapped once, the old method detached',
  async (fault) => {
    const { bc, old } = await paid()
    const page = await link(bc)
    for (const path of ['/v1/setup_intents', '/v1/setup_intents/*/confirm', `/v1/payment_methods/${old.id}/detach`])
      await world.fault(path, fault)
    await page.submitCard('5555555555554444', nothing)
    const { payment_method, replacement } = await replaced(bc)
    expect([payment_method.label, replacement.status]).toEqual(['Mastercard •••• 4444', 'completed'])
    const { charges, methods } = await world.ledger(bc)
    expect([charges.length, methods.map(({ id }) => id)]).toEqual([1, [payment_method.id]])
  },
)

test('the gateway cannot detach: the new method stays, even after cancel, and the replacement ends later', async () => {
  const { bc, old } = await paid()
  const page = await link(bc)
  await world.fault(`/v1/payment_methods/${old.id}/detach`, 'error_before', { times: 1_000 })
  await page.submitCard('5555555555554444', nothing)
  await until(async () => (await world.billingCustomer(bc)).payment_method.id !== old.id)
  const refused = await world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'too late' })
  expect(refused.status).toBe(409)
  await world.clearFaults()
  const { payment_method, replacement } = await replaced(bc)
  expect([payment_method.label, replacement.status]).toEqual(['Mastercard •••• 4444', 'completed'])
  expect(await customerOf(bc, old.id)).toBe(false)
})

test('only active customers can replace a method, and a replacement has no price', async () => {
  const { bc } = await world.openSetup()
  expect((await replace(bc)).status).toBe(409)
  const active = await paid()
  await link(active.bc)
  for (const [name, body] of [
    ['waive_initial_charge', { reason: 'test' }],
    ['initial_amount', { amount: 5000, reason: 'test' }],
  ] as const)
    expect((await world.asNative('POST', `/v1/billing_customers/${active.bc}/${name}`, body)).status).toBe(409)
})

test('while suspended the page accepts nothing and says why; once restored it continues', async () => {
  const { bc } = await paid()
  const page = await link(bc)
  await world.edge('suspendCustomer', { bc_id: bc })
  expect((await page.open()).body).toContain('has paused billing')
  const refused = await page.submitCard(undefined, nothing)
  expect([refused.status, refused.body.refusal]).toEqual([409, 'suspended'])
  expect((await replace(bc)).status).toBe(409)
  await world.edge('restoreCustomer', { bc_id: bc })
  await page.submitCard(undefined, nothing)
  expect((await replaced(bc)).replacement.status).toBe('completed')
})

test('a card that its bank renews is updated in the record, with one event per change', async () => {
  const { bc, old } = await paid()
  await world.simulate('card_updates', { payment_method: old.id, exp_year: 2039, exp_month: 3, last4: '1881' })
  const { payment_method } = await until(
    () => world.billingCustomer(bc),
    (b) => b.payment_method.label !== old.label,
  )
  expect(payment_method).toEqual({ id: old.id, label: 'Visa •••• 1881', expires: '2039-03' })
  await world.simulate('card_updates', { payment_method: old.id, exp_year: 2039 })
  const { body } = await world.simulate('card_updates', { payment_method: old.id, exp_month: 4 })
  expect(body.updated).toBe(old.id)
  await until(async () => (await world.billingCustomer(bc)).payment_method.expires === '2039-04')
  const events = (await world.eventTypes(bc)).filter((type) => type === 'billing_customer.payment_method_updated')
  expect(events).toHaveLength(2)
})
