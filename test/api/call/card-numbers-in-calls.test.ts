import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { callDoor } from '../../support/doors.ts'
import { type Answer } from '../../support/world/world.ts'
import {
  withCardNumbers,
  expectNothingKept,
  world,
  digits,
  card,
  inArabic,
  holdsDigits,
  withKey,
} from '../../support/api/card-numbers.ts'

// Every call rejects a card number, and nothing of it is stored.

withCardNumbers()

const refusal = { native: ({ body }: Answer) => body.errors.map(({ param }: { param: string }) => param).join() }

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
    ...[`pm_${digits}`, digits].map((payment_method_id): [string, string, object] => {
      const gateway = payment_method_id === digits ? 'paypal' : 'stripe'
      return [
        'POST',
        '/v1/billing_customers',
        { customer_id: 'usr_1', gateway, require_initial: false, payment_method_id },
      ]
    }),
    ['POST', '/v1/billing_customers', { customer_id: 'usr_1', gateway_customer_id: `cus_${digits}` }],
    ['POST', '/v1/gateway_accounts', { gateway: 'paypal', webhook_id: digits }],
    ['POST', '/v1/gateway_accounts', { gateway: 'stripe', auth: 'connect', vendor_account_id: `acct_${digits}` }],
    ['POST', '/v1/gateway_accounts/ga_1/rotate', { publishable_key: `pk_test_${digits}` }],
    ['POST', '/v1/charges/ch_1/refund', { reason: card }],
    ['POST', `/v1/billing_customers/${bc}/close`, { reason: card }],
    ['POST', '/v1/webhook_endpoints', { kind: 'pull', description: card }],
    ['POST', `/v1/billing_customers/${bc}/cancel`, { reason: card }],
    ['POST', `/v1/billing_customers/${bc}/waive_initial_charge`, { reason: card }],
    ['POST', `/v1/billing_customers/${bc}/initial_amount`, { amount: 2000, reason: card }],
    ['POST', '/v1/billable_items', { name: card, type: 'trigger', amount: 100, currency: 'USD' }],
    ['POST', '/v1/brands', { name: card }],
    ['PATCH', `/v1/brands/${world.seeds.brand_id}`, { support_contact: card }],
    ['POST', '/v1/brands', { name: 'Tailspin', legal_name: card }],
    ['PATCH', `/v1/brands/${world.seeds.brand_id}`, { statement_name: card }],
    ['PATCH', `/v1/brands/${world.seeds.brand_id}`, { terms_url: `https://a.example/?card=${digits}` }],
    [
      'POST',
      '/v1/billing_customers',
      { customer_id: 'usr_1', page: { return_url: `https://a.example/?pan=${digits}` } },
    ],
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

test('no row, log, history or gateway contains a card number', expectNothingKept)
