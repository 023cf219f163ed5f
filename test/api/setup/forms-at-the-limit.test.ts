import { afterAll, beforeAll, expect, test } from 'vitest'
import { asksForConfirmation, cardForms, declined } from '../../support/world/card-forms.ts'
import { createWorld, type World } from '../../support/world/world.ts'

// Callers' own card forms while their organization has reached its limit of declined cards.

let world: World
let forms: ReturnType<typeof cardForms>
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300 })
  forms = cardForms(world)
  // One decline, so that a limit of 1 is reached.
  await forms.enter((await forms.setUp()).data.client_secret, declined)
  await world.allDelivered()
})
afterAll(() => world.close())

const limitOrganization = async (declines_per_organization: number) =>
  expect((await world.asNative('PATCH', '/v1/settings', { declines_per_organization })).status).toBe(200)

/**
 * As if 40 seconds had passed since everything that was submitted, and since every form that was opened at the limit,
 * and everybody who waited had left the queue.
 */
async function passTurn(): Promise<void> {
  await world.sql`delete from admission_queue`
  await world.sql`update payment_attempts set created_at = created_at - interval '40 seconds'`
  await world.sql`update approval_sessions set asked_at = asked_at - interval '40 seconds',
    admitted_at = admitted_at - interval '40 seconds'`
}

test('forms open one at a time, require 3-D Secure, and end with a decline', async () => {
  await limitOrganization(1)
  await passTurn()
  const opened = await Promise.all(Array.from({ length: 6 }, () => forms.setUp()))
  const [form, ...others] = opened.filter(({ status }) => status === 200)
  expect([others.length, opened.filter(({ status }) => status === 429).length]).toEqual([0, 5])
  const { contact, data } = form!
  const request = async (id: string) => (await forms.setupIntent(id)).payment_method_options.card.request_three_d_secure
  expect(await request(data.setup_intent_id)).toBe('challenge')
  expect((await forms.setUp(contact)).data.client_secret).toBe(data.client_secret)

  const entered: number[] = []
  for (let i = 0; i < 3; i++) {
    entered.push((await forms.enter(data.client_secret, declined)).status)
    await world.allDelivered()
  }
  expect(entered).toEqual([402, 400, 400])
  expect((await forms.setupIntent(data.setup_intent_id)).status).toBe('canceled')
  expect((await forms.setUp(contact)).status).toBe(429)

  await passTurn()
  const next = await forms.setUp(contact)
  expect([next.status, next.data.setup_intent_id === data.setup_intent_id]).toEqual([200, false])
  expect(await request(next.data.setup_intent_id)).toBe('challenge')
  const { body } = await forms.enter(next.data.client_secret, 'pm_card_threeDSecureOptional')
  expect(body.status).toBe('requires_action')
  await world.simulate('authenticate', { setup_intent: next.data.setup_intent_id, outcome: 'succeed' })
  await world.allDelivered()
  await limitOrganization(300)
  expect((await forms.confirm(next.bc)).body.data.bc_status).toBe('active')
})

test('several cards on one form before the event of the first arrives take as many turns', async () => {
  await limitOrganization(1)
  await passTurn()
  const { bc, data } = await forms.setUp()
  await world.sql.begin(async (sql) => {
    // No event is processed before all cards are entered.
    await sql`select 1 from billing_customers where id = ${bc} for update`
    for (let i = 0; i < 3; i++) await forms.enter(data.client_secret, declined)
  })
  await world.allDelivered()
  expect((await forms.setupIntent(data.setup_intent_id)).status).toBe('canceled')
  // The pause is 30 seconds: the first of the three cards had the first.
  await passTurn()
  expect((await forms.setUp()).status).toBe(429)
  await passTurn()
  await passTurn()
  expect((await forms.setUp()).status).toBe(200)
  await limitOrganization(300)
})

test('a form that was opened at the limit has its slot: its card is submitted at once', async () => {
  await limitOrganization(1)
  await passTurn()
  const { bc, data } = await forms.setUp()
  expect((await forms.enter(data.client_secret, 'pm_card_visa')).body.status).toBe('succeeded')
  await world.allDelivered()
  const { status, body } = await forms.confirm(bc)
  expect([status, body.data?.bc_status ?? body.errors]).toEqual([200, 'active'])
  expect((await world.ledger(bc)).charges).toHaveLength(1)
  await limitOrganization(300)
})

test('opening forms delays nobody who submits on the page', async () => {
  await limitOrganization(1)
  await passTurn()
  const { bc, page } = await world.openSetup()
  expect((await forms.setUp()).status).toBe(200)
  const { status, body } = await page.submitCard()
  expect([status, body.refusal]).toEqual([202, undefined])
  expect(await world.ended(bc)).toBe('completed')
  await limitOrganization(300)
})

test('an organization that reaches its limit by cards on forms alone is notified, once', async () => {
  const both = [await forms.setUp(), await forms.setUp()]
  await world.sql`delete from guard_trips where guard_limit = 'organization'`
  const told = async () =>
    (await Promise.all(both.map(({ bc }) => forms.eventsOf(bc, 'guard_tripped')))).flat().filter(({ limit }) => limit)
  await limitOrganization(1)
  for (const { data } of both) await forms.enter(data.client_secret, declined)
  await world.allDelivered()
  expect(await told()).toEqual([{ limit: 'organization' }])
  await limitOrganization(300)
})

test('a form that Stripe failed to create takes no slot', async () => {
  await limitOrganization(1)
  await passTurn()
  await world.fault('/v1/setup_intents', 'error_kept')
  expect((await forms.setUp()).status).toBe(200)
  await limitOrganization(300)
})

test('a form ends when a second card replaces one with 3-D Secure', async () => {
  await limitOrganization(1)
  await passTurn()
  const { bc, contact, data } = await forms.setUp()
  const entered: (number | string)[] = []
  for (let i = 0; i < 5; i++) {
    const { status, body } = await forms.enter(data.client_secret, asksForConfirmation)
    entered.push(status === 200 ? body.status : body.error.code)
    await world.allDelivered()
  }
  expect(entered).toEqual([
    ...Array<string>(2).fill('requires_action'),
    ...Array<string>(3).fill('setup_intent_unexpected_state'),
  ])
  expect((await forms.attemptsOf(bc)).map(({ state }) => state)).toEqual(['abandoned'])
  expect((await forms.setupIntent(data.setup_intent_id)).status).toBe('canceled')
  expect((await forms.setUp(contact)).status).toBe(429)
  await limitOrganization(300)
})

test('a card that was saved on a form after another was left open can be submitted', async () => {
  await limitOrganization(1)
  await passTurn()
  const { bc, data } = await forms.setUp()
  await forms.enter(data.client_secret, asksForConfirmation)
  await forms.enter(data.client_secret, 'pm_card_visa')
  await world.allDelivered()
  const { status, body } = await forms.confirm(bc)
  expect([status, body.data?.bc_status ?? body.errors]).toEqual([200, 'active'])
  await limitOrganization(300)
})

test('a recently saved card does not delay its own submission', async () => {
  const { data, bc } = await forms.setUp()
  await forms.enter(data.client_secret, 'pm_card_visa')
  await world.allDelivered()
  await world.sql`update payment_attempts set created_at = created_at - interval '2 hours',
    closed_at = closed_at - interval '2 hours'`
  await world.sql`update approval_sessions set asked_at = asked_at - interval '2 hours' where onboarding_id not in (
    select id from onboardings where billing_customer_id = ${bc})`
  await limitOrganization(1)
  expect((await forms.setUp()).status).toBe(429)
  const { status, body } = await forms.confirm(bc)
  expect([status, body.data.bc_status]).toEqual([200, 'active'])
  await limitOrganization(300)
})
