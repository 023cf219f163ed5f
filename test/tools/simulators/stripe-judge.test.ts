import { rmSync } from 'node:fs'
import { join } from 'node:path'
import Stripe from 'stripe'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { calls } from '../../../tools/simulators/stripe/api/calls.ts'
import { openJudge, type Judge } from '../../../tools/simulators/stripe/judge/judge.ts'
import { cachedSchema } from '../../../tools/simulators/stripe/judge/schema-cache.ts'
import { startStripeSimulator, type StripeSimulator } from '../../../tools/simulators/stripe/server.ts'
import { spokenCalls, spokenEvents } from '../../../tools/simulators/stripe/judge/spoken.ts'
import { startJudgedSimulator, takeViolations } from '../../support/judge/judged-simulator.ts'
import { temporaryFolder } from '../../../tools/local/folders.ts'

const return_url = 'https://shop.example/back'
const folder = temporaryFolder('judge')
let simulator: StripeSimulator
let stripe: Stripe
let judge: Judge
beforeAll(async () => {
  simulator = await startJudgedSimulator({ folder })
  const { hostname, port } = new URL(simulator.url)
  stripe = new Stripe('sk_test_x', { host: hostname, port, protocol: 'http', telemetry: false, maxNetworkRetries: 0 })
  judge = (await openJudge(true))!
})
afterAll(async () => {
  await simulator.close()
  rmSync(folder, { recursive: true, force: true })
})

const create = { method: 'POST', path: '/v1/payment_intents' }
const confirm = { method: 'POST', path: '/v1/payment_intents/:id/confirm' }
const read = { method: 'GET', path: '/v1/payment_intents/:id' }
const newIntent = async () => {
  const { id: customer } = await stripe.customers.create({ metadata: { onboarding_id: 'onb_1', number: '12' } })
  return stripe.paymentIntents.create({ amount: 1500, currency: 'usd', customer })
}
const plain = (object: object) => JSON.parse(JSON.stringify(object)) as Record<string, unknown>

test('every call of the simulator has its published types', () => {
  expect(Object.keys(spokenCalls).sort()).toEqual(calls.map(({ method, path }) => `${method} ${path}`).sort())
})

test('requests of the SDK, responses and both events match the published types and are counted', async () => {
  const { id } = await newIntent()
  const before = simulator.judged.bodies
  const paid = await stripe.paymentIntents.confirm(id, {
    payment_method: 'pm_card_visa',
    return_url,
    expand: ['payment_method'],
  })
  expect(paid.payment_method).toMatchObject({ object: 'payment_method' })
  expect(simulator.judged.bodies - before).toBe(4)
  expect(simulator.judged.violations).toEqual([])
})

describe('a request', () => {
  const right = { amount: '1500', currency: 'usd', metadata: { number: '12' }, off_session: 'true', confirm: 'false' }

  test('is valid with numbers and booleans as form strings, and is not modified', () => {
    const input = { ...right, allowed_payment_method_types: ['card'], description: '' }
    const before = structuredClone(input)
    expect(judge.request(create, input)).toEqual([])
    expect(input).toEqual(before)
  })

  test.each([
    ['a parameter that is gone', { payment_method_types: ['card'] }, '/payment_method_types is unknown'],
    ['one that never was', { metadata: { a: { b: 'c' } } }, '/metadata/a must be string'],
    ['a text amount', { amount: 'fifteen' }, '/amount must be integer and is "fifteen"'],
    ['half a cent', { amount: '15.5' }, '/amount must be integer and is "15.5"'],
    ['a word that is not in an open list', { capture_method: 'later' }, '/capture_method must be one of automatic,'],
    [
      'a type deep inside',
      { payment_method_options: { card: { cvc: '1' } } },
      '/payment_method_options/card/cvc is unknown',
    ],
    ['nothing where something is required', { currency: undefined }, "/ must have required property 'currency'"],
  ])('with %s is wrong', (_, more, reason) => {
    const input = JSON.parse(JSON.stringify({ ...right, ...more })) as Record<string, unknown>
    expect(judge.request(create, input)).toContainEqual(
      expect.stringContaining(`POST /v1/payment_intents: request ${reason}`),
    )
  })

  test('of an unknown type is invalid', () => {
    expect(judge.request({ method: 'POST', path: '/v1/charges' }, {})).toEqual([
      'POST /v1/charges: request has no published type',
    ])
  })
})

describe('a response', () => {
  test.each([
    ['an unknown field', { surprise: 1 }, '/surprise is unknown'],
    ['a text amount', { amount: '1500' }, '/amount must be integer and is "1500"'],
    ['an unknown status', { status: 'paid' }, '/status must be one of canceled, processing,'],
    ['a field left out', { payment_record: undefined }, "/ must have required property 'payment_record'"],
    [
      'an object of another kind',
      { next_action: { type: 'redirect', url: 'https://x' } },
      '/next_action/url is unknown',
    ],
    [
      'an object that is not spoken here',
      { latest_charge: { id: 'ch_1', object: 'charge' } },
      '/latest_charge must be',
    ],
  ])('with %s is wrong', async (_, more, reason) => {
    const intent = plain(await newIntent())
    expect(judge.answer(read, 200, intent, undefined)).toEqual([])
    const wrong = plain({ ...intent, ...more })
    expect(judge.answer(read, 200, wrong, undefined)).toContainEqual(
      expect.stringContaining(`GET /v1/payment_intents/:id: answer 200 ${reason}`),
    )
  })

  test('contains another object if its expansion was requested, and otherwise its id', async () => {
    const { id } = await newIntent()
    const expand = ['payment_method']
    const whole = plain(await stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa', return_url, expand }))
    const short = plain(await stripe.paymentIntents.retrieve(id))
    const wrong = [expect.stringContaining('answer 200 /payment_method must be whole if and only if')]
    expect(judge.answer(confirm, 200, whole, expand)).toEqual([])
    expect(judge.answer(confirm, 200, short, undefined)).toEqual([])
    expect(judge.answer(confirm, 200, whole, undefined)).toEqual(wrong)
    expect(judge.answer(confirm, 200, short, expand)).toEqual(wrong)
    const list = { object: 'list', data: [plain(await stripe.refunds.create({ payment_intent: id }))], has_more: false }
    const refunds = { method: 'GET', path: '/v1/refunds' }
    expect(judge.answer(refunds, 200, { ...list, url: '/v1/refunds' }, undefined)).toEqual([])
    expect(judge.answer(refunds, 200, { ...list, url: '/v1/refunds' }, ['data.payment_intent'])).toHaveLength(1)
  })

  test('that is an error has a published type and code', () => {
    const error = { type: 'invalid_request_error', code: 'resource_missing', message: 'No such customer', param: 'id' }
    expect(judge.answer(read, 404, { error }, undefined)).toEqual([])
    expect(judge.answer(read, 404, { error: { ...error, code: 'gone' } }, undefined)).toHaveLength(1)
    expect(judge.answer(read, 404, error, undefined)).not.toEqual([])
  })
})

test('an event contains the whole object, with nested objects as ids', async () => {
  const { id } = await newIntent()
  const paid = plain(
    await stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa', return_url, expand: ['payment_method'] }),
  )
  const event = {
    id: 'evt_1',
    object: 'event',
    api_version: null,
    created: 1,
    livemode: false,
    pending_webhooks: 1,
    request: null,
    type: 'payment_intent.succeeded',
  }
  const short = { ...paid, payment_method: 'pm_1' }
  expect(judge.event({ ...event, data: { object: short } })).toEqual([])
  expect(judge.event({ ...event, data: { object: paid } })).toEqual([
    'event payment_intent.succeeded: /data/object/payment_method must be whole if and only if ' +
      'the request asked to expand it',
  ])
  expect(judge.event({ ...event, data: { object: plain(await newIntent()) }, type: 'payment_intent.paid' })).toEqual([
    'event payment_intent.paid: has no published type',
  ])
  expect(spokenEvents).toContain(event.type)
})

const sendWrong = () =>
  stripe.customers.create({ nickname: 'x' } as Stripe.CustomerCreateParams).catch((error: Error) => error.message)

test.fails('a violation fails the test that caused it', async () => {
  await sendWrong()
})

test('unless the test sent something wrong on purpose and says so', async () => {
  expect(await sendWrong()).toBe('Received unknown parameter: nickname')
  expect(takeViolations(simulator)).toEqual(['POST /v1/customers: request /nickname is unknown'])
})

test('without a cached schema the local stack runs without a judge', () => {
  vi.stubEnv('XDG_CACHE_HOME', folder)
  expect(cachedSchema()).toBeUndefined()
  vi.unstubAllEnvs()
  expect(cachedSchema()).toMatchObject({ $id: 'stripe' })
})

test('without a judge nothing is counted', async () => {
  const unjudged = await startStripeSimulator({ folder: join(folder, 'unjudged') })
  await fetch(`${unjudged.url}/v1/nothing`)
  expect(unjudged.judged).toEqual({ bodies: 0, violations: [] })
  await unjudged.close()
})
