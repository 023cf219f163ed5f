import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { conflictGuide } from '../../domain/failure-guide.ts'
import { conflictCodes } from '../../domain/failures.ts'
import { callDoor } from '../support/doors.ts'
import { createWorld, type Answer, type World } from '../support/world.ts'

// What stands against a request has a code of its own at the native API; the other doors keep the words of their
// documents.

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const post = (path: string, body?: object) => world.asNative('POST', path, body)
const externalId = () => `usr_${randomUUID()}`
const open = async (body: object = {}) =>
  (await post('/v1/billing_customers', { customer_id: externalId(), ...body })).body
const active = () => open({ payment_data: { pm_id: 'pm_card_visa' } })
const act = (bc: string, action: string, body?: object) => post(`/v1/billing_customers/${bc}/${action}`, body)
const enroll = (id: string) =>
  post('/v1/enrollments', { billing_customer_id: id, billable_item_id: world.seeds.item_id })
const remove = (id: string) => world.asNative('DELETE', `/v1/customers/${id}`)
const read = async (bc: string) => (await world.asNative('GET', `/v1/billing_customers/${bc}`)).body

/** One refusal for each code that a call can meet by itself. */
const refusals: Record<string, () => Promise<Answer>> = {
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
  api_key_ended: async () => {
    const { body } = await post('/v1/api_keys', { name: 'short', scopes: ['customers:read'] })
    await post(`/v1/api_keys/${body.id}/revoke`)
    return post(`/v1/api_keys/${body.id}/rotate`, { overlap_seconds: 0 })
  },
}

test.each(Object.entries(refusals))('%s', async (code, refuse) => {
  const { status, body } = await refuse()
  expect([status, body.code], JSON.stringify(body)).toEqual([409, code])
  expect(body.title).toBe(conflictGuide[code as keyof typeof conflictGuide].title)
  expect(body.doc_url).toBe(`${world.apiUrl}/docs/errors#${code}`)
})

test('the document lists every code', async () => {
  const { body } = await world.request('/openapi.json')
  expect(body.components.schemas.Problem.properties.code.enum).toEqual(expect.arrayContaining([...conflictCodes]))
})

test('an external id that is taken is refused with the id of who has it, at create and at change', async () => {
  const external_id = externalId()
  const { body: first } = await post('/v1/customers', { external_id })
  const { body: second } = await post('/v1/customers', { external_id: externalId() })
  const refused = [
    await post('/v1/customers', { external_id }),
    await world.asNative('PATCH', `/v1/customers/${second.id}`, { external_id }),
  ]
  for (const { status, body } of refused)
    expect([status, body]).toMatchObject([
      409,
      {
        code: 'external_id_taken',
        param: 'external_id',
        existing_id: first.id,
        detail: `external_id: is taken by ${first.id}`,
      },
    ])
  const [billingIo, moment, flexprice] = await Promise.all([
    callDoor(world, 'billing-io', 'POST', '', { external_id, email: 'ada@example.com' }),
    callDoor(world, 'moment', 'POST', '', { external_reference: external_id }),
    callDoor(world, 'flexprice', 'POST', '', { external_id }),
  ])
  expect([billingIo.status, billingIo.body.error.code]).toEqual([400, 'invalid_field_value'])
  expect([moment.status, moment.body.title]).toEqual([409, 'Conflict'])
  expect([flexprice.status, flexprice.body.code]).toEqual([409, 'already_exists'])
})

test('onboarding.status tells every end, can be filtered by, and what is being ended has no link', async () => {
  const [live, canceled, completed] = [await open(), await open(), await active()]
  expect(live).toMatchObject({ status: 'pending', setup_url: expect.any(String), onboarding: { status: 'pending' } })
  const answer = await act(canceled.id, 'cancel', { reason: 'no longer wanted' })
  expect(answer.body).toMatchObject({ status: 'pending', onboarding: { status: 'pending', closing: 'canceled' } })
  expect(answer.body).not.toHaveProperty('setup_url')
  expect(await world.ended(canceled.id)).toBe('canceled')
  for (const [record, status] of [
    [live, 'pending'],
    [canceled, 'canceled'],
    [completed, 'completed'],
  ]) {
    expect((await read(record.id)).onboarding).toMatchObject({ status, closing: null })
    for (const asked of ['pending', 'canceled', 'completed']) {
      const { body } = await world.asNative(
        'GET',
        `/v1/billing_customers?customer_id=${record.customer_id}&onboarding_status=${asked}`,
      )
      expect(
        body.data.map(({ id }: { id: string }) => id),
        `${status}, ${asked}`,
      ).toEqual(asked === status ? [record.id] : [])
    }
  }
  const wrong = await world.asNative('GET', '/v1/billing_customers?onboarding_status=active')
  expect([wrong.status, wrong.body.param]).toEqual([400, 'onboarding_status'])

  // The latest counts, not the first; a replacement is no onboarding.
  const { body: again } = await post('/v1/billing_customers', { customer_id: canceled.customer_id })
  expect(again.onboarding).toMatchObject({ n: 2, status: 'pending' })
  const { body: left } = await world.asNative(
    'GET',
    `/v1/billing_customers?customer_id=${canceled.customer_id}&onboarding_status=canceled`,
  )
  expect(left.data).toEqual([])
  const { body: replacing } = await act(completed.id, 'payment_method', {})
  expect(replacing).toMatchObject({ onboarding: { status: 'completed' }, replacement: { status: 'pending' } })
  expect(replacing.replacement.setup_url).toEqual(expect.any(String))
  const { body: stopped } = await act(completed.id, 'cancel', { reason: 'no longer wanted' })
  expect(stopped.replacement.closing).toBe('canceled')
  expect(stopped.replacement).not.toHaveProperty('setup_url')
})

test('attempts count the methods that were submitted, and of those the ones that were to be charged', async () => {
  const steps = async (bc: string) =>
    Object.fromEntries(
      (await read(bc)).onboarding.steps.map(({ name, attempts }: { name: string; attempts: number }) => [
        name,
        attempts,
      ]),
    )
  const declined = await post('/v1/billing_customers', {
    customer_id: externalId(),
    payment_data: { pm_id: 'pm_card_chargeCustomerFail' },
  })
  expect(declined.status).toBe(402)
  const paid = await active()
  expect(await steps(paid.id)).toMatchObject({ payment_method: 1, initial_charge: 1, activation: 0 })
  const free = await open({ require_initial: false, payment_data: { pm_id: 'pm_card_visa' } })
  expect(await steps(free.id)).toMatchObject({ payment_method: 1, initial_charge: 0 })
})
