import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { readFileSync } from 'node:fs'
import { endpointEvents } from '../../../tools/simulators/stripe/webhooks/webhooks.ts'
import {
  atStripe,
  confirmWith,
  eachWithStripe,
  gateway,
  newIntent,
  simulate,
  simulator,
} from '../../support/gateways/stripe-gateway.ts'
import { until } from '../../support/until.ts'

// Behavior of Stripe that the simulator reproduces even if this service does not need it. The code cites the sources.
eachWithStripe()

const return_url = 'https://shop.example/back'
let server: Server | undefined
afterEach(() => server?.close())

/** Starts an endpoint that returns the given status and records what it receives. */
async function endpoint(status: () => number, events?: string[]) {
  const types: string[] = []
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      types.push((JSON.parse(body) as { type: string }).type)
      response.writeHead(status()).end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  simulator.sendEventsTo({ url: `http://127.0.0.1:${port}/`, secret: 'whsec_x', ...(events ? { events } : {}) })
  return types
}

test.each([
  ['pm_card_chargeCustomerFail', 'issuer_declined', 'declined_by_network', 'card_declined'],
  ['pm_card_radarBlock', 'blocked', 'not_sent_to_network', 'card_declined'],
])('the charge of a decline can be expanded: %s', async (card, type, network_status, failure_code) => {
  const intent = await newIntent()
  await confirmWith(intent, card)
  const { body } = await atStripe('GET', `/v1/payment_intents/${intent.object.id}?expand[]=latest_charge`)
  expect(body.latest_charge).toMatchObject({
    object: 'charge',
    status: 'failed',
    paid: false,
    captured: false,
    amount_captured: 0,
    failure_code,
    outcome: { type, network_status },
  })
  expect(await gateway.isDisputed(intent.object)).toBe(false)
  expect((await simulate('ledger')).body.charges).toEqual([])
})

test.each(['payment', 'setup'] as const)(
  'a bank that asks is reached by redirect unless Stripe.js is used: %s',
  async (kind) => {
    const asks = async (key: string, more: object) => {
      const { object } = await newIntent(kind, key)
      const form = { payment_method: 'pm_card_authenticationRequired', return_url, ...more }
      return (await atStripe('POST', `/v1/${kind}_intents/${object.id}/confirm`, form)).body.next_action
    }
    expect(await asks('a', {})).toMatchObject({ type: 'redirect_to_url', redirect_to_url: { return_url } })
    expect(await asks('b', { use_stripe_sdk: 'true' })).toMatchObject({ type: 'use_stripe_sdk' })
  },
)

test('an intent shows the methods of the dashboard, whatever types are allowed', async () => {
  await simulate('settings', { enabled_types: ['card', 'link'] })
  const { object } = await newIntent()
  const { body } = await atStripe('GET', `/v1/payment_intents/${object.id}`)
  expect(body).toMatchObject({
    allowed_payment_method_types: ['card'],
    automatic_payment_methods: { enabled: true },
    payment_method_types: ['card', 'link'],
  })
})

test('a disputed charge cannot be refunded', async () => {
  const intent = await newIntent()
  await confirmWith(intent, 'pm_card_visa')
  const [charge] = (await simulate('ledger')).body.charges
  await simulate('disputes', { charge: charge.id })
  const refused = await atStripe('POST', '/v1/refunds', { payment_intent: intent.object.id })
  expect([refused.status, refused.body.error.code]).toEqual([400, 'charge_disputed'])
  const refund = gateway.refund(
    intent.object,
    { amount: 1500, currency: 'USD', metadata: {} as never, refundId: null },
    'r',
  )
  await expect(refund).rejects.toMatchObject({ kind: 'disputed' })
})

test('an object in use is locked, and a busy account rejects calls: neither call is executed', async () => {
  await simulate('settings', { lock_objects: true })
  const intent = await newIntent()
  const path = `/v1/payment_intents/${intent.object.id}/confirm`
  await simulate('faults', { match: { method: 'POST', path }, fault: 'delay', delay_ms: 1_500 })
  const slow = confirmWith(intent, 'pm_card_visa')
  await until(async () => (await simulate('requests')).body.requests.some((r: { path: string }) => r.path === path))
  await expect(gateway.close(intent.object, 'c', false)).rejects.toMatchObject({
    kind: 'not_now',
    vendorCode: 'lock_timeout',
  })
  expect(await slow).toMatchObject({ state: 'paid' })
  await simulate('settings', { calls_per_second: 1 })
  const burst = await Promise.allSettled(Array.from({ length: 5 }, () => gateway.read(intent.object)))
  const refused = burst
    .filter(({ status }) => status === 'rejected')
    .map((each) => (each as PromiseRejectedResult).reason)
  expect(refused.length).toBeGreaterThanOrEqual(3)
  expect(refused[0]).toMatchObject({ kind: 'not_now', vendorCode: 'rate_limit' })
})

test('an endpoint receives the events that it subscribes to', async () => {
  const types = await endpoint(() => 200, ['*'])
  const intent = await newIntent()
  await confirmWith(intent, 'pm_card_chargeCustomerFail', { key: 'k1' })
  await simulate('intents', { id: intent.object.id, status: 'processing' })
  const paid = await newIntent('payment', '2')
  await confirmWith(paid, 'pm_card_visa', { key: 'k2' })
  await gateway.refund(paid.object, { amount: 1500, currency: 'USD', metadata: {} as never, refundId: null }, 'r')
  const wanted = [
    'payment_intent.created',
    'charge.failed',
    'payment_intent.payment_failed',
    'payment_intent.processing',
    'payment_method.attached',
    'charge.succeeded',
    'payment_intent.succeeded',
    'charge.refunded',
    'refund.created',
  ]
  await until(() => wanted.every((type) => types.includes(type)))
})

test('an endpoint gets only the documented events, and the docs list what the simulator sends', async () => {
  const types = await endpoint(() => 200)
  const intent = await newIntent()
  await confirmWith(intent, 'pm_card_visa')
  await until(() => types.includes('payment_intent.succeeded'))
  expect(new Set(types)).toEqual(new Set(['payment_intent.created', 'payment_intent.succeeded']))
  expect((await simulate('webhooks', { times: 3 })).body.sent).toBe(6)
  const [, sentence] = /Events to send: ([^.]*(?:\.[a-z_*][^.]*)*)\. PayPal/.exec(
    readFileSync('docs/operations.md', 'utf8').replaceAll('\n', ' '),
  )!
  expect(sentence!.match(/`[^`]+`/g)!.map((each) => each.slice(1, -1))).toEqual(endpointEvents)
})

const createCustomer = async (form: Record<string, string>) => (await atStripe('POST', '/v1/customers', form)).body
const listCustomers = async (query: string) => (await atStripe('GET', `/v1/customers?${query}`)).body
const idsOf = ({ data }: { data: { id: string }[] }) => data.map(({ id }) => id)

test('customers are listed newest first, in pages, without deleted ones', async () => {
  const made: string[] = []
  for (let i = 0; i < 5; i++) made.unshift((await createCustomer({ email: `person${i}@example.com` })).id)
  await atStripe('DELETE', `/v1/customers/${made[3]}`)
  const first = await listCustomers('limit=3')
  expect(first).toMatchObject({ object: 'list', has_more: true, url: '/v1/customers' })
  expect(idsOf(first)).toEqual(made.slice(0, 3))
  const second = await listCustomers(`limit=3&starting_after=${made[2]}`)
  expect([idsOf(second), second.has_more]).toEqual([[made[4]], false])
  expect(idsOf(await listCustomers('email=person2@example.com'))).toEqual([made[2]])
  expect(idsOf(await listCustomers('email=PERSON2@example.com'))).toEqual([])
})

test('a page has at most 100 customers and continues after one that exists', async () => {
  for (const query of ['limit=0', 'limit=101'])
    expect(await listCustomers(query)).toMatchObject({ error: { type: 'invalid_request_error', param: 'limit' } })
  expect(await listCustomers('starting_after=cus_none')).toMatchObject({ error: { code: 'resource_missing' } })
})

test('the default payment method is an attached one, expanded on request, and gone when it is detached', async () => {
  const card = 'pm_card_visa'
  const customer = await createCustomer({ payment_method: card, 'invoice_settings[default_payment_method]': card })
  const method = customer.invoice_settings.default_payment_method
  expect(method).toMatch(/^pm_1/)
  expect((await atStripe('GET', `/v1/payment_methods/${method}`)).body.customer).toBe(customer.id)
  const expanded = await listCustomers('expand[]=data.invoice_settings.default_payment_method')
  expect(expanded.data[0].invoice_settings.default_payment_method).toMatchObject({ id: method, type: 'card' })
  const other = await createCustomer({ payment_method: 'pm_card_visa' })
  expect(other.invoice_settings.default_payment_method).toBeNull()
  const refused = await atStripe('POST', `/v1/customers/${other.id}`, {
    'invoice_settings[default_payment_method]': method,
  })
  expect([refused.status, refused.body.error.code]).toEqual([400, 'resource_missing'])
  await atStripe('POST', `/v1/payment_methods/${method}/detach`)
  expect((await listCustomers('limit=100')).data[1].invoice_settings.default_payment_method).toBeNull()
})

test('a customer whose card is declined is not created; a source is the default source', async () => {
  const refused = await atStripe('POST', '/v1/customers', { payment_method: 'pm_card_visa_chargeDeclined' })
  expect(refused.status).toBe(402)
  expect((await listCustomers('limit=10')).data).toEqual([])
  expect((await createCustomer({ source: 'tok_visa' })).default_source).toMatch(/^card_1/)
})

test('events are listed newest first, by type and for 30 days, whether or not an endpoint gets them', async () => {
  await confirmWith(await newIntent(), 'pm_card_visa')
  const list = async (query: string) => (await atStripe('GET', `/v1/events?${query}`)).body
  const types = ['payment_intent.created', 'payment_intent.succeeded'].map((type) => `types[]=${type}`).join('&')
  const both = await list(types)
  expect(both).toMatchObject({
    object: 'list',
    has_more: false,
    data: [{ type: 'payment_intent.succeeded', object: 'event' }, { type: 'payment_intent.created' }],
  })
  const [newest, oldest] = idsOf(both)
  expect(await list(`${types}&limit=1`)).toMatchObject({ has_more: true, data: [{ id: newest }] })
  expect(idsOf(await list(`${types}&starting_after=${newest}`))).toEqual([oldest])
  expect(await list(Array.from({ length: 21 }, () => 'types[]=charge.failed').join('&'))).toMatchObject({
    error: { type: 'invalid_request_error', param: 'types' },
  })
  await simulate('clock', { advance_seconds: 31 * 86_400 })
  expect((await list('')).data).toEqual([])
})
