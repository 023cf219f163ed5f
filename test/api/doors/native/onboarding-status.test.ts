import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorld, type World } from '../../../support/world/world.ts'

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
const read = async (bc: string) => (await world.asNative('GET', `/v1/billing_customers/${bc}`)).body

test('onboarding.status distinguishes and filters by every end, and an ending onboarding has no link', async () => {
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

test('counts submitted methods, and separately those that were to be charged', async () => {
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
