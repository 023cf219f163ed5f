import { afterAll, beforeAll, expect, test } from 'vitest'
import { asksForConfirmation, cardForms, declined } from '../../support/world/card-forms.ts'
import { until } from '../../support/until.ts'
import { createWorld, type World } from '../../support/world/world.ts'

let world: World
let forms: ReturnType<typeof cardForms>
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300 })
  forms = cardForms(world)
})
afterAll(() => world.close())

test('20 declines on a caller’s form: 5 are tried, then 429; a new link opens another form', async () => {
  const { bc, contact, data } = await forms.setUp()
  const entered: (number | string)[] = []
  const answers: number[] = []
  for (let i = 0; i < 20; i++) {
    const { status, body } = await forms.enter(data.client_secret, declined)
    entered.push(status === 402 ? 'declined' : body.error.code)
    answers.push((await forms.confirm(bc)).status)
  }
  expect(entered).toEqual([
    ...Array<string>(5).fill('declined'),
    ...Array<string>(15).fill('setup_intent_unexpected_state'),
  ])
  expect(answers).toEqual([...Array<number>(4).fill(402), ...Array<number>(16).fill(429)])
  expect((await forms.confirm(bc)).body).toEqual({
    status: 'error',
    errors: ['too many payment methods were declined; replace the setup link first'],
  })
  expect((await forms.setupIntent(data.setup_intent_id)).status).toBe('canceled')
  expect(await forms.attemptsOf(bc)).toEqual(
    Array.from({ length: 5 }, (_, i) => ({ number: i + 1, state: 'declined', code: 'declined' })),
  )
  expect(await forms.eventsOf(bc, 'guard_tripped')).toEqual([{ limit: 'link' }])
  expect(await forms.eventsOf(bc, 'payment_failed')).toHaveLength(5)
  expect((await forms.setUp(contact)).status).toBe(429)

  await world.asNative('POST', `/v1/billing_customers/${bc}/setup_link`, { replace: true })
  const next = await forms.setUp(contact)
  expect([next.status, next.data.setup_intent_id === data.setup_intent_id]).toEqual([200, false])
  await forms.enter(next.data.client_secret, 'pm_card_visa')
  expect((await forms.confirm(bc)).body.data.bc_status).toBe('active')
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

test('a caller who never requests the result: events of the gateway count, and cancel the form', async () => {
  const { bc, data } = await forms.setUp()
  const entered: number[] = []
  for (let i = 0; i < 12; i++) {
    entered.push((await forms.enter(data.client_secret, declined)).status)
    await world.allDelivered()
  }
  expect(entered).toEqual([...Array<number>(5).fill(402), ...Array<number>(7).fill(400)])
  expect(await forms.attemptsOf(bc)).toHaveLength(5)
  expect((await forms.setupIntent(data.setup_intent_id)).status).toBe('canceled')
  expect(await forms.eventsOf(bc, 'guard_tripped')).toEqual([{ limit: 'link' }])
})

test('cards with an open bank confirmation on a form count; a good card after few declines completes', async () => {
  const { bc, data } = await forms.setUp()
  for (let i = 0; i < 3; i++) await forms.enter(data.client_secret, 'pm_card_authenticationRequired')
  await forms.enter(data.client_secret, declined)
  await forms.enter(data.client_secret, 'pm_card_visa')
  const { status, body } = await forms.confirm(bc)
  expect([status, body.data.bc_status]).toEqual([200, 'active'])
  expect((await forms.attemptsOf(bc)).map(({ state }) => state).sort()).toEqual([
    ...Array<string>(3).fill('abandoned'),
    'declined',
    'paid',
  ])
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

test('declines on forms and on the page add up, and concurrent calls count each attempt once', async () => {
  const { contact, bc, page } = await world.openSetup()
  for (let i = 0; i < 2; i++) {
    await page.submitCard('4000000000000002')
    await until(async () => !(await page.progress()).body.paying)
  }
  const { data } = await forms.setUp(contact)
  for (let i = 0; i < 2; i++) await forms.enter(data.client_secret, declined)
  const answers = await Promise.all(Array.from({ length: 8 }, () => forms.confirm(bc)))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([402]))
  expect(await forms.attemptsOf(bc)).toHaveLength(4)
  await forms.enter(data.client_secret, declined)
  expect((await forms.confirm(bc)).status).toBe(429)
  const refused = await page.submitCard()
  expect([refused.status, refused.body.refusal]).toEqual([409, 'too_many_attempts'])
})

test('25 cards with 3-D Secure on a form that is never confirmed count by event, up to the limit', async () => {
  const { bc, data } = await forms.setUp()
  const entered: (number | string)[] = []
  for (let i = 0; i < 25; i++) {
    const { status, body } = await forms.enter(data.client_secret, asksForConfirmation)
    entered.push(status === 200 ? body.status : body.error.code)
    await world.allDelivered()
  }
  // The last question stays open for its customer; one card more closes the form.
  expect(entered).toEqual([
    ...Array<string>(6).fill('requires_action'),
    ...Array<string>(19).fill('setup_intent_unexpected_state'),
  ])
  expect((await forms.attemptsOf(bc)).map(({ state }) => state)).toEqual(Array<string>(5).fill('abandoned'))
  expect((await forms.setupIntent(data.setup_intent_id)).status).toBe('canceled')
  expect(await forms.eventsOf(bc, 'guard_tripped')).toEqual([{ limit: 'link' }])
})

test('the fifth card of a form can still be confirmed with its bank, and counts until then', async () => {
  const { bc, contact, data } = await forms.setUp()
  for (let i = 0; i < 4; i++) await forms.enter(data.client_secret, declined)
  await forms.enter(data.client_secret, 'pm_card_authenticationRequiredOnSetup')
  await world.allDelivered()
  const page = (await world.openSetup(contact)).page
  expect((await page.submitCard()).body.refusal).toBe('too_many_attempts')
  expect((await forms.setUp(contact)).data.client_secret).toBe(data.client_secret)
  await world.simulate('authenticate', { setup_intent: data.setup_intent_id, outcome: 'succeed' })
  await world.allDelivered()
  const { status, body } = await forms.confirm(bc)
  expect([status, body.data.bc_status]).toEqual([200, 'active'])
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

test.each([true, false])('cards that were saved on forms and never submitted count (events: %s)', async (delivered) => {
  const { bc, contact } = await forms.setUp()
  const given: number[] = []
  for (let i = 0; i < 12; i++) {
    const { status, data } = await forms.setUp(contact)
    given.push(status)
    if (status !== 200) continue
    expect((await forms.enter(data.client_secret, 'pm_card_visa')).body.status).toBe('succeeded')
    if (delivered) await world.allDelivered()
  }
  expect(given).toEqual([...Array<number>(5).fill(200), ...Array<number>(7).fill(429)])
  expect(await forms.eventsOf(bc, 'guard_tripped')).toEqual([{ limit: 'link' }])
  expect(await forms.eventsOf(bc, 'payment_failed')).toEqual([])
})

test('saved cards count for the contact on new links; a submitted one completes and no longer counts', async () => {
  const { bc, contact } = await forms.setUp()
  let statuses: number[] = []
  for (let i = 0; i < 5; i++) await forms.enter((await forms.setUp(contact)).data.client_secret, 'pm_card_visa')
  expect((await forms.setUp(contact)).status).toBe(429)
  await world.asNative('POST', `/v1/billing_customers/${bc}/setup_link`, { replace: true })
  for (let i = 0; i < 4; i++) {
    const { status, data } = await forms.setUp(contact)
    statuses = [...statuses, status]
    if (status === 200) await forms.enter(data.client_secret, 'pm_card_visa')
  }
  expect(statuses).toEqual([200, 200, 200, 429])
  await world.allDelivered()
  expect(await forms.eventsOf(bc, 'guard_tripped')).toEqual([{ limit: 'link' }, { limit: 'contact' }])
  // 8 were saved. The newest of them may be handed in: it is one of the 8, and no ninth.
  const { status, body } = await forms.confirm(bc)
  expect([status, body.data.bc_status]).toEqual([200, 'active'])
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

test('a failed cancel that Stripe stored is not final: the next one has another key', async () => {
  const { bc, data } = await forms.setUp()
  for (let i = 0; i < 5; i++) await forms.enter(data.client_secret, declined)
  await world.fault(`/v1/setup_intents/${data.setup_intent_id}/cancel`, 'error_kept')
  expect((await forms.confirm(bc)).status).toBe(429)
  expect((await forms.setupIntent(data.setup_intent_id)).status).toBe('canceled')
})

test('attempts on a form are not payment attempts: the amount can be changed and waived', async () => {
  const { bc, contact, data } = await forms.setUp()
  await forms.enter(data.client_secret, declined)
  expect((await forms.confirm(bc)).status).toBe(402)
  const { body } = await world.edge('createCustomer', { contact_id: contact, initial_amount: 20 })
  expect(body.errors ?? []).toEqual([])
  const { onboarding } = await world.billingCustomer(bc)
  expect(onboarding.amount).toBe(2_000)
  const tried = Object.fromEntries(
    onboarding.steps.map((step: { name: string; attempts: number }) => [step.name, step.attempts]),
  )
  expect(tried).toMatchObject({ payment_method: 1, initial_charge: 0 })
  const free = await world.edge('createCustomer', { contact_id: contact, require_initial: 0 })
  expect([free.status, free.body.data.bc_status]).toEqual([200, 'active'])
})

test('attempts on a form count for the time and link when they were made, not when they were found', async () => {
  const { bc, data } = await forms.setUp()
  // Nobody hears of them before the link is replaced.
  await world.fault('/v1/setup_attempts', 'error_before', { method: 'GET', times: 1_000 })
  for (let i = 0; i < 4; i++) await forms.enter(data.client_secret, declined)
  await new Promise((resolve) => setTimeout(resolve, 1_100))
  await world.asNative('POST', `/v1/billing_customers/${bc}/setup_link`, { replace: true })
  await world.clearFaults()
  expect((await forms.confirm(bc)).status).toBe(402)
  const tries = await world.sql<{ linkVersion: number; isDated: boolean }[]>`
    select a.link_version, a.created_at < o.link_given_at and a.closed_at = a.created_at as is_dated
    from payment_attempts a join onboardings o on o.id = a.onboarding_id where o.billing_customer_id = ${bc}`
  expect(tries.map(({ linkVersion, isDated }) => [linkVersion, isDated])).toEqual(
    Array.from({ length: 4 }, () => [1, true]),
  )
})
