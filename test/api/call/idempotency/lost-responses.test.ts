import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keyedPost, twice as repeated } from '../../../support/keyed-post.ts'
import { until } from '../../../support/until.ts'
import { createWorld, type World } from '../../../support/world/world.ts'

// Commands of calls whose response was lost, as if the API process had been killed. A repeat changes nothing more.

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.close())

const opened = async (more: object = {}) =>
  (await world.asNative('POST', '/v1/billing_customers', { customer_id: world.newContact(), ...more })).body
const active = () => opened({ payment_data: { pm_id: 'pm_card_visa' } })
const own = (id: string, rest: string) => `/v1/billing_customers/${id}/${rest}`
const helper = (id: string, rest: string) => `/v1/test_helpers/billing_customers/${id}/${rest}`

const twice = (path: string, body: object, between?: () => Promise<unknown>) => repeated(world, path, body, between)

describe('a command that is repeated is applied once', () => {
  test.each([
    ['waive_initial_charge', { reason: 'agreed' }, 'onboarding.initial_charge_waived'],
    ['initial_amount', { reason: 'agreed', amount: 1_700 }, 'onboarding.initial_amount_changed'],
    ['retry', {}, 'onboarding.retried'],
    ['setup_link', { replace: true }, 'billing_customer.setup_link_replaced'],
    ['setup_link', { expires_in_seconds: 7_200 }, 'billing_customer.setup_link_extended'],
  ])('%s %o', async (path, body, event) => {
    const { id } = await opened()
    const [first, again] = await twice(own(id, path), body)
    for (const { body } of [first, again]) if (body.setup_url) world.pageOf(body.setup_url)
    expect([first.status, again.status]).toEqual([200, 200])
    expect((await world.eventTypes(id)).filter((type) => type === event)).toEqual([event])
    // Another key is another command.
    expect((await keyedPost(world, own(id, path), randomUUID(), body)).status).toBe(200)
    expect((await world.eventTypes(id)).filter((type) => type === event)).toHaveLength(2)
  })

  test('cancel, also once the onboarding has ended', async () => {
    const { id } = await opened()
    const ended = () => until(async () => (await world.eventTypes(id)).includes('onboarding.canceled'))
    const [first, again] = await twice(own(id, 'cancel'), { reason: 'agreed' }, ended)
    expect([first.status, again.status, again.body.onboarding.status]).toEqual([200, 200, 'canceled'])
    expect((await keyedPost(world, own(id, 'cancel'), randomUUID(), { reason: 'x' })).body.code).toBe(
      'no_live_onboarding',
    )
  })

  test('advance_clock, also once the link has expired', async () => {
    const { id } = await opened()
    const [first, again] = await twice(helper(id, 'advance_clock'), { seconds: 40 * 86_400 })
    expect([first.status, again.status, again.body.onboarding.status]).toEqual([200, 200, 'expired'])
    expect((await world.eventTypes(id)).filter((type) => type === 'onboarding.clock_advanced')).toHaveLength(1)
  })

  test.each([
    [500, [500]],
    [1_000, [1_000]],
    [undefined, [1_500]],
  ])("a refund of %s at the gateway's dashboard", async (amount, refunds) => {
    const { id } = await active()
    const [first, again] = await twice(helper(id, 'refund'), amount === undefined ? {} : { amount })
    expect([first.status, again.status]).toEqual([200, 200])
    expect((await world.ledger(id)).refunds.map((refund) => refund.amount)).toEqual(refunds)
  })
})

describe('an enrollment', () => {
  const enroll = (id: string) => ({ billing_customer_id: id, billable_item_id: world.seeds.item_id })
  test('that is repeated did not exist before the call', async () => {
    const { id } = await active()
    const [first, again] = await twice('/v1/enrollments', enroll(id))
    expect([first.status, again.status, again.body]).toEqual([201, 201, first.body])
    expect((await keyedPost(world, '/v1/enrollments', randomUUID(), enroll(id))).body.existing).toBe(true)
  })

  test('that was canceled since is not created again', async () => {
    const { id } = await active()
    const cancel = async () => {
      const { body } = await world.asNative('GET', `/v1/enrollments?billing_customer_id=${id}`)
      await world.asNative('POST', `/v1/enrollments/${body.data[0].id}/cancel`)
    }
    const [first, again] = await twice('/v1/enrollments', enroll(id), cancel)
    expect([first.status, again.status, again.body.code]).toEqual([201, 409, 'first_try_ended'])
  })
})

describe('the same key for another call is another caller', () => {
  test('at another door, a contact existed before', async () => {
    const [contact_id, key] = [world.newContact(), randomUUID()]
    const { body } = await keyedPost(world, '/v1/billing_customers', key, { contact_id })
    const { body: edge } = await world.edge('createCustomer', { contact_id }, { 'Idempotency-Key': key })
    expect([body.existing, edge.existing]).toEqual([false, true])
  })

  test('after 24 hours, a charge is refunded again', async () => {
    const { id } = await active()
    const [charge] = (await world.asNative('GET', `/v1/charges?billing_customer_id=${id}`)).body.data
    const key = randomUUID()
    const refund = () =>
      keyedPost(world, `/v1/charges/${charge.id}/refund`, key, { amount: 300, reason: 'agreed with the customer' })
    await refund()
    await refund()
    await world.sql`update idempotency_keys set created_at = now() - interval '25 hours' where key = ${key}`
    expect((await refund()).body.refunds).toHaveLength(2)
  })
})
