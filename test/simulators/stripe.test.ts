import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import Stripe from 'stripe'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startStripeSimulator, type StripeSimulator } from '../../simulators/stripe/server.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

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
    timeout: 800,
  })
}
beforeEach(async () => {
  folder = temporaryFolder('simulator')
  simulator = await startStripeSimulator({ folder })
  stripe = connect()
})
afterEach(() => simulator.close())

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

test('the same key answers the same and does nothing twice; another key or other parameters do not', async () => {
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

test('failures are kept under their key too, and a paid intent pays once', async () => {
  const { id } = await newIntent()
  const decline = () =>
    failure(
      stripe.paymentIntents.confirm(
        id,
        { payment_method: 'pm_card_visa_chargeDeclined' },
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
    failure(stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' }, { idempotencyKey: key }))
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

test('a key that is being worked on is refused with 409', async () => {
  await control('faults', { match: { method: 'POST', path: '/v1/customers' }, times: 1, fault: 'delay', delay_ms: 400 })
  const slow = stripe.customers.create({}, { idempotencyKey: 'one' })
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(await failure(stripe.customers.create({}, { idempotencyKey: 'one' }))).toMatchObject({
    statusCode: 409,
    code: 'idempotency_key_in_use',
  })
  await slow
})

test('what it answered for outlives it; what was cut off in the middle of a line does not', async () => {
  const { id } = await newIntent()
  await stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' })
  await simulator.close()
  appendFileSync(join(folder, 'stripe.jsonl'), '{"c":"charges","i":"ch_half","v":{"amo')
  simulator = await startStripeSimulator({ folder })
  stripe = connect()
  expect((await stripe.paymentIntents.retrieve(id)).status).toBe('succeeded')
  expect((await ledger()).charges).toHaveLength(1)
})

test('a parameter that the vendor does not know (any more) is refused and noted', async () => {
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
  expect(requests).toMatchObject([{ valid: false, violations: ['unknown parameter payment_method_types'] }])
})

test('a confirmation token serves once, and not after twelve hours', async () => {
  const token = () => stripe.testHelpers.confirmationTokens.create({ payment_method: 'pm_card_visa' })
  const used = await token()
  await stripe.paymentIntents.confirm((await newIntent('a')).id, { confirmation_token: used.id })
  expect(
    await failure(stripe.paymentIntents.confirm((await newIntent('b')).id, { confirmation_token: used.id })),
  ).toMatchObject({ statusCode: 400, param: 'confirmation_token' })
  const late = await token()
  await control('clock', { advance_seconds: 13 * 3600 })
  expect(
    await failure(stripe.paymentIntents.confirm((await newIntent('c')).id, { confirmation_token: late.id })),
  ).toMatchObject({ code: 'confirmation_token_expired' })
})

test('no card number is on its disk', async () => {
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
