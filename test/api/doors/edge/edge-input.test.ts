import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWorld, type World } from '../../../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ worker: false })
})
afterAll(() => world.close())

const count = async () =>
  (
    await world.sql<
      { n: number }[]
    >`select (select count(*) from customers)::integer + (select count(*) from billing_customers)::integer as n`
  )[0]!.n

const tooLong = 'x'.repeat(257)
const text = ['', 7, null, true, {}, [], tooLong, 'a\u0000b', '\ud800']

const wrongEverywhere: Record<string, unknown[]> = {
  org_id: [...text.filter((value) => value !== tooLong), undefined, 'org_unknown', tooLong],
  brand_id: ['', {}, true, null, undefined, 'brand_unknown', 0, -1, 1.5, '999999', 'a\u0000b'],
  contact_id: [...text, undefined, 'cus_01k2abcdefghjkmnpqrstvwxyz'],
  gateway: ['', 'visa', 'STRIPE', 1, {}, 'paypal'],
}

const wrong: Record<string, Record<string, unknown[]>> = {
  createCustomer: {
    ...wrongEverywhere,
    payment_data: [
      'pm_card_visa',
      7,
      [],
      { pm_id: '' },
      { pm_id: 5 },
      {},
      { pm_id: 'pm_card_visa', cvc: '123' },
      { pm_id: '4242424242424242' },
      { vault_token: 'x' },
      { pm_id: 'pm_1', customer_id: 7 },
    ],
    allow_trigger: [true, '1', 2, -1, 1.5, {}],
    require_initial: [true, '0', 2],
    initial_amount: ['15', -1, 0, 14.99, 15.005, 1e9, {}, true],
    notes: [7, {}, 'x'.repeat(5001), 'my card is 4242 4242 4242 4242', 'card 4242424242424242'],
    meta: [
      'x',
      7,
      [],
      { _mine: 1 },
      { card_number: '4242424242424242' },
      { a: { b: ['4000-0566-5566-5556'] } },
      { a: 'x\u0000' },
    ],
    bi_id: ['', 7, 'bi_unknown'],
    surprise: ['x', null],
  },
  buildCustomerProfileSetup: {
    ...wrongEverywhere,
    bc_meta: ['x', 7, [], { _bi_id: 'x' }, { pan: '5555555555554444' }, { note: 'amex 3782 822463 10005' }],
    bi_id: ['', 7, 'bi_unknown'],
    allow_trigger: [0, null],
  },
}

for (const [action, fields] of Object.entries(wrong)) {
  describe(action, () => {
    for (const [field, values] of Object.entries(fields)) {
      test(`${field}: rejects invalid values by name, and writes nothing`, async () => {
        const before = await count()
        for (const value of values) {
          const { status, body: answer } = await world.edge(action, { contact_id: 'someone', [field]: value })
          const shown = `${field} = ${JSON.stringify(value)?.slice(0, 60)}: ${JSON.stringify(answer)}`
          expect([400, 403, 404], shown).toContain(status)
          expect(answer, shown).toMatchObject({ status: 'error' })
          expect(
            answer.errors.some((error: string) => error.startsWith(field)),
            shown,
          ).toBe(true)
        }
        expect(await count()).toBe(before)
      })
    }

    test('rejects a body that is not a JSON object, too large or too deep', async () => {
      const headers = { 'Content-Type': 'application/json' }
      const send = (body: string) => world.request(`/public/edge/${action}`, { method: 'POST', body, headers })
      for (const body of ['', '{', 'null', '[]', '"x"', '7']) expect((await send(body)).status, body).toBe(400)
      expect((await send(JSON.stringify({ api_key: 'x', notes: 'x'.repeat(1_100_000) }))).status).toBe(413)
      const deep = `{"api_key":"${world.seeds.secret_key}","meta":${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}}`
      expect((await send(deep)).status).toBe(400)
      const plain = await world.request(`/public/edge/${action}`, {
        method: 'POST',
        body: JSON.stringify({ api_key: world.seeds.secret_key }),
      })
      expect([plain.status, plain.body.errors]).toEqual([415, ['Content-Type: must be application/json']])
    })

    test('without a valid secret key the error names no other field', async () => {
      const call = async (api_key: unknown) => {
        const { status, body } = await world.edge(action, { api_key, contact_id: 7 })
        return [status, body.errors[0]]
      }
      for (const key of [undefined, '', 7, null, 'sk_test_wrong']) expect((await call(key))[0]).toBe(401)
      expect(await call(world.seeds.publishable_key)).toEqual([
        403,
        expect.stringMatching(/^api_key: a publishable key/),
      ])
      const { id, key } = (await world.admin('create-key', {
        organization: world.seeds.org_id,
        environment: 'sandbox',
        scopes: '*',
      })) as { id: string; key: string }
      expect((await call(key))[0]).toBe(400)
      await world.admin('revoke-key', { key: id })
      expect((await call(key))[0]).toBe(401)
    })
  })
}

test('null equals an omitted field in every call; required fields reject it', async () => {
  const nothing = (names: string[]) => Object.fromEntries(names.map((name) => [name, null]))
  const contact_id = world.newContact()
  const created = [
    'gateway',
    'payment_data',
    'allow_trigger',
    'require_initial',
    'initial_amount',
    'notes',
    'meta',
    'bi_id',
  ]
  const { status, body } = await world.edge('createCustomer', { contact_id, ...nothing(created) })
  expect([status, body.data]).toMatchObject([200, { bc_status: 'pending', bc_allow_trigger: 0, bc_gateway: 'stripe' }])
  const bc = body.billing_customer_id
  expect((await world.billingCustomer(bc)).onboarding.amount).toBe(1500)
  const calls: [action: string, fields: object][] = [
    ['buildCustomerProfileSetup', { contact_id, ...nothing(['bc_meta', 'bi_id', 'gateway']) }],
    ['getCustomer', { bc_id: bc, ...nothing(['org_id', 'brand_id']) }],
    ['getItems', nothing(['org_id', 'brand_id', 'limit', 'offset'])],
    ['getEnrollments', nothing(['status', 'billing_customer_id', 'billable_item_id', 'limit', 'offset'])],
  ]
  for (const [action, fields] of calls) expect((await world.edge(action, fields)).status, action).toBe(200)
  const required = await world.edge('createCustomer', { contact_id: null })
  expect([required.status, required.body.errors]).toEqual([400, ['contact_id: must be the id of a contact']])
  expect((await world.edge('getCustomer', { bc_id: bc, foo: null })).body.errors).toEqual([
    'foo: is not a field of this call',
  ])
})

test('rejects items in which nobody can be enrolled by name', async () => {
  for (const bi_id of [world.seeds.inactive_item_id, world.seeds.one_off_item_id, world.seeds.other_org.item_id]) {
    const { status, body } = await world.edge('buildCustomerProfileSetup', { contact_id: 'someone', bi_id })
    expect([status, body.errors]).toEqual([400, ['bi_id: must be an active trigger item of this organization']])
  }
})

test('accepts 10,000 ordinary 16-digit ids in bc_meta, 100 of each contact', async () => {
  const id = (i: number) => [`id_${i}`, String(4_000_000_000_000_000 + i * 7_919_333)] as const
  const setUp = async (contact: number) => {
    const bc_meta = Object.fromEntries(Array.from({ length: 100 }, (_, i) => id(contact * 100 + i)))
    const { status, body } = await world.edge('buildCustomerProfileSetup', { contact_id: world.newContact(), bc_meta })
    expect(status).toBe(200)
    const { body: read } = await world.edge('getCustomer', { bc_id: body.data.billing_customer_id })
    expect(read.data.bc_meta).toEqual({ ...bc_meta, _gateway: 'stripe' })
  }
  await Promise.all(Array.from({ length: 100 }, (_, contact) => setUp(contact)))
})

test('rejects an unknown contact if the setting requires known ones', async () => {
  const scope = { organization: world.seeds.org_id, environment: 'sandbox', name: 'insert_unknown_contacts' }
  await world.admin('set-setting', { ...scope, value: 'false' })
  const { status, body } = await world.edge('createCustomer', { contact_id: 'nobody-yet' })
  await world.admin('set-setting', { ...scope, value: 'true' })
  expect([status, body.errors]).toEqual([404, ['contact_id: Contact not found']])
})
