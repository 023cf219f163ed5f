import { rmSync } from 'node:fs'
import Stripe from 'stripe'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { openJudge } from '../../../tools/simulators/stripe/judge/judge.ts'
import type { StripeSimulator } from '../../../tools/simulators/stripe/server.ts'
import { documentOf, settleIndependent } from '../../support/judge/independent-judge.ts'
import { startJudgedSimulator, takeViolations } from '../../support/judge/judged-simulator.ts'
import {
  newerAccountFields,
  newerDisputeFields,
  newerFields,
  newerParameters,
} from '../../support/judge/newer-than-document.ts'
import { temporaryFolder } from '../../../tools/local/folders.ts'

const mock = inject('stripeMock')
const folder = temporaryFolder('stripe-mock')
let simulator: StripeSimulator
let stripe: Stripe
beforeAll(async () => {
  simulator = await startJudgedSimulator({ folder })
  const { hostname, port } = new URL(simulator.url)
  stripe = new Stripe('sk_test_x', { host: hostname, port, protocol: 'http', telemetry: false, maxNetworkRetries: 0 })
})
afterAll(async () => {
  await simulator.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Takes the rejected requests, so that the test does not fail, and the violations of the published types. */
async function takeRefusals() {
  takeViolations(simulator)
  return (await settleIndependent()).refusals
}

async function newIntent(): Promise<string> {
  const { id: customer } = await stripe.customers.create({ metadata: { onboarding_id: 'onb_1' } })
  return (await stripe.paymentIntents.create({ amount: 1500, currency: 'usd', customer })).id
}
const confirm = (id: string, more: object) =>
  stripe.paymentIntents
    .confirm(id, { payment_method: 'pm_card_visa', ...more } as Stripe.PaymentIntentConfirmParams)
    .catch((error: Error) => error.message)

describe.skipIf(!mock)('stripe-mock judges the requests of the SDK (skipped without Go to build it)', () => {
  test('each request of the SDK is judged, but no request of a browser or a test', async () => {
    await newIntent()
    expect((await settleIndependent()).requests).toBe(2)
    const form = (key: string) => ({
      method: 'POST',
      headers: { Authorization: `Bearer ${key}` },
      body: new URLSearchParams({ description: 'x' }),
    })
    await fetch(`${simulator.url}/v1/customers`, form('sk_test_by_hand'))
    await fetch(`${simulator.url}/v1/confirmation_tokens`, form('pk_test_x'))
    takeViolations(simulator)
    expect(await settleIndependent()).toEqual({ requests: 0, refusals: [] })
  })

  test('stripe-mock and its document reject an unknown parameter', async () => {
    await stripe.customers.create({ nickname: 'x' } as Stripe.CustomerCreateParams).catch(() => undefined)
    const refusals = await takeRefusals()
    expect(refusals).toEqual([
      { call: 'POST /v1/customers', reason: expect.stringMatching(/^the document of .*: \/nickname is unknown$/) },
      { call: 'POST /v1/customers', reason: expect.stringMatching(/^stripe-mock answers 400: .*not allowed$/) },
    ])
  })

  test('an unknown nested parameter passes stripe-mock, and the closed document rejects it', async () => {
    await confirm(await newIntent(), { payment_method_options: { card: { colour: 'red' } } })
    const refusals = await takeRefusals()
    expect(refusals.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/: \/payment_method_options\/card\/colour is unknown$/),
    ])
  })

  test('stripe-mock rejects a value of the wrong type', async () => {
    await confirm(await newIntent(), { amount_to_confirm: 'much' })
    const refusals = await takeRefusals()
    expect(refusals.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/^stripe-mock answers 400: .*'amount_to_confirm' validation failed/),
    ])
  })

  test.fails('a rejection fails the test that caused it', async () => {
    await stripe.refunds.create({ payment_intent: 'pi_x', colour: 'red' } as Stripe.RefundCreateParams).catch(() => {})
  })

  test('a response with a field that the document lacks is found, and one without a required field', async () => {
    const odd = { ...(await stripe.customers.create({})), nickname: null, created: undefined }
    expect(documentOf(mock!).answer('POST', '/v1/customers', JSON.parse(JSON.stringify(odd)))).toEqual([
      '/created is missing',
      '/nickname is unknown',
    ])
  })

  describe.each(newerParameters)('$path, newer than the document', ({ path, value, calls, changelog }) => {
    const nested = (names: string[], inner: unknown): Record<string, unknown> =>
      names.reduceRight((held, name) => ({ [name]: held }), inner as object) as Record<string, unknown>

    test.each(calls)('is in the types of the installed SDK for %s, and not in the document yet', async (call) => {
      const [method, path_] = call.split(' ') as [string, string]
      const judge = (await openJudge(true))!
      expect(judge.request({ method, path: path_ }, nested(path, value))).toEqual([])
      const misspelled = [...path.slice(0, -1), `${path.at(-1)}s`]
      expect(judge.request({ method, path: path_ }, nested(misspelled, value))).not.toEqual([])
      const document = documentOf(mock!)
      expect(document.request(method, path_.replace(':id', 'x'), nested(path, value))).toEqual([
        `/${path.join('/')} is unknown`,
      ])
    })

    test('was announced in an API version after the document', () => {
      const [, date] = /^https:\/\/docs\.stripe\.com\/changelog\/\w+\/([\d-]+)\//.exec(changelog)!
      expect(date! > documentOf(mock!).version.split('.')[0]!).toBe(true)
    })
  })

  test.each(Object.keys(newerFields))(
    'a PaymentIntent’s %s is in the types, and not in the document yet',
    async (name) => {
      const plain = JSON.parse(JSON.stringify(await stripe.paymentIntents.retrieve(await newIntent()))) as object
      expect(plain).toHaveProperty(name)
      expect(documentOf(mock!).answer('GET', '/v1/payment_intents/x', plain)).toContain(`/${name} is unknown`)
    },
  )

  test('the newer fields of an account are in the types, and not in the document yet', async () => {
    const plain = JSON.parse(JSON.stringify(await stripe.accounts.retrieveCurrent())) as object
    const unknown = newerAccountFields.map((path) => `${path} is unknown`)
    expect(documentOf(mock!).answer('GET', '/v1/account', plain)).toEqual(unknown)
  })

  test('the newer fields of a dispute are in the types, and not in the document yet', async () => {
    const { latest_charge: charge } = (await confirm(await newIntent(), {
      return_url: 'https://shop.example/back',
    })) as Stripe.PaymentIntent
    await fetch(`${simulator.url}/_sim/disputes`, { method: 'POST', body: JSON.stringify({ charge }) })
    const [dispute] = JSON.parse(JSON.stringify((await stripe.disputes.list()).data)) as object[]
    const unknown = newerDisputeFields.map((path) => `${path} is unknown`)
    expect(documentOf(mock!).answer('GET', '/v1/disputes/x', dispute)).toEqual(unknown)
  })
})
