import { afterAll, beforeAll, expect, test } from 'vitest'
import { callDoor, doorNames, doors } from '../../support/doors.ts'
import { createWorld, type World } from '../../support/world/world.ts'

// An installation that has a gateway for the sandbox only, and an organization that has a key for `live`.

let world: World
let live: string
beforeAll(async () => {
  world = await createWorld({ worker: false, paypal: true })
  const scope = { organization: world.seeds.org_id, environment: 'live' }
  live = (await world.admin('create-key', { ...scope, scopes: '*' })).key as string
  world.secrets.add(live)
  await world.admin('set-setting', { ...scope, name: 'onboard_new_customers', value: 'true' })
})
afterAll(() => world.close())

const reason = 'no gateway is configured for live: an operator must add one'
const rows = async () => {
  const [counted] = await world.sql<{ n: number }[]>`
    select (select count(*) from billing_customers where environment = 'live')
      + (select count(*) from customers where environment = 'live') as n`
  return Number(counted!.n)
}

/** How each door writes a refusal that is no field's fault. None of their calls has a field for the gateway. */
const refusedAt = (message: string, code: string) => ({
  // The documents have 409 for idempotency keys only, and no code for this.
  'billing-io': [400, { error: { type: 'invalid_request', code, message, param: null } }],
  // `invalid_operation` is 400 in the documents; 409 is for what exists already.
  flexprice: [400, { code: 'invalid_operation', message, http_status_code: 400, details: {} }],
  moment: [
    409,
    { type: expect.any(String), title: 'Conflict', status: 409, detail: message, instance: expect.any(String) },
  ],
})

test('without a gateway, rejects every call that opens an onboarding and stores nothing', async () => {
  const native = await world.asNative('POST', '/v1/billing_customers', { customer_id: 'liv1' }, live)
  expect([native.status, native.body.code, native.body.detail]).toEqual([409, 'gateway_missing', `gateway: ${reason}`])
  for (const action of ['createCustomer', 'buildCustomerProfileSetup', 'setupPaymentMethod']) {
    const item = action === 'createCustomer' ? { bi_id: world.seeds.item_id } : {}
    const { status, body } = await world.edge(action, { api_key: live, contact_id: 'liv1', ...item })
    expect([status, body.errors], action).toEqual([409, [`gateway: ${reason}`]])
  }
  for (const door of doorNames) {
    const answer = await callDoor(world, door, 'POST', '', doors[door].smallest('liv1'), { key: live })
    expect([answer.status, answer.body], door).toEqual(refusedAt(reason, 'gateway_missing')[door])
  }
  const customer = await world.asNative('POST', '/v1/customers', { external_id: 'liv1' }, live)
  expect(customer.body).toMatchObject({ status: 409, code: 'gateway_missing', detail: reason })
  expect(customer.body).not.toHaveProperty('param')
  expect(await rows()).toBe(0)
})

test('also rejects it if no gateway supports the currency or can charge the amount', async () => {
  const scope = { organization: world.seeds.other_org.org_id, environment: 'sandbox' }
  const key = world.seeds.other_org.secret_key
  const set = (name: string, value: string) => world.admin('set-setting', { ...scope, name, value })
  await set('onboard_new_customers', 'true')
  await set('gateways', '["paypal"]')
  const customer = { external_id: 'zar1', currency: 'ZAR' }
  const native = await world.asNative('POST', '/v1/customers', customer, key)
  const unpayable = "none of the organization's gateways (paypal) supports ZAR"
  expect(native.body).toMatchObject({ status: 409, code: 'settings_mismatch', detail: unpayable })
  const moment = await callDoor(world, 'moment', 'POST', '', { external_reference: 'zar1', currency: 'ZAR' }, { key })
  expect([moment.status, moment.body]).toEqual(refusedAt(unpayable, 'settings_mismatch').moment)
  await set('gateways', '["stripe"]')
  // As a setting from before the limits: no command takes it.
  const amount = { organizationId: scope.organization, name: 'initial_amount', value: world.sql.json(1) }
  await world.sql`insert into settings ${world.sql({ ...amount, environment: 'sandbox' })}`
  for (const door of doorNames) {
    const answer = await callDoor(world, door, 'POST', '', doors[door].smallest('liv1'), { key })
    const text = expect.stringMatching(
      /^the organization's setting initial_amount does not fit USD: it must be/,
    ) as string
    expect([answer.status, answer.body], door).toEqual(refusedAt(text, 'settings_mismatch')[door])
  }
})

test('accepts what needs no payment, and calls of the sandbox', async () => {
  const free = { contact_id: 'liv2', require_initial: false }
  const opened = await world.asNative('POST', '/v1/billing_customers', free, live)
  expect([opened.status, opened.body.status]).toEqual([201, 'active'])
  const replacing = await world.asNative('POST', `/v1/billing_customers/${opened.body.id}/payment_method`, {}, live)
  expect([replacing.status, replacing.body.detail]).toEqual([409, `gateway: ${reason}`])
  expect((await world.asNative('POST', '/v1/billing_customers', { contact_id: 'liv3' })).status).toBe(201)
})

test('every response of every door has an id, and one log line with its route and nothing else', async () => {
  const listening = await createWorld({ worker: false, listen: true })
  try {
    const { secret_key, org_id } = listening.seeds
    const answers = [
      await listening.asNative('GET', '/v1/customers?email=ada%40example.com'),
      await listening.asNative('GET', '/v1/customers/ada@example.com'),
      await listening.asNative('GET', '/v1/customers', undefined, 'sk_test_wrong'),
      await listening.edge('getCustomer', { bc_id: 'ada@example.com' }),
      await listening.request(`/public/edge/setup-billing/1/${org_id}/bc_1?token=secret-token`),
      await listening.request('/webhooks/stripe', { method: 'POST', body: 'ada@example.com' }),
      await listening.request('/nowhere/ada@example.com'),
      await callDoor(listening, 'moment', 'GET', '/ada@example.com'),
    ]
    const lines = listening.logged.map((line) => JSON.parse(line) as Record<string, unknown>)
    for (const { headers, status, body } of answers) {
      const id = headers.get('X-Request-Id')
      expect(id).toMatch(/^req_[0-9a-f-]{36}$/)
      const mine = lines.filter((line) => line.request_id === id && line.msg === 'request')
      expect(mine).toEqual([expect.objectContaining({ level: 'info', status, route: expect.stringContaining('/') })])
      if (body?.request_id) expect(body.request_id).toBe(id)
    }
    expect(listening.logged.join('\n')).not.toMatch(/ada@|secret-token|sk_test_wrong/)
    expect(listening.logged.join('\n')).not.toContain(secret_key)
  } finally {
    await listening.close()
  }
})
