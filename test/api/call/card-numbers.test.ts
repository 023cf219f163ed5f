import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callDoor } from '../../support/doors.ts'
import { everythingStored } from '../../support/everything-stored.ts'
import { historiesOf } from '../../support/histories.ts'
import { createWorld, type Answer, type World } from '../../support/world/world.ts'

// Card numbers are refused wherever they are sent, and nothing of them stays anywhere.

let world: World
beforeAll(async () => {
  world = await createWorld({ listen: true, paypal: true })
})
afterAll(() => world.close())

// A number that nothing else here uses, so that it can be looked for.
const digits = '4539148803436467'
const card = '4539 1488 0343 6467'
const inArabic = card.replace(/\d/g, (digit) => String.fromCodePoint(0x660 + Number(digit)))
const inSuperscript = card.replace(/\d/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]!)
const filler = 'name of a field of thirty chars'
const holdsDigits = (text: string) =>
  text.includes(inArabic.slice(0, 9)) || text.normalize('NFKC').replace(/[^\d]/g, '').includes(digits)

const refusal = { native: ({ body }: Answer) => body.errors.map(({ param }: { param: string }) => param).join() }
const withKey = (body: object, path: string, method = 'POST') =>
  world.request(path, {
    method,
    headers: {
      Authorization: `Bearer ${world.seeds.secret_key}`,
      'Content-Type': 'application/json',
      'Idempotency-Key': randomUUID(),
    },
    body: JSON.stringify(body),
  })

function refused(answer: Answer, shown: string): void {
  expect(answer.status, `${shown}: ${JSON.stringify(answer.body)}`).toBe(400)
  expect(JSON.stringify(answer.body), shown).toContain('must not contain a card number')
  expect(holdsDigits(JSON.stringify(answer.body)), shown).toBe(false)
}

const customer: [param: string, body: object][] = [
  ['name', { name: `Ada ${card}` }],
  ['external_id', { external_id: card }],
  ['email', { email: '4539-1488-0343-6467@example.com' }],
  ['address_line1', { address_line1: card }],
  ['address_line2', { address_line2: inArabic }],
  ['address_city', { address_city: card }],
  ['address_state', { address_state: card }],
  ['address_postal_code', { address_postal_code: card }],
  ['metadata.note', { metadata: { note: card.replaceAll(' ', '\u200b') } }],
  ['metadata.card_number', { metadata: { card_number: Number(digits) } }],
  ['metadata.deep.pan', { metadata: { deep: { pan: card.split(' ') } } }],
  ['metadata', { metadata: { [card]: 'exp 12/30' } }],
  ['body', { [`card ${card}`]: 1 }],
  ['integration_entity_mapping.0.id', { integration_entity_mapping: [{ provider: 'stripe', id: card }] }],
]

test('POST /v1/customers rejects a card number in every string and names the field', async () => {
  for (const [param, body] of customer) {
    const answer = await withKey(body, '/v1/customers')
    refused(answer, param)
    expect(refusal.native(answer)).toBe(param)
  }
})

test('all other native calls with strings reject one, too', async () => {
  const { bc } = await world.openSetup()
  const key = await withKey({ kind: 'publishable', name: card }, '/v1/api_keys')
  refused(key, 'api key')
  const calls: [method: string, path: string, body: object][] = [
    ['POST', '/v1/billing_customers', { customer_id: card }],
    ['POST', '/v1/billing_customers', { contact_id: inArabic }],
    ['POST', '/v1/billing_customers', { customer_id: 'usr_1', notes: `Visa ${digits}` }],
    ['POST', '/v1/billing_customers', { customer_id: 'usr_1', metadata: { ccNumber: digits } }],
    ['POST', '/v1/billing_customers', { customer_id: 'usr_1', payment_data: { pm_id: `pm_${digits}` } }],
    [
      'POST',
      '/v1/billing_customers',
      { customer_id: 'usr_1', gateway: 'paypal', payment_data: { vault_token: digits } },
    ],
    ['POST', '/v1/customers', { integration_entity_mapping: [{ provider: 'stripe', id: `cus_${digits}` }] }],
    ['PATCH', '/v1/customers/usr_1', { integration_entity_mapping: [{ provider: 'paypal', id: digits }] }],
    ['POST', `/v1/billing_customers/${bc}/payment_method`, { payment_data: { pm_id: `pm_${digits}` } }],
    ['POST', `/v1/billing_customers/${bc}/cancel`, { reason: card }],
    ['POST', `/v1/billing_customers/${bc}/waive_initial_charge`, { reason: card }],
    ['POST', `/v1/billing_customers/${bc}/initial_amount`, { amount: 2000, reason: card }],
    ['POST', '/v1/billable_items', { name: card, type: 'trigger', amount: 100, currency: 'USD' }],
    ['POST', '/v1/brands', { name: card }],
    ['PATCH', `/v1/brands/${world.seeds.brand_id}`, { support_contact: card }],
    ['PATCH', '/v1/settings', { support_contact: card }],
  ]
  for (const [method, path, body] of calls)
    refused(await withKey(body, path, method), `${path} ${Object.keys(body).join()}`)
  expect((await world.billingCustomer(bc)).onboarding.status).toBe('pending')
})

test('rejects a card number as Idempotency-Key', async () => {
  const headers = { 'Idempotency-Key': card.replaceAll(' ', '-') }
  refused(await world.edge('createCustomer', { contact_id: 'usr_2' }, headers), 'edge')
  for (const name of ['billing-io', 'moment', 'flexprice'] as const)
    refused(await callDoor(world, name, 'POST', '', { external_id: 'usr_2' }, { headers }), name)
})

test('the edge door rejects them in meta, keys, notes, payment_data and contacts', async () => {
  const wrong: [field: string, body: object][] = [
    ['contact_id', { contact_id: card }],
    ['notes', { notes: `first line\n${card.replaceAll(' ', '\n')}` }],
    ['meta.a', { meta: { a: { b: card.replaceAll(' ', '_') } } }],
    ['meta', { meta: { [`card ${digits}`]: 1 } }],
    ['payment_data.pm_id', { payment_data: { pm_id: `pm_${digits}` } }],
    ['payment_data.vault_token', { gateway: 'paypal', payment_data: { vault_token: digits } }],
    ['body', { [card]: 1 }],
  ]
  for (const [field, body] of wrong) {
    const answer = await world.edge(
      'createCustomer',
      { contact_id: 'usr_3', ...body },
      { 'Idempotency-Key': randomUUID() },
    )
    refused(answer, field)
    expect(answer.body.errors[0].startsWith(field), `${field}: ${answer.body.errors[0]}`).toBe(true)
  }
  refused(await world.edge('buildCustomerProfileSetup', { contact_id: 'usr_3', bc_meta: { pan: digits } }), 'bc_meta')
})

test.each(['billing-io', 'moment', 'flexprice'] as const)('%s rejects them in names and metadata', async (name) => {
  const id = name === 'moment' ? { external_reference: 'usr_4' } : { external_id: 'usr_4' }
  for (const wrong of [
    { name: card },
    { metadata: { note: inArabic } },
    { metadata: { karte: digits } },
    { [card]: 1 },
  ])
    refused(
      await callDoor(world, name, 'POST', '', { ...id, email: 'ada@example.com', ...wrong }),
      JSON.stringify(wrong),
    )
})

test('FlexPrice rejects a card number as a mapped id, which would be in a URL of the gateway', async () => {
  const mapped = (id: string) => ({
    external_id: randomUUID(),
    integration_entity_mapping: [{ provider: 'stripe', id }],
  })
  for (const id of [digits, `cus_${digits}`, `cus_${digits}x`])
    refused(await callDoor(world, 'flexprice', 'POST', '', mapped(id)), id)
  expect((await callDoor(world, 'flexprice', 'POST', '', mapped('cus_QXg1o8vcGmoR32'))).status).toBe(201)
})

test('the hosted page rejects a card number as token and does not echo it', async () => {
  const { page } = await world.openSetup()
  const shown = { amount: 1500, currency: 'USD' }
  const wrong = [
    { gateway: 'stripe', confirmation_token: `ctoken_${digits}`, ...shown },
    { gateway: 'paypal', setup_token: digits, ...shown },
  ]
  for (const body of wrong) refused(await page.call('setup-completed', body), body.gateway)
})

test('errors about other fields, or found before the card number, do not contain it', async () => {
  const { page } = await world.openSetup()
  const unknown = { gateway: 'stripe', confirmation_token: 'ctoken_1', [card]: 1, amount: 1500, currency: 'USD' }
  const asText = async (path: string, body: string) =>
    world.request(path, {
      method: 'POST',
      headers: { Authorization: `Bearer ${world.seeds.secret_key}`, 'Content-Type': 'application/json' },
      body,
    })
  for (const answer of [
    await page.call('setup-completed', unknown),
    await asText('/v1/customers', `{"metadata":{"${card}":"a\\u0000"}}`),
    await asText('/v1/customers', `{"${card}":"\\ud800"}`),
    // Where a long name is cut, half of the number would stay.
    await asText('/v1/customers', `{"${filler}${card}":"\\ud800"}`),
    await page.call('setup-completed', { ...unknown, [card]: undefined, [filler + card]: 1 }),
    await world.asNative('GET', `/v1/customers?${encodeURIComponent(filler + card)}=1`),
    // One name after the other.
    await asText(
      '/v1/customers',
      JSON.stringify(card.split(' ').reduceRight((below, name) => ({ [name]: below }), '\u0000' as unknown)),
    ),
    await asText('/v1/customers', `{"${inSuperscript}":"\\ud800"}`),
  ]) {
    expect(answer.status).toBe(400)
    const text = JSON.stringify(answer.body)
    expect(holdsDigits(text), text).toBe(false)
    expect(text.normalize('NFKC').replace(/\D/g, ''), text).not.toContain(digits.slice(0, 4))
  }
})

test('operator commands reject them in every option', async () => {
  const { bc } = await world.openSetup()
  const organization = world.seeds.org_id
  const commands: [name: string, options: Record<string, string>][] = [
    ['create-organization', { name: card }],
    ['create-brand', { organization, name: inArabic }],
    ['create-brand', { organization, name: 'Shop', 'support-contact': card }],
    ['create-key', { organization, environment: 'sandbox', scopes: '*', name: card }],
    ['create-item', { organization, environment: 'sandbox', name: card, type: 'trigger', amount: '100' }],
    ['set-setting', { organization, environment: 'sandbox', name: 'support_contact', value: card }],
    ['cancel', { 'billing-customer': bc, reason: card }],
    ['cancel', { 'billing-customer': bc, reason: 'asked for', operator: card }],
    ['waive-initial-charge', { 'billing-customer': bc, reason: `Visa ${digits}` }],
  ]
  for (const [name, options] of commands)
    await expect(async () => world.admin(name, options), name).rejects.toMatchObject({
      message: 'must not contain a card number',
    })
  expect((await world.billingCustomer(bc)).onboarding.status).toBe('pending')
})

test('updates in Temporal UI reject them in reasons, other fields and update ids', async () => {
  const { bc } = await world.openSetup()
  const [run] = await world.runsOf(bc)
  const updates: [name: string, args: object[], updateId?: string][] = [
    ['cancel', [{ reason: card }]],
    ['cancel', [{ reason: 'asked for', note: inArabic }]],
    ['waiveInitialCharge', [{ reason: `card ${digits}` }]],
    ['changeInitialAmount', [{ amount: 2000, reason: card }]],
    ['extend', [{ seconds: 100, [card]: 1 }]],
    ['retryNow', [{ note: card }]],
    ['retryNow', [], card],
  ]
  for (const [name, args, updateId] of updates) {
    const options = { args: args as [], ...(updateId === undefined ? {} : { updateId }) }
    const error = await run!.handle.executeUpdate(name, options).then(
      () => undefined,
      (failure: { cause?: Error }) => failure.cause?.message,
    )
    expect(error, name).toBe('an update must not contain a card number')
  }
  expect((await world.billingCustomer(bc)).onboarding).toMatchObject({ status: 'pending', closing: null })
})

test('an error does not echo a path that contains one', async () => {
  const path = encodeURIComponent(card)
  const answers = [
    await world.asNative('GET', `/v1/customers/${path}`),
    await callDoor(world, 'moment', 'GET', `/${path}`),
    await callDoor(world, 'flexprice', 'GET', `/external/${path}`),
    await callDoor(world, 'billing-io', 'GET', `/${path}`),
  ]
  for (const { status, body } of answers) {
    expect(status).toBe(404)
    expect(holdsDigits(decodeURIComponent(JSON.stringify(body)))).toBe(false)
  }
})

test('an id that only looks like one is accepted everywhere that ids are', async () => {
  const { status, body } = await withKey(
    { external_id: '4242424242424242', metadata: { order: '5555555555554444' } },
    '/v1/customers',
  )
  expect(status).toBe(201)
  const { body: read } = await world.asNative('GET', '/v1/customers/4242424242424242')
  expect(read).toMatchObject({ id: body.id, metadata: { order: '5555555555554444' } })
})

test('a contact stored earlier under such an id can still be named', async () => {
  const stored = '6011-0009-9013-9424'
  await world.sql`
    insert into customers (id, organization_id, environment, external_id)
    values ('cus_01k2j0q8e5f7g9h1j3k5m7n9p1', ${world.seeds.org_id}, 'sandbox', ${stored})`
  const opened = await withKey({ customer_id: stored, require_initial: false }, '/v1/billing_customers')
  expect([opened.status, opened.body.customer_id]).toEqual([201, 'cus_01k2j0q8e5f7g9h1j3k5m7n9p1'])
  expect((await world.asNative('GET', `/v1/customers/${stored}`)).status).toBe(200)
})

test('no row, log, history or gateway contains a card number', async () => {
  for (const row of await everythingStored(world.sql)) expect(holdsDigits(row), row).toBe(false)
  expect(world.logged.length).toBeGreaterThan(0)
  for (const line of world.logged) expect(holdsDigits(line), line).toBe(false)
  for (const { text } of await historiesOf(world.client, world.taskQueue)) expect(holdsDigits(text), text).toBe(false)
  for (const { body } of [await world.simulate('requests'), await world.simulatePayPal('requests')])
    expect(holdsDigits(JSON.stringify(body))).toBe(false)
})
