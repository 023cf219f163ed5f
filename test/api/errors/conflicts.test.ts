import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { conflictGuide } from '../../../domain/failure/conflict-guide.ts'
import { conflictCodes, type ConflictCode } from '../../../domain/failure/failures.ts'
import { beforeActivation } from '../../support/api/before-activation.ts'
import { scenes } from '../../support/documented/scenes.ts'
import { keyedPost } from '../../support/keyed-post.ts'
import { until } from '../../support/until.ts'
import { type Answer } from '../../support/world/world.ts'
import { withConflicts, world, post, externalId } from '../../support/api/conflicts.ts'

// The native API has a code for each conflict; the other doors use the terms of their documents.

withConflicts()

const open = async (body: object = {}) =>
  (await post('/v1/billing_customers', { customer_id: externalId(), ...body })).body

const active = () => open({ payment_data: { pm_id: 'pm_card_visa' } })
const act = (bc: string, action: string, body?: object) => post(`/v1/billing_customers/${bc}/${action}`, body)

const enroll = (id: string) =>
  post('/v1/enrollments', { billing_customer_id: id, billable_item_id: world.seeds.item_id })

const remove = (id: string) => world.asNative('DELETE', `/v1/customers/${id}`)
const cards = { good: { pm_id: 'pm_card_visa' }, declined: { pm_id: 'pm_card_chargeCustomerFail' } }

const liveKey = async () => {
  const scope = { organization: world.seeds.org_id, environment: 'live', scopes: '*' }
  const { key } = (await world.admin('create-key', scope)) as { key: string }
  world.secrets.add(key)
  return key
}

/** One refusal for each code that the native API answers. */
const refusals = {
  external_id_taken: async () => {
    const external_id = externalId()
    await post('/v1/customers', { external_id })
    return post('/v1/customers', { external_id })
  },
  payment_in_progress: async () => {
    const { id, customer_id } = await open()
    const bank = await world.hold('/v1/payment_intents/*/confirm')
    const paying = post('/v1/billing_customers', { customer_id, payment_data: cards.good })
    await bank.reached()
    const refused = await act(id, 'initial_amount', { amount: 2000, reason: 'x' })
    await bank.release()
    expect((await paying).status).toBe(200)
    return refused
  },
  payment_submitted: async () => {
    const customer_id = externalId()
    await post('/v1/billing_customers', { customer_id, payment_data: cards.declined })
    return post('/v1/billing_customers', { customer_id, initial_amount: 3500 })
  },
  already_paid: async () => {
    const { id, customer_id } = await open()
    const refused = await beforeActivation(world, async () => {
      const paying = post('/v1/billing_customers', { customer_id, payment_data: cards.good })
      await until(
        () => world.sql`select 1 from charges where billing_customer_id = ${id} and state = 'succeeded'`,
        ({ length }) => length === 1,
      )
      const answer = await act(id, 'initial_amount', { amount: 2000, reason: 'x' })
      return { answer, paying }
    })
    await refused.paying
    expect(await world.ended(id)).toBe('completed')
    return refused.answer
  },
  too_many_attempts: async () => {
    const customer_id = externalId()
    const pay = () => post('/v1/billing_customers', { customer_id, payment_data: cards.declined })
    return until(pay, ({ status }) => status !== 402)
  },
  gateway_missing: async () =>
    world.asNative('POST', '/v1/billing_customers', { customer_id: externalId() }, await liveKey()),
  settings_mismatch: async () => {
    const { org_id: organization, secret_key } = world.seeds.other_org
    const scope = { organization, environment: 'sandbox', name: 'gateways' }
    await world.admin('set-setting', { ...scope, value: '["paypal"]' })
    const customer = { external_id: externalId(), currency: 'ZAR' }
    await world.asNative('POST', '/v1/customers', customer, secret_key)
    return world.asNative('POST', '/v1/billing_customers', { customer_id: customer.external_id }, secret_key)
  },
  limit_reached: async () => {
    const { id } = await open()
    await world.sql`update onboardings set link_version = 100 where billing_customer_id = ${id}`
    return act(id, 'setup_link', { replace: true })
  },
  first_try_ended: async () => {
    const key = randomUUID()
    const make = () => keyedPost(world, '/v1/customers', key, { name: 'Ada' })
    const { body } = await make()
    await forgetAnswer(key)
    await remove(body.id)
    return make()
  },
  bulk_onboarding_state: async () => {
    const { bulk } = await scenes.checkedBulk(world)
    return post(`/v1/bulk_onboardings/${bulk}/pause`, {})
  },
  rows_invalid: async () => {
    const { bulk } = await scenes.checkedBulk(world)
    return post(`/v1/bulk_onboardings/${bulk}/start`, {})
  },
  endpoint_disabled: async () => {
    const { id } = (await post('/v1/webhook_endpoints', { url: 'https://crm.example/hooks' })).body
    await post(`/v1/webhook_endpoints/${id}/disable`)
    return post(`/v1/webhook_endpoints/${id}/test`)
  },
  push_endpoint: async () => {
    const { id } = (await post('/v1/webhook_endpoints', { url: 'https://crm.example/hooks' })).body
    return post(`/v1/webhook_endpoints/${id}/ack`, { event_ids: ['evt_1'] })
  },
  pull_endpoint: async () => {
    const { id } = (await post('/v1/webhook_endpoints', { kind: 'pull' })).body
    return post(`/v1/webhook_endpoints/${id}/retry`)
  },
  test_not_possible: async () => {
    const { id } = await open()
    return post(`/v1/test_helpers/billing_customers/${id}/refund`, {})
  },
  no_live_onboarding: async () => act((await active()).id, 'cancel', { reason: 'late' }),
  customer_not_deletable: async () => remove((await open()).customer_id),
  billing_customer_pending: async () => act((await open()).id, 'suspend'),
  payment_method_missing: async () => enroll((await open({ require_initial: false })).id),
  billing_customer_suspended: async () => {
    const { id } = await active()
    await act(id, 'suspend')
    return enroll(id)
  },
  parent_cycle: async () => {
    const { body } = await post('/v1/customers', {})
    return world.asNative('PATCH', `/v1/customers/${body.id}`, { parent_customer_id: body.id })
  },
  nothing_to_charge: async () => {
    const { id } = await active()
    await act(id, 'payment_method', {})
    return act(id, 'waive_initial_charge', { reason: 'x' })
  },
  onboarding_closing: async () => {
    const { id, onboarding } = await open()
    await world.sql`update onboardings set closing = 'canceled' where id = ${onboarding.id}`
    return act(id, 'waive_initial_charge', { reason: 'x' })
  },
  charge_not_resolvable: async () => {
    const { id } = await active()
    const { body } = await world.asNative('GET', `/v1/charges?billing_customer_id=${id}`)
    return post(`/v1/charges/${body.data[0].id}/resolve`, { outcome: 'never_happened', reason: 'x' })
  },
  billing_customer_closed: async () => {
    const { id } = await active()
    await act(id, 'close', { reason: 'x' })
    return act(id, 'suspend')
  },
  billing_customer_enrolled: async () => {
    const { id } = await active()
    await enroll(id)
    return world.asNative('DELETE', `/v1/billing_customers/${id}/payment_method`)
  },
  charge_not_refundable: async () => {
    const { id } = await active()
    const { body } = await world.asNative('GET', `/v1/charges?billing_customer_id=${id}`)
    await world.sql`update charges set state = 'canceled' where id = ${body.data[0].id}`
    return post(`/v1/charges/${body.data[0].id}/refund`, { reason: 'x' })
  },
  refund_exceeds_charge: async () => {
    const { id } = await active()
    const { body } = await world.asNative('GET', `/v1/charges?billing_customer_id=${id}`)
    return post(`/v1/charges/${body.data[0].id}/refund`, { amount: 1501, reason: 'x' })
  },
  api_key_ended: async () => {
    const { body } = await post('/v1/api_keys', { name: 'short', scopes: ['customers:read'] })
    await post(`/v1/api_keys/${body.id}/revoke`)
    return post(`/v1/api_keys/${body.id}/rotate`, { overlap_seconds: 0 })
  },
} satisfies Partial<Record<ConflictCode, () => Promise<Answer>>>

/** As a crash leaves it: the work is done, the answer is not kept. */
const forgetAnswer = (key: string) =>
  world.sql`update idempotency_keys set status = null, body = null, leased_until = now() where key = ${key}`

const setUp = async (contact_id: string, gateway = 'stripe') => {
  const answer = await world.edge('setupPaymentMethod', { contact_id, gateway })
  if (answer.body.data?.client_secret) world.secrets.add(answer.body.data.client_secret)
  return answer
}

const confirm = (billing_customer_id: string, gateway = 'stripe') =>
  world.edge('confirmPaymentMethod', { billing_customer_id, gateway })

/**
 * The codes of calls that only the edge door and the hosted page have. Their answers have no codes: the text tells them
 * apart.
 */
const codelessRefusals = {
  setup_over: [async () => confirm((await open()).id), 'gateway: there is no setup at stripe'],
  payment_method_used: [
    async () => {
      const [other, { body }] = [await open(), await setUp(externalId(), 'paypal')]
      const token = body.data.order_id as string
      await world.simulatePayPal('approve', { setup_token: token, outcome: 'approve', email: 'a@example.com' })
      await world.sql`
        insert into payment_attempts
          (onboarding_id, number, environment, link_version, source, gateway, reference, single_use, amount, currency,
            state, closed_at)
        values (${other.onboarding.id}, 1, 'sandbox', 1, 'page', 'paypal', ${token}, true, 1500, 'USD', 'abandoned',
          now())`
      return confirm(body.data.billing_customer_id as string, 'paypal')
    },
    'billing_customer_id: was submitted for another contact already',
  ],
  mapped_customer_not_ours: [
    async () => {
      const external_id = externalId()
      const mapping = [{ provider: 'stripe', id: 'cus_nobody' }]
      await post('/v1/customers', { external_id, integration_entity_mapping: mapping })
      return setUp(external_id)
    },
    'contact_id: is mapped to a gateway customer that does not belong to this organization',
  ],
  link_usable: [async () => world.pageOf((await open()).setup_url).askForNewLink(), 'this link is still valid'],
  gateway_refused: [
    async () => {
      await world.fault('/v1/setup_intents', 'unauthorized', { times: 100 })
      const answer = await setUp(externalId())
      await world.clearFaults()
      return answer
    },
    'gateway: rejects the account of this service',
  ],
} satisfies Partial<Record<ConflictCode, [() => Promise<Answer>, string]>>

/** Rejected in `test/api/doors/native/gateway-accounts`. */
const ofGatewayAccounts: ConflictCode[] = [
  'gateway_keys_missing',
  'gateway_account_exists',
  'gateway_account_active',
  'gateway_account_differs',
  'gateway_account_other_auth',
  'gateway_account_not_connected',
  'gateway_connect_unavailable',
]

test('a call here or of a gateway account is rejected with each code of a conflict', () => {
  const covered = [...Object.keys(refusals), ...Object.keys(codelessRefusals), ...ofGatewayAccounts]
  expect(covered.sort()).toEqual([...conflictCodes].sort())
})

test.each(Object.entries(codelessRefusals))('without a code: %s', async (_, [refuse, text]) => {
  const { status, body } = await refuse()
  expect([status, JSON.stringify(body)]).toEqual([409, expect.stringContaining(text)])
})

test.each(Object.entries(refusals))('%s', async (code, refuse) => {
  const { status, body } = await refuse()
  expect([status, body.code], JSON.stringify(body)).toEqual([409, code])
  expect(body.title).toBe(conflictGuide[code as keyof typeof conflictGuide].title)
  expect(body.doc_url).toBe(`${world.apiUrl}/docs/errors#${code}`)
})

test('the OpenAPI document lists every code', async () => {
  const { body } = await world.request('/openapi.json')
  expect(body.components.schemas.Problem.properties.code.enum).toEqual(expect.arrayContaining([...conflictCodes]))
})
