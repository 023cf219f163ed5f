import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { untilBankAsks } from '../support/until-bank-asks.ts'
import { createWorld, type World } from '../support/world/world.ts'
import type { SetupPage } from '../support/world/setup-page.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300, gatewayTimeout: 10_000 })
})
afterEach(() => world.clearFaults())
afterAll(() => world.close())

const always = '4000002760003184'

const bankAsks = (page: SetupPage) => untilBankAsks(world, page)
const answerBank = (intent: string, outcome: 'succeed' | 'fail' | 'cancel') =>
  world.simulate('authenticate', { [intent.startsWith('pi_') ? 'payment_intent' : 'setup_intent']: intent, outcome })

test('another card while the bank waits: the first payment cannot be confirmed any more', async () => {
  const { bc, page } = await world.openSetup()
  await page.submitCard(always)
  const intent = await bankAsks(page)
  expect((await page.submitCard()).status).toBe(202)
  expect(await world.ended(bc)).toBe('completed')
  expect((await answerBank(intent, 'succeed')).status).toBe(409)
  expect((await world.ledger(bc)).charges).toHaveLength(1)
  const attempts = await world.sql`
    select a.state from payment_attempts a join onboardings o on o.id = a.onboarding_id
    where o.billing_customer_id = ${bc} order by a.number`
  expect(attempts.map(({ state }) => state)).toEqual(['abandoned', 'paid'])
})

test('another card while the bank waits, and the first is confirmed just then: one charge', async () => {
  const { bc, page } = await world.openSetup()
  await page.submitCard(always)
  const intent = await bankAsks(page)
  const canceling = await world.hold('/v1/payment_intents/*/cancel')
  await page.submitCard()
  await canceling.reached()
  await answerBank(intent, 'succeed')
  await canceling.release()
  expect(await world.ended(bc)).toBe('completed')
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})

/**
 * What Stripe.js does with the client secret that the page holds while the bank asks: it confirms with another card.
 */
const confirmInBrowser = (intent: string, payment_method: string) =>
  world.atStripe('POST', `/v1/payment_intents/${intent}/confirm`, {
    payment_method,
    return_url: 'https://page.example',
  })

const objectsOf = (bc: string) => world.sql<{ k: number; state: string; chargeState: string | null }[]>`
  select p.k, p.state, c.state as charge_state from payment_objects p join onboardings o on o.id = p.onboarding_id
  left join charges c on c.object_onboarding_id = o.id and c.k = p.k
  where o.billing_customer_id = ${bc} order by p.k`

test.each(['fail', 'cancel'] as const)(
  'after a confirmation that ended in %s, no other card can be confirmed with the client secret that the page had',
  async (outcome) => {
    const { bc, page } = await world.openSetup()
    await page.submitCard(always)
    const intent = await bankAsks(page)
    await answerBank(intent, outcome)
    await until(
      () => objectsOf(bc),
      ([object]) => object!.state === 'dead',
    )
    const refused = await confirmInBrowser(intent, 'pm_card_visa')
    expect([refused.status, refused.body.error.code]).toEqual([400, 'payment_intent_unexpected_state'])
    expect((await page.submitCard()).status).toBe(202)
    expect(await world.ended(bc)).toBe('completed')
    expect(await objectsOf(bc)).toEqual([
      { k: 1, state: 'dead', chargeState: 'canceled' },
      { k: 2, state: 'paid', chargeState: 'succeeded' },
    ])
    expect((await world.ledger(bc)).charges).toHaveLength(1)
  },
)

test.each([
  [always, 'fail', 'authentication_failed'],
  ['4000008260003178', 'succeed', 'insufficient_funds'],
] as const)(
  'cards that were declined with the client secret of %s before the cancel are counted, each once',
  async (card, answer, code) => {
    const { bc, page } = await world.openSetup()
    await page.submitCard(card)
    const intent = await bankAsks(page)
    const canceling = await world.hold('/v1/payment_intents/*/cancel')
    await answerBank(intent, answer)
    await canceling.reached()
    for (const other of [
      'pm_card_visa_chargeDeclined',
      'pm_card_visa_chargeDeclinedInsufficientFunds',
      'pm_card_chargeDeclinedIncorrectCvc',
    ])
      expect((await confirmInBrowser(intent, other)).status).toBe(402)
    await canceling.release()
    await until(
      () => objectsOf(bc),
      ([object]) => object!.state === 'dead',
    )
    const attempts = await world.sql<{ code: string }[]>`
    select a.code from payment_attempts a join onboardings o on o.id = a.onboarding_id
    where o.billing_customer_id = ${bc} and a.state = 'declined' order by a.number`
    expect(attempts.map((attempt) => attempt.code)).toEqual([code, 'declined', 'insufficient_funds', 'incorrect_cvc'])
    // One more is left of the 5 of a link.
    await page.submitCard('4000000000000002')
    await until(async () => !(await page.progress()).body.paying)
    expect((await page.submitCard()).body.refusal).toBe('too_many_attempts')
  },
)

test('another card pays with the client secret just before the cancel: the only initial charge', async () => {
  const { bc, page } = await world.openSetup()
  await page.submitCard(always)
  const intent = await bankAsks(page)
  const canceling = await world.hold('/v1/payment_intents/*/cancel')
  await answerBank(intent, 'fail')
  await canceling.reached()
  expect((await confirmInBrowser(intent, 'pm_card_visa')).body.status).toBe('succeeded')
  await canceling.release()
  expect(await world.ended(bc)).toBe('completed')
  const { charges, refunds } = await world.ledger(bc)
  expect([charges.length, refunds]).toEqual([1, []])
})

test('a card that is submitted before the cancel has a response waits for it, and is charged once', async () => {
  const { bc, page } = await world.openSetup()
  await page.submitCard(always)
  const intent = await bankAsks(page)
  await world.fault('/v1/payment_intents/*/cancel', 'error_kept')
  await world.fault('/v1/payment_intents/*/cancel', 'lose_answer')
  await answerBank(intent, 'fail')
  await until(async () => !(await page.progress()).body.paying)
  expect((await page.submitCard()).status).toBe(202)
  expect(await world.ended(bc)).toBe('completed')
  expect((await objectsOf(bc)).map(({ state }) => state)).toEqual(['dead', 'paid'])
  expect((await world.ledger(bc)).charges).toHaveLength(1)
})
