import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until } from '../../../support/until.ts'
import { createWorld, type Answer, type World } from '../../../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ paypal: true, longestRetryPause: 300 })
})
afterAll(() => world.close())

const helper = (bc: string, name: string, body: object = {}): Promise<Answer> =>
  world.asNative('POST', `/v1/test_helpers/billing_customers/${bc}/${name}`, body)
const charges = async (bc: string) => (await world.ledger(bc)).charges
const summary = ({ status, body }: Answer) => [status, body.status ?? body.code, body.onboarding?.status]

describe('submit', () => {
  test('pays: active and charged once when the response arrives', async () => {
    const { bc } = await world.openSetup()
    expect(summary(await helper(bc, 'submit', { outcome: 'pays' }))).toEqual([200, 'active', 'completed'])
    expect(await charges(bc)).toMatchObject([{ amount: 1500 }])
    expect(summary(await helper(bc, 'submit', { outcome: 'pays' }))).toEqual([409, 409, undefined])
  })

  test('declined: pending without a charge, and another submission pays', async () => {
    const { bc } = await world.openSetup()
    expect(summary(await helper(bc, 'submit', { outcome: 'declined' }))).toEqual([200, 'pending', 'pending'])
    expect(await world.eventTypes(bc)).toContain('billing_customer.payment_failed')
    expect(await charges(bc)).toEqual([])
    expect(summary(await helper(bc, 'submit', { outcome: 'pays' }))).toEqual([200, 'active', 'completed'])
    expect(await charges(bc)).toHaveLength(1)
  })

  test('saves a payment method if nothing is due', async () => {
    const { bc } = await world.openSetup()
    await world.asNative('POST', `/v1/billing_customers/${bc}/waive_initial_charge`, { reason: 'Trial' })
    expect(summary(await helper(bc, 'submit', { outcome: 'pays' }))).toEqual([200, 'active', 'completed'])
    expect(await charges(bc)).toEqual([])
  })

  test('disputed: active, and an operator is told', async () => {
    const { bc } = await world.openSetup()
    expect(summary(await helper(bc, 'submit', { outcome: 'disputed' }))).toEqual([200, 'active', 'completed'])
    await until(
      () => world.eventTypes(bc),
      (types) => types.includes('charge.disputed'),
    )
  })

  test('rejects an unknown outcome and a wallet, which only its payer can approve', async () => {
    const { bc } = await world.openSetup()
    const wrong = await helper(bc, 'submit', { outcome: 'works' })
    expect([wrong.status, wrong.body.errors[0].param]).toEqual([400, 'outcome'])
    const wallet = await helper(bc, 'submit', { outcome: 'pays', gateway: 'paypal' })
    expect([wallet.status, wallet.body.code]).toEqual([409, 'test_not_possible'])
    expect(wallet.body.detail).toContain('approve with a sandbox account')
  })
})

describe('confirm_action', () => {
  test.each([
    ['pays', 'active', 1],
    ['declined', 'pending', 0],
  ])('%s answers the bank’s question: %s with %i charges', async (outcome, status, count) => {
    const { bc } = await world.openSetup()
    const asked = await helper(bc, 'submit', { outcome: 'requires_action' })
    expect([asked.status, asked.body.onboarding.blocked_on]).toEqual([200, 'customer'])
    expect((await world.eventTypes(bc)).at(-1)).toBe('billing_customer.requires_action')
    const answered = await helper(bc, 'confirm_action', { outcome })
    expect([answered.status, answered.body.status]).toEqual([200, status])
    expect(await charges(bc)).toHaveLength(count)
  })

  test.each([
    ['pays', 'active', 1],
    ['declined', 'pending', 0],
  ])('%s ends a payment that is processing: %s with %i charges', async (outcome, status, count) => {
    const { bc } = await world.openSetup()
    const waiting = await helper(bc, 'submit', { outcome: 'processing' })
    expect([waiting.status, waiting.body.status]).toEqual([200, 'pending'])
    const decided = await helper(bc, 'confirm_action', { outcome })
    expect([decided.status, decided.body.status]).toEqual([200, status])
    expect(await charges(bc)).toHaveLength(count)
  })

  test('is rejected while no bank asks', async () => {
    const { bc } = await world.openSetup()
    expect(summary(await helper(bc, 'confirm_action', { outcome: 'pays' }))).toEqual([409, 409, undefined])
  })
})

describe('advance_clock', () => {
  const day = 86_400

  test('runs a link of 30 days with its reminders to its end', async () => {
    const { bc } = await world.openSetup()
    const link = await world.asNative('POST', `/v1/billing_customers/${bc}/setup_link`, {
      expires_in_seconds: 30 * day,
    })
    expect(link.status).toBe(200)
    const early = await helper(bc, 'advance_clock', { seconds: 29 * day })
    expect(summary(early)).toEqual([200, 'pending', 'pending'])
    expect(await world.eventTypes(bc)).toContain('billing_customer.setup_reminder')
    expect(summary(await helper(bc, 'advance_clock', { seconds: day }))).toEqual([200, 'pending', 'expired'])
    expect((await world.eventTypes(bc)).at(-1)).toBe('onboarding.expired')
  })

  test('ends the cool-down after too many declines', async () => {
    const { bc } = await world.openSetup()
    const decline = () => helper(bc, 'submit', { outcome: 'declined' })
    const newLink = () => world.asNative('POST', `/v1/billing_customers/${bc}/setup_link`, { replace: true })
    const declineOnNewLinks = async () => {
      const { status } = await decline()
      if (status === 409) await newLink()
      return status
    }
    await until(declineOnNewLinks, (status) => status === 429)
    expect((await helper(bc, 'advance_clock', { seconds: 2 * 3_600 })).status).toBe(200)
    expect(summary(await helper(bc, 'submit', { outcome: 'pays' }))).toEqual([200, 'active', 'completed'])
  })

  test('is rejected while a payment is being made, and moves nothing', async () => {
    const { bc } = await world.openSetup()
    const times = () => world.sql`select expires_at from onboardings where billing_customer_id = ${bc}`
    const before = await times()
    const bank = await world.hold('/v1/payment_intents/*/confirm')
    const paying = helper(bc, 'submit', { outcome: 'pays' })
    await bank.reached()
    const refused = await helper(bc, 'advance_clock', { seconds: 60 * day })
    expect([refused.status, refused.body.code]).toEqual([409, 'payment_in_progress'])
    expect(await times()).toEqual(before)
    await bank.release()
    expect(summary(await paying)).toEqual([200, 'active', 'completed'])
    expect(await charges(bc)).toHaveLength(1)
  })
})

describe('refund and dispute', () => {
  const paid = async () => {
    const { bc } = await world.openSetup()
    await helper(bc, 'submit', { outcome: 'pays' })
    return bc
  }

  test('a refund at the dashboard arrives by event', async () => {
    const bc = await paid()
    const part = await helper(bc, 'refund', { amount: 500 })
    expect([part.status, part.body.object]).toEqual([200, 'charge'])
    const tooMuch = await helper(bc, 'refund', { amount: 1_001 })
    expect([tooMuch.status, tooMuch.body.errors[0]]).toEqual([
      400,
      { param: 'amount', message: 'must be at most 1000, what is left of the charge' },
    ])
    await helper(bc, 'refund')
    await until(
      async () => (await world.asNative('GET', `/v1/charges?billing_customer_id=${bc}`)).body.data[0].status,
      (status) => status === 'refunded',
    )
    expect(await charges(bc)).toMatchObject([{ amount: 1500, refunded_amount: 1500 }])
    expect(summary(await helper(bc, 'refund'))).toEqual([409, 409, undefined])
  })

  test('a dispute arrives by event', async () => {
    const bc = await paid()
    expect((await helper(bc, 'dispute')).status).toBe(200)
    await until(
      () => world.eventTypes(bc),
      (types) => types.includes('charge.disputed'),
    )
  })
})

test('at PayPal, a charge can be refunded, and only its payer can dispute it', async () => {
  const { bc, page } = await world.openSetup()
  await page.submitPayPal()
  await world.ended(bc)
  expect((await helper(bc, 'refund', { amount: 500 })).status).toBe(200)
  expect(await world.payPalCharges(bc)).toMatchObject([{ amount: 1500, refunded_amount: 500 }])
  expect(await helper(bc, 'dispute')).toMatchObject({ status: 409, body: { code: 'test_not_possible' } })
})

test('rejects live keys, other organizations, missing scopes and unknown fields', async () => {
  const { bc } = await world.openSetup()
  const { org_id: organization, other_org } = world.seeds
  const keyOf = async (environment: string, scopes: string) => {
    const { key } = (await world.admin('create-key', { organization, environment, scopes })) as { key: string }
    world.secrets.add(key)
    return key
  }
  const bodies = { submit: { outcome: 'pays' }, confirm_action: { outcome: 'pays' }, advance_clock: { seconds: 60 } }
  const live = await keyOf('live', '*')
  const reader = await keyOf('sandbox', 'billing_customers:read')
  for (const [name, body] of Object.entries({ ...bodies, refund: {}, dispute: {} })) {
    const path = `/v1/test_helpers/billing_customers/${bc}/${name}`
    expect((await world.asNative('POST', path, body, live)).status).toBe(403)
    expect((await world.asNative('POST', path, body, reader)).status).toBe(403)
    expect((await world.asNative('POST', path, body, other_org.secret_key)).status).toBe(404)
    expect((await world.asNative('POST', path, { ...body, more: 1 })).status).toBe(400)
  }
  expect((await world.billingCustomer(bc)).onboarding.status).toBe('pending')
})
