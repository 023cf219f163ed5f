import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sendSample } from '../../support/documented/curl-sample.ts'
import { callDoor, doors } from '../../support/doors.ts'
import { createWorld, type World } from '../../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ worker: false })
})
afterAll(() => world.close())

// The curl samples as they stand in the documents; only the host, the key and the ids are replaced.
const createSample = String.raw`curl --request POST \
--url https://api.momentco.io/billing/customers \
--header 'Authorization: Bearer <token>' \
--header 'Content-Type: application/json' \
--header 'Idempotency-Key: <idempotency-key>' \
--data '{
"external_reference": "UCR1234567890",
"name": "John Doe"
}'`
const balanceSample = String.raw`curl -X PATCH https://api.momentpay.net/billing/customers/bcus_H4jp6KnU5cPw263v1jyz4 \
  -H "Authorization: Bearer sk_test_YOUR_SECRET_KEY" \
  -H "Content-Type: application/json" \
  -d '{
    "balance": 5000
  }'`
/** The documented answer of a customer of whom everything is known. */
const documented = {
  external_reference: 'INV-2024-001',
  name: 'John Doe',
  email: 'john.doe@example.com',
  phone: '+27123456789',
  currency: 'ZAR',
  balance: 2000,
  payment_rules: { min_amount: 100, max_amount: 1000000, underpayment_allowed: true, overpayment_allowed: false },
  metadata: { customer_id: 'cust_123456', order_id: 'ord_789012' },
}
const id = expect.stringMatching(/^bcus_[0-9a-z]{26}$/)

const send = (sample: string, replaced: Record<string, string> = {}) =>
  sendSample(sample, {
    'https://api.momentco.io': `${world.apiUrl}/moment`,
    'https://api.momentpay.net': `${world.apiUrl}/moment`,
    '<token>': world.seeds.secret_key,
    sk_test_YOUR_SECRET_KEY: world.seeds.secret_key,
    '<idempotency-key>': randomUUID(),
    ...replaced,
  })
const call = (method: string, path: string, body?: object, headers = {}) =>
  callDoor(world, 'moment', method, path, body, { headers })
let number = 0
const newReference = () => `REF-${++number}`

test('the samples return what is documented; unknown values are omitted', async () => {
  const created = await send(createSample)
  expect(created.status).toBe(201)
  expect(created.body).toEqual({ id, external_reference: 'UCR1234567890', name: 'John Doe', metadata: {} })
  await call('PATCH', '/UCR1234567890', { currency: 'ZAR', email: 'john.doe@example.com' })
  const changed = await send(balanceSample, { bcus_H4jp6KnU5cPw263v1jyz4: created.body.id })
  expect([changed.status, changed.body]).toEqual([
    200,
    { ...created.body, email: 'john.doe@example.com', currency: 'ZAR', balance: 5000 },
  ])
})

test('every documented field is stored and returned with the documented type', async () => {
  const { status, body } = await call('POST', '', documented)
  expect([status, body]).toEqual([201, { id, ...documented }])
  for (const name of [body.id, documented.external_reference, body.id.replace('bcus_', 'cus_')])
    expect((await call('GET', `/${name}`)).body).toEqual(body)
  const changes = {
    name: 'Jane Doe',
    phone: '+4930123456',
    currency: 'EUR',
    balance: -1,
    metadata: { only: 'this' },
    payment_rules: { min_amount: null, max_amount: 5, underpayment_allowed: false, overpayment_allowed: true },
  }
  const changed = await call('PATCH', `/${documented.external_reference}`, changes)
  expect([changed.status, changed.body]).toEqual([200, { ...body, ...changes }])
})

test('rejects a POST without a valid Idempotency-Key, and accepts the longest key', async () => {
  const post = (key: string | undefined) =>
    world.request('/moment/billing/customers', {
      method: 'POST',
      headers: {
        ...doors.moment.headers(world.seeds.secret_key),
        'Content-Type': 'application/json',
        ...(key === undefined ? {} : { 'Idempotency-Key': key }),
      },
      body: JSON.stringify({ external_reference: newReference() }),
    })
  for (const key of [undefined, '', 'two words', 'under_score', 'x'.repeat(256), 'é']) {
    const answer = await post(key)
    expect([answer.status, doors.moment.refusal(answer)], key).toEqual([
      400,
      { word: 'Bad Request', param: 'Idempotency-Key' },
    ])
  }
  expect((await post('x'.repeat(255))).status).toBe(201)
})

const metadata = (count: number, key = 0, value = 1) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`${i}${'k'.repeat(Math.max(0, key - 1))}`, 'v'.repeat(value)]),
  )
const email = (length: number) => `${'x'.repeat(length - 12)}@example.com`
const text = [7, true, {}, [], 'a\u0000', '\ud800']
const rules = { min_amount: 1, max_amount: 2, underpayment_allowed: true, overpayment_allowed: true }
const limits: Record<string, { good: unknown[]; bad: unknown[] }> = {
  name: { good: ['x'.repeat(255), 'Zoë 李 👩‍🚀'], bad: ['x'.repeat(256), '', ...text] },
  email: { good: ['ä@example.com', email(255)], bad: [email(256), '', 'nobody', ...text] },
  phone: { good: ['+123456789012345'], bad: ['+1234567890123456', '', '0123', '+0123', '٣٤٥', ...text] },
  currency: { good: ['USD', 'ZAR', 'KWD'], bad: ['usd', 'XXX', '', 'US', ...text] },
  balance: {
    good: [0, -9007199254740991, 9007199254740991],
    bad: ['1', 1.5, 9007199254740992, 1e300, true, {}, []],
  },
  payment_rules: {
    good: [rules],
    bad: [
      '',
      7,
      [],
      { ...rules, min_amount: 3 },
      { ...rules, max_amount: -1 },
      { ...rules, surprise: 1 },
      { min_amount: '1' },
    ],
  },
  metadata: {
    good: [metadata(10, 40, 500), {}, { ключ: 'значение 👍' }],
    bad: [metadata(11), metadata(1, 41), metadata(1, 1, 501), null, 7, 'x', [], { a: 1 }, { a: null }, { a: '\u0000' }],
  },
  surprise: { good: [], bad: ['x'] },
}
const reference = {
  good: ['x'.repeat(255), 'a_B-9'],
  bad: [
    'x'.repeat(256),
    '',
    null,
    ...text,
    'a b',
    'ä',
    'bcus_01k2j0q8e5f7g9h1j3k5m7n9p1',
    'cus_01k2j0q8e5f7g9h1j3k5m7n9p1',
    undefined,
  ],
}

test.each(Object.entries({ external_reference: reference, ...limits }))(
  '%s: accepts values up to the limit and rejects others by name',
  async (field, { good, bad }) => {
    const bodyWith = (value: unknown) => ({ external_reference: newReference(), currency: 'ZAR', [field]: value })
    for (const value of good) {
      const { status, body } = await call('POST', '', bodyWith(value))
      expect([status, body[field]]).toEqual([201, value])
    }
    const { body: customer } = await call('POST', '', { external_reference: newReference() })
    const count = () => world.sql`select count(*) from customers`
    const before = await count()
    for (const value of bad) {
      const answers = [await call('POST', '', bodyWith(value))]
      if (value !== undefined) answers.push(await call('PATCH', `/${customer.id}`, { [field]: value }))
      for (const answer of answers) {
        const shown = JSON.stringify(value)?.slice(0, 60)
        expect(answer.status, shown).toBe(400)
        expect(doors.moment.refusal(answer).param?.split('.')[0], shown).toBe(field)
      }
    }
    expect(await count()).toEqual(before)
    expect((await call('GET', `/${customer.id}`)).body).toEqual(customer)
  },
)

test('requires a currency for a balance, at creation and later', async () => {
  const external_reference = newReference()
  const param = async (answer: ReturnType<typeof call>) => doors.moment.refusal(await answer).param
  expect(await param(call('POST', '', { external_reference, balance: 5 }))).toBe('currency')
  await call('POST', '', { external_reference })
  expect(await param(call('PATCH', `/${external_reference}`, { balance: 5 }))).toBe('currency')
  expect((await call('PATCH', `/${external_reference}`, { balance: 5, currency: 'JPY' })).status).toBe(200)
  expect(await param(call('PATCH', `/${external_reference}`, { currency: null }))).toBe('currency')
})
