import { afterAll, beforeAll, expect, test } from 'vitest'
import { untilAnswered } from '../../support/answer.ts'
import { until } from '../../support/until.ts'
import { createWorld, type World } from '../../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300 })
})
afterAll(() => world.close())

async function setUp(contact_id = world.newContact()) {
  const { status, body } = await untilAnswered(() => world.edge('setupPaymentMethod', { contact_id }))
  if (body.data?.client_secret) world.secrets.add(body.data.client_secret)
  return { status, body, contact: contact_id, bc: body.data?.billing_customer_id as string, data: body.data }
}

const enter = (client_secret: string, payment_method: string) =>
  world.simulate('confirm_setup', { client_secret, payment_method })
const confirm = (billing_customer_id: string) =>
  untilAnswered(() =>
    world.edge('confirmPaymentMethod', { billing_customer_id, gateway: 'stripe', brand_id: undefined }),
  )
const setupIntent = async (id: string) => (await world.atStripe('GET', `/v1/setup_intents/${id}`)).body

const attemptsOf = (bc: string) =>
  world.sql<{ number: number; state: string; code: string | null }[]>`
    select a.number, a.state, a.code from payment_attempts a join onboardings o on o.id = a.onboarding_id
    where o.billing_customer_id = ${bc} order by o.n, a.number`

async function eventsOf(bc: string, type: string) {
  const rows = await world.sql<{ data: { limit?: string } }[]>`
    select data from events where billing_customer_id = ${bc} and type = ${`billing_customer.${type}`} order by id`
  return rows.map(({ data }) => data)
}

const declined = 'pm_card_visa_chargeDeclined'

test('20 declines on a caller’s form: 5 are tried, then 429; a new link opens another form', async () => {
  const { bc, contact, data } = await setUp()
  const entered: (number | string)[] = []
  const answers: number[] = []
  for (let i = 0; i < 20; i++) {
    const { status, body } = await enter(data.client_secret, declined)
    entered.push(status === 402 ? 'declined' : body.error.code)
    answers.push((await confirm(bc)).status)
  }
  expect(entered).toEqual([
    ...Array<string>(5).fill('declined'),
    ...Array<string>(15).fill('setup_intent_unexpected_state'),
  ])
  expect(answers).toEqual([...Array<number>(4).fill(402), ...Array<number>(16).fill(429)])
  expect((await confirm(bc)).body).toEqual({
    status: 'error',
    errors: ['too many payment methods were declined; replace the setup link first'],
  })
  expect((await setupIntent(data.setup_intent_id)).status).toBe('canceled')
  expect(await attemptsOf(bc)).toEqual(
    Array.from({ length: 5 }, (_, i) => ({ number: i + 1, state: 'declined', code: 'declined' })),
  )
  expect(await eventsOf(bc, 'guard_tripped')).toEqual([{ limit: 'link' }])
  expect(await eventsOf(bc, 'payment_failed')).toHaveLength(5)
  expect((await setUp(contact)).status).toBe(429)

  await world.asNative('POST', `/v1/billing_customers/${bc}/setup_link`, { replace: true })
  const next = await setUp(contact)
  expect([next.status, next.data.setup_intent_id === data.setup_intent_id]).toEqual([200, false])
  await enter(next.data.client_secret, 'pm_card_visa')
  expect((await confirm(bc)).body.data.bc_status).toBe('active')
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

test('a caller who never asks how it went: events of the gateway count, and cancel the form', async () => {
  const { bc, data } = await setUp()
  const entered: number[] = []
  for (let i = 0; i < 12; i++) {
    entered.push((await enter(data.client_secret, declined)).status)
    await world.allDelivered()
  }
  expect(entered).toEqual([...Array<number>(5).fill(402), ...Array<number>(7).fill(400)])
  expect(await attemptsOf(bc)).toHaveLength(5)
  expect((await setupIntent(data.setup_intent_id)).status).toBe('canceled')
  expect(await eventsOf(bc, 'guard_tripped')).toEqual([{ limit: 'link' }])
})

test('cards whose question was left open on a form count, and a good card after few declines finishes', async () => {
  const { bc, data } = await setUp()
  for (let i = 0; i < 3; i++) await enter(data.client_secret, 'pm_card_authenticationRequired')
  await enter(data.client_secret, declined)
  await enter(data.client_secret, 'pm_card_visa')
  const { status, body } = await confirm(bc)
  expect([status, body.data.bc_status]).toEqual([200, 'active'])
  expect((await attemptsOf(bc)).map(({ state }) => state).sort()).toEqual([
    ...Array<string>(3).fill('abandoned'),
    'declined',
    'paid',
  ])
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

test('declines on forms and on the page add up, and calls at once count each try once', async () => {
  const { contact, bc, page } = await world.openSetup()
  for (let i = 0; i < 2; i++) {
    await page.submitCard('4000000000000002')
    await until(async () => !(await page.progress()).body.paying)
  }
  const { data } = await setUp(contact)
  for (let i = 0; i < 2; i++) await enter(data.client_secret, declined)
  const answers = await Promise.all(Array.from({ length: 8 }, () => confirm(bc)))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([402]))
  expect(await attemptsOf(bc)).toHaveLength(4)
  await enter(data.client_secret, declined)
  expect((await confirm(bc)).status).toBe(429)
  const refused = await page.submitCard()
  expect([refused.status, refused.body.refusal]).toEqual([409, 'too_many_attempts'])
})

const limitOrganization = async (declines_per_organization: number) =>
  expect((await world.asNative('PATCH', '/v1/settings', { declines_per_organization })).status).toBe(200)

/**
 * As if 40 seconds had passed since everything that was submitted, and since every form that was opened at the limit.
 */
async function pass40Seconds(): Promise<void> {
  await world.sql`update payment_attempts set created_at = created_at - interval '40 seconds'`
  await world.sql`update approval_sessions set asked_at = asked_at - interval '40 seconds',
    admitted_at = admitted_at - interval '40 seconds'`
}

test('at the organization’s limit forms open one at a time, ask for 3-D Secure, and end with a decline', async () => {
  await limitOrganization(1)
  await pass40Seconds()
  const opened = await Promise.all(Array.from({ length: 6 }, () => setUp()))
  const [form, ...others] = opened.filter(({ status }) => status === 200)
  expect([others.length, opened.filter(({ status }) => status === 429).length]).toEqual([0, 5])
  const { contact, data } = form!
  const request = async (id: string) => (await setupIntent(id)).payment_method_options.card.request_three_d_secure
  expect(await request(data.setup_intent_id)).toBe('challenge')
  expect((await setUp(contact)).data.client_secret).toBe(data.client_secret)

  const entered: number[] = []
  for (let i = 0; i < 3; i++) {
    entered.push((await enter(data.client_secret, declined)).status)
    await world.allDelivered()
  }
  expect(entered).toEqual([402, 400, 400])
  expect((await setupIntent(data.setup_intent_id)).status).toBe('canceled')
  expect((await setUp(contact)).status).toBe(429)

  await pass40Seconds()
  const next = await setUp(contact)
  expect([next.status, next.data.setup_intent_id === data.setup_intent_id]).toEqual([200, false])
  expect(await request(next.data.setup_intent_id)).toBe('challenge')
  const { body } = await enter(next.data.client_secret, 'pm_card_threeDSecureOptional')
  expect(body.status).toBe('requires_action')
  await world.simulate('authenticate', { setup_intent: next.data.setup_intent_id, outcome: 'succeed' })
  await world.allDelivered()
  await limitOrganization(300)
  expect((await confirm(next.bc)).body.data.bc_status).toBe('active')
})

const asks = 'pm_card_authenticationRequired'

test('a form that was opened at the organization’s limit has had its turn: its card is handed in at once', async () => {
  await limitOrganization(1)
  await pass40Seconds()
  const { bc, data } = await setUp()
  expect((await enter(data.client_secret, 'pm_card_visa')).body.status).toBe('succeeded')
  await world.allDelivered()
  const { status, body } = await confirm(bc)
  expect([status, body.data?.bc_status ?? body.errors]).toEqual([200, 'active'])
  expect((await world.ledger(bc)).charges).toHaveLength(1)
  await limitOrganization(300)
})

test('at the organization’s limit opening forms holds up nobody who submits on the page', async () => {
  await limitOrganization(1)
  await pass40Seconds()
  const { bc, page } = await world.openSetup()
  expect((await setUp()).status).toBe(200)
  const { status, body } = await page.submitCard()
  expect([status, body.refusal]).toEqual([202, undefined])
  expect(await world.ended(bc)).toBe('completed')
  await limitOrganization(300)
})

test('an organization that reaches its limit by cards on forms only is told of it, once', async () => {
  const forms = [await setUp(), await setUp()]
  await world.sql`delete from guard_trips where guard_limit = 'organization'`
  const told = async () =>
    (await Promise.all(forms.map(({ bc }) => eventsOf(bc, 'guard_tripped')))).flat().filter(({ limit }) => limit)
  await limitOrganization(1)
  for (const { data } of forms) await enter(data.client_secret, declined)
  await world.allDelivered()
  expect(await told()).toEqual([{ limit: 'organization' }])
  await limitOrganization(300)
})

test('at the organization’s limit a form that Stripe failed to create takes no slot', async () => {
  await limitOrganization(1)
  await pass40Seconds()
  await world.fault('/v1/setup_intents', 'error_kept')
  expect((await setUp()).status).toBe(200)
  await limitOrganization(300)
})

test('a form opened at the organization’s limit ends when a second card replaces one with 3-D Secure', async () => {
  await limitOrganization(1)
  await pass40Seconds()
  const { bc, contact, data } = await setUp()
  const entered: (number | string)[] = []
  for (let i = 0; i < 5; i++) {
    const { status, body } = await enter(data.client_secret, asks)
    entered.push(status === 200 ? body.status : body.error.code)
    await world.allDelivered()
  }
  expect(entered).toEqual([
    ...Array<string>(2).fill('requires_action'),
    ...Array<string>(3).fill('setup_intent_unexpected_state'),
  ])
  expect((await attemptsOf(bc)).map(({ state }) => state)).toEqual(['abandoned'])
  expect((await setupIntent(data.setup_intent_id)).status).toBe('canceled')
  expect((await setUp(contact)).status).toBe(429)
  await limitOrganization(300)
})

test('a card that was saved on such a form after another was left open may be handed in', async () => {
  await limitOrganization(1)
  await pass40Seconds()
  const { bc, data } = await setUp()
  await enter(data.client_secret, asks)
  await enter(data.client_secret, 'pm_card_visa')
  await world.allDelivered()
  const { status, body } = await confirm(bc)
  expect([status, body.data?.bc_status ?? body.errors]).toEqual([200, 'active'])
  await limitOrganization(300)
})

test('25 cards with 3-D Secure on a form that is never confirmed count by event, up to the limit', async () => {
  const { bc, data } = await setUp()
  const entered: (number | string)[] = []
  for (let i = 0; i < 25; i++) {
    const { status, body } = await enter(data.client_secret, asks)
    entered.push(status === 200 ? body.status : body.error.code)
    await world.allDelivered()
  }
  // The last question stays open for its customer; one card more closes the form.
  expect(entered).toEqual([
    ...Array<string>(6).fill('requires_action'),
    ...Array<string>(19).fill('setup_intent_unexpected_state'),
  ])
  expect((await attemptsOf(bc)).map(({ state }) => state)).toEqual(Array<string>(5).fill('abandoned'))
  expect((await setupIntent(data.setup_intent_id)).status).toBe('canceled')
  expect(await eventsOf(bc, 'guard_tripped')).toEqual([{ limit: 'link' }])
})

test('the fifth card of a form may still be confirmed with its bank, and counts until then', async () => {
  const { bc, contact, data } = await setUp()
  for (let i = 0; i < 4; i++) await enter(data.client_secret, declined)
  await enter(data.client_secret, 'pm_card_authenticationRequiredOnSetup')
  await world.allDelivered()
  const page = (await world.openSetup(contact)).page
  expect((await page.submitCard()).body.refusal).toBe('too_many_attempts')
  expect((await setUp(contact)).data.client_secret).toBe(data.client_secret)
  await world.simulate('authenticate', { setup_intent: data.setup_intent_id, outcome: 'succeed' })
  await world.allDelivered()
  const { status, body } = await confirm(bc)
  expect([status, body.data.bc_status]).toEqual([200, 'active'])
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

test.each([true, false])('cards that were saved on forms and never handed in count (events: %s)', async (delivered) => {
  const { bc, contact } = await setUp()
  const given: number[] = []
  for (let i = 0; i < 12; i++) {
    const { status, data } = await setUp(contact)
    given.push(status)
    if (status !== 200) continue
    expect((await enter(data.client_secret, 'pm_card_visa')).body.status).toBe('succeeded')
    if (delivered) await world.allDelivered()
  }
  expect(given).toEqual([...Array<number>(5).fill(200), ...Array<number>(7).fill(429)])
  expect(await eventsOf(bc, 'guard_tripped')).toEqual([{ limit: 'link' }])
  expect(await eventsOf(bc, 'payment_failed')).toEqual([])
})

test('saved cards count for the contact on new links; a submitted one completes and no longer counts', async () => {
  const { bc, contact } = await setUp()
  let statuses: number[] = []
  for (let i = 0; i < 5; i++) await enter((await setUp(contact)).data.client_secret, 'pm_card_visa')
  expect((await setUp(contact)).status).toBe(429)
  await world.asNative('POST', `/v1/billing_customers/${bc}/setup_link`, { replace: true })
  for (let i = 0; i < 4; i++) {
    const { status, data } = await setUp(contact)
    statuses = [...statuses, status]
    if (status === 200) await enter(data.client_secret, 'pm_card_visa')
  }
  expect(statuses).toEqual([200, 200, 200, 429])
  await world.allDelivered()
  expect(await eventsOf(bc, 'guard_tripped')).toEqual([{ limit: 'link' }, { limit: 'contact' }])
  // 8 were saved. The newest of them may be handed in: it is one of the 8, and no ninth.
  const { status, body } = await confirm(bc)
  expect([status, body.data.bc_status]).toEqual([200, 'active'])
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

test('at the organization’s limit a card that was saved a moment ago does not hold up its own hand-in', async () => {
  const { data, bc } = await setUp()
  await enter(data.client_secret, 'pm_card_visa')
  await world.allDelivered()
  await world.sql`update payment_attempts set created_at = created_at - interval '2 hours',
    closed_at = closed_at - interval '2 hours'`
  await world.sql`update approval_sessions set asked_at = asked_at - interval '2 hours' where onboarding_id not in (
    select id from onboardings where billing_customer_id = ${bc})`
  await limitOrganization(1)
  expect((await setUp()).status).toBe(429)
  const { status, body } = await confirm(bc)
  expect([status, body.data.bc_status]).toEqual([200, 'active'])
  await limitOrganization(300)
})

test('a failure of the cancel that Stripe stored is not the end of it: the next one has another key', async () => {
  const { bc, data } = await setUp()
  for (let i = 0; i < 5; i++) await enter(data.client_secret, declined)
  await world.fault(`/v1/setup_intents/${data.setup_intent_id}/cancel`, 'error_kept')
  expect((await confirm(bc)).status).toBe(429)
  expect((await setupIntent(data.setup_intent_id)).status).toBe('canceled')
})

test('attempts on a form are no payment attempts: the amount can change, and a waiver works', async () => {
  const { bc, contact, data } = await setUp()
  await enter(data.client_secret, declined)
  expect((await confirm(bc)).status).toBe(402)
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

test('tries on a form count when they were made and for the link of that time, not when they are found', async () => {
  const { bc, data } = await setUp()
  // Nobody hears of them before the link is replaced.
  await world.fault('/v1/setup_attempts', 'error_before', { method: 'GET', times: 1_000 })
  for (let i = 0; i < 4; i++) await enter(data.client_secret, declined)
  await new Promise((resolve) => setTimeout(resolve, 1_100))
  await world.asNative('POST', `/v1/billing_customers/${bc}/setup_link`, { replace: true })
  await world.clearFaults()
  expect((await confirm(bc)).status).toBe(402)
  const tries = await world.sql<{ linkVersion: number; isDated: boolean }[]>`
    select a.link_version, a.created_at < o.link_given_at and a.closed_at = a.created_at as is_dated
    from payment_attempts a join onboardings o on o.id = a.onboarding_id where o.billing_customer_id = ${bc}`
  expect(tries.map(({ linkVersion, isDated }) => [linkVersion, isDated])).toEqual(
    Array.from({ length: 4 }, () => [1, true]),
  )
})
