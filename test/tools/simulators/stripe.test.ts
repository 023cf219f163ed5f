import { appendFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import Stripe from 'stripe'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { StripeSimulator } from '../../../tools/simulators/stripe/server.ts'
import { startJudgedSimulator, takeViolations } from '../../support/judge/judged-simulator.ts'
import { temporaryFolder } from '../../../tools/local/folders.ts'
import { controlsOf } from '../../support/world/simulator.ts'

const return_url = 'https://shop.example/back'
let folder: string
let simulator: StripeSimulator
let stripe: Stripe
const connect = () => {
  const { hostname, port } = new URL(simulator.url)
  return new Stripe('sk_test_x', {
    host: hostname,
    port,
    protocol: 'http',
    telemetry: false,
    maxNetworkRetries: 0,
    timeout: 20_000,
  })
}
beforeEach(async () => {
  folder = temporaryFolder('simulator')
  simulator = await startJudgedSimulator({ folder })
  stripe = connect()
})
afterEach(async () => {
  await simulator.close()
  rmSync(folder, { recursive: true, force: true })
})

const control = (path: string, body: object) =>
  fetch(`${simulator.url}/_sim/${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
const ledger = async () => (await (await fetch(`${simulator.url}/_sim/ledger`)).json()) as { charges: object[] }
const failure = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error as InstanceType<typeof Stripe.errors.StripeError>,
  )
async function newIntent(key = 'create') {
  const customer = await stripe.customers.create({}, { idempotencyKey: `${key}/customer` })
  return stripe.paymentIntents.create(
    { amount: 1500, currency: 'usd', customer: customer.id, allowed_payment_method_types: ['card'] },
    { idempotencyKey: key },
  )
}

test('the same key returns the same response and executes once; another key or other parameters do not', async () => {
  const first = await newIntent()
  const again = await newIntent()
  expect(again.id).toBe(first.id)
  expect(again.lastResponse.headers['idempotent-replayed']).toBe('true')
  const other = await failure(
    stripe.paymentIntents.create(
      { amount: 1600, currency: 'usd', customer: first.customer as string },
      { idempotencyKey: 'create' },
    ),
  )
  expect(other).toBeInstanceOf(Stripe.errors.StripeIdempotencyError)
})

test('failures are stored under their key too, and a paid intent is charged once', async () => {
  const { id } = await newIntent()
  const decline = () =>
    failure(
      stripe.paymentIntents.confirm(
        id,
        { payment_method: 'pm_card_visa_chargeDeclined', return_url },
        { idempotencyKey: 'confirm/1' },
      ),
    )
  expect(await decline()).toMatchObject({ statusCode: 402, decline_code: 'generic_decline' })
  expect((await decline())!.headers!['idempotent-replayed']).toBe('true')
  await control('faults', {
    match: { method: 'POST', path: `/v1/payment_intents/${id}/confirm` },
    times: 1,
    fault: 'error_after',
  })
  const confirm = (key: string) =>
    failure(stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa', return_url }, { idempotencyKey: key }))
  expect(await confirm('confirm/2')).toMatchObject({ statusCode: 500 })
  expect((await confirm('confirm/2'))!.headers!['idempotent-replayed']).toBe('true')
  expect(await confirm('confirm/3')).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' })
  expect((await ledger()).charges).toHaveLength(1)
})

test('a key is forgotten after a day of the simulator’s clock', async () => {
  const first = await newIntent()
  await control('clock', { advance_seconds: 25 * 3600 })
  expect((await newIntent()).id).not.toBe(first.id)
})

test('a key in use is rejected with 409', async () => {
  const first = await controlsOf(simulator.url).hold('/v1/customers')
  const slow = stripe.customers.create({}, { idempotencyKey: 'one' })
  await first.reached()
  expect(await failure(stripe.customers.create({}, { idempotencyKey: 'one' }))).toMatchObject({
    statusCode: 409,
    code: 'idempotency_key_in_use',
  })
  await first.release()
  expect((await slow).object).toBe('customer')
})

test('state survives a restart, except for an incomplete last line', async () => {
  const { id } = await newIntent()
  await stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa', return_url })
  await simulator.close()
  appendFileSync(join(folder, 'stripe.jsonl'), '{"c":"charges","i":"ch_half","v":{"amo')
  simulator = await startJudgedSimulator({ folder })
  stripe = connect()
  expect((await stripe.paymentIntents.retrieve(id)).status).toBe('succeeded')
  expect((await ledger()).charges).toHaveLength(1)
})

test('a parameter that the vendor does not support is rejected and logged', async () => {
  const wrong = {
    amount: 1500,
    currency: 'usd',
    payment_method_types: ['card'],
  } as unknown as Stripe.PaymentIntentCreateParams
  expect(await failure(stripe.paymentIntents.create(wrong))).toMatchObject({
    statusCode: 400,
    code: 'parameter_unknown',
    param: 'payment_method_types',
  })
  const { requests } = (await (await fetch(`${simulator.url}/_sim/requests`)).json()) as {
    requests: { valid: boolean; violations: string[] }[]
  }
  const judged = 'POST /v1/payment_intents: request /payment_method_types is unknown'
  expect(requests).toMatchObject([{ valid: false, violations: [judged, 'unknown parameter payment_method_types'] }])
  expect(takeViolations(simulator)).toEqual([judged])
})

test('a confirmation token works once, and not after twelve hours', async () => {
  const token = () => stripe.testHelpers.confirmationTokens.create({ payment_method: 'pm_card_visa' })
  const used = await token()
  await stripe.paymentIntents.confirm((await newIntent('a')).id, { confirmation_token: used.id, return_url })
  expect(
    await failure(
      stripe.paymentIntents.confirm((await newIntent('b')).id, { confirmation_token: used.id, return_url }),
    ),
  ).toMatchObject({ statusCode: 400, param: 'confirmation_token' })
  const late = await token()
  await control('clock', { advance_seconds: 13 * 3600 })
  expect(
    await failure(
      stripe.paymentIntents.confirm((await newIntent('c')).id, { confirmation_token: late.id, return_url }),
    ),
  ).toMatchObject({ statusCode: 400, param: 'confirmation_token', message: expect.stringContaining('expired') })
})

test('no card number is stored on disk', async () => {
  const body = new URLSearchParams({
    'payment_method_data[type]': 'card',
    'payment_method_data[card][number]': '5555555555554444',
  })
  await fetch(`${simulator.url}/v1/confirmation_tokens`, {
    method: 'POST',
    headers: { Authorization: 'Bearer pk_test_x' },
    body,
  })
  const { readFileSync } = await import('node:fs')
  expect(readFileSync(join(folder, 'stripe.jsonl'), 'utf8')).not.toContain('55555555')
})

test('a fault about one object hits only calls with its id, and can be removed separately', async () => {
  const customers = (onboarding_id: string, idempotencyKey = '') =>
    failure(stripe.customers.create({ metadata: { onboarding_id } }, { idempotencyKey }))
  const match = { method: 'POST', path: '/v1/customers', about: 'onb_1' }
  await control('faults', { match, times: 2, fault: 'error_before' })
  expect(await customers('onb_2')).toBeUndefined()
  expect(await customers('onb_1')).toMatchObject({ statusCode: 500 })
  expect(await customers('onb_2', 'onb_1/customer')).toMatchObject({ statusCode: 500 })
  expect(await customers('onb_1')).toBeUndefined()

  const customer = (await stripe.customers.create({})).id
  const common = { amount: 1500, currency: 'usd', customer, allowed_payment_method_types: ['card' as const] }
  const [mine, other] = await Promise.all(
    ['onb_1', 'onb_2'].map((onboarding_id) => stripe.paymentIntents.create({ ...common, metadata: { onboarding_id } })),
  )
  const read = { method: 'GET', path: '/v1/payment_intents/*', about: 'onb_1' }
  const ordered = await control('faults', { match: read, times: 100, fault: 'error_before' })
  const { id } = (await ordered.json()) as { id: string }
  expect(await failure(stripe.paymentIntents.retrieve(mine!.id))).toMatchObject({ statusCode: 500 })
  expect(await failure(stripe.paymentIntents.retrieve(other!.id))).toBeUndefined()
  await fetch(`${simulator.url}/_sim/faults/${id}`, { method: 'DELETE' })
  expect(await failure(stripe.paymentIntents.retrieve(mine!.id))).toBeUndefined()
})

test('a fault can advance the clock past the lifetime of the key before the response is lost', async () => {
  const path = '/v1/customers'
  await control('faults', { match: { method: 'POST', path }, fault: 'lose_answer', advance_seconds: 86_460 })
  const create = (timeout = 20_000) => stripe.customers.create({}, { idempotencyKey: 'forgotten', timeout })
  expect(await failure(create(1_000))).toBeInstanceOf(Stripe.errors.StripeConnectionError)
  expect((await create()).lastResponse.headers['idempotent-replayed']).toBeUndefined()
  const { customers } = (await ledger()) as unknown as { customers: object[] }
  expect(customers).toHaveLength(2)
})

test.each([
  [49, 'usd', 'amount_too_small'],
  [17_499, 'huf', 'amount_too_small'],
  [100_000_000, 'usd', 'amount_too_large'],
  [10 ** 12, 'idr', 'amount_too_large'],
  [4_605, 'kwd', 'parameter_invalid_integer'],
  [2_050, 'isk', 'parameter_invalid_integer'],
])('%i %s is rejected as %s', async (amount, currency, code) => {
  const { id: customer } = await stripe.customers.create({})
  const refused = await failure(stripe.paymentIntents.create({ amount, currency, customer }))
  expect(refused).toMatchObject({ statusCode: 400, code, param: 'amount' })
})

test("each currency's minimum is accepted, and an unsupported currency is rejected", async () => {
  const { id: customer } = await stripe.customers.create({})
  for (const [amount, currency] of [
    [30, 'gbp'],
    [999_999_999_999, 'idr'],
    [4_610, 'kwd'],
  ] as const)
    expect((await stripe.paymentIntents.create({ amount, currency, customer })).amount).toBe(amount)
  expect(await failure(stripe.paymentIntents.create({ amount: 500, currency: 'bgn', customer }))).toMatchObject({
    statusCode: 400,
    param: 'currency',
  })
})

test.each(['株式会社', 'نورث', '🏋', '<b>', 'a"b', "it's", 'A*B', 'A\\B', '12345', 'x'.repeat(23)])(
  'a descriptor suffix of %j is rejected',
  async (statement_descriptor_suffix) => {
    const { id: customer } = await stripe.customers.create({})
    const wanted = { amount: 1500, currency: 'usd', customer, statement_descriptor_suffix }
    expect(await failure(stripe.paymentIntents.create(wanted))).toMatchObject({
      statusCode: 400,
      param: 'statement_descriptor_suffix',
    })
  },
)
