import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contactsFile, untilStatus, upload } from '../../../bulk/bulk.ts'
import { chargesIn } from '../../../payments/charges/charge-of.ts'
import { forgetResponse, twice as repeated } from '../../../support/keyed-post.ts'
import { until } from '../../../support/until.ts'
import { createWorld, type World } from '../../../support/world/world.ts'

// Calls whose response was lost, and whose change somebody else undid before they are repeated: the repeat makes no
// change again, and returns what is.

let world: World
let charges: ReturnType<typeof chargesIn>
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300 })
  charges = chargesIn(world)
})
afterAll(() => world.close())

const native = (method: string, path: string, body?: object) => world.asNative(method, `/v1/${path}`, body)
const twice = (path: string, body: object, between?: () => Promise<unknown>) =>
  repeated(world, `/v1/${path}`, body, between)
const opened = async (more: object = {}) =>
  (await native('POST', 'billing_customers', { customer_id: world.newContact(), ...more })).body
const active = () => opened({ payment_data: { pm_id: 'pm_card_visa' } })
const own = (id: string, name: string) => `billing_customers/${id}/${name}`
const count = async (bc: string, type: string) => (await world.eventTypes(bc)).filter((each) => each === type).length
const ended = (bc: string, n: number) =>
  until(async () => {
    const [row] = await world.sql`select ended_at from onboardings where billing_customer_id = ${bc} and n = ${n}`
    return Boolean(row?.endedAt)
  })

describe('a billing customer', () => {
  test.each([
    ['suspend', 'restore', 'active', 'billing_customer.suspended'],
    ['restore', 'suspend', 'suspended', 'billing_customer.restored'],
  ])('%s', async (name, undo, status, event) => {
    const { id } = await active()
    if (name === 'restore') await native('POST', own(id, 'suspend'))
    const [first, again] = await twice(own(id, name), {}, () => native('POST', own(id, undo)))
    expect([first.status, again.status, again.body.status]).toEqual([200, 200, status])
    expect(await count(id, event)).toBe(1)
  })

  test('suspendCustomer of the edge door', async () => {
    const { id } = await active()
    const key = randomUUID()
    const suspend = () => world.edge('suspendCustomer', { bc_id: id }, { 'Idempotency-Key': key })
    expect((await suspend()).body.data.bc_status).toBe('suspended')
    await forgetResponse(world, key)
    await native('POST', own(id, 'restore'))
    expect([(await suspend()).status, (await world.billingCustomer(id)).status]).toEqual([200, 'active'])
  })

  test('close, once the contact was opened again and has paid again', async () => {
    const { bc, id: charge } = await charges.paid()
    const { customer_id } = await world.billingCustomer(bc)
    const closing = { reason: 'the contract has ended', refund_initial: true }
    const [first, again] = await twice(own(bc, 'close'), closing, async () => {
      await charges.becomes(charge, 'refunded')
      await opened({ customer_id, payment_data: { pm_id: 'pm_card_visa' } })
      await ended(bc, 2)
    })
    expect([first.body.status, again.status, again.body.status]).toEqual(['closed', 200, 'active'])
    expect([await count(bc, 'billing_customer.closed'), (await world.ledger(bc)).refunds.length]).toEqual([1, 1])
  })

  test('close, while the contact that was opened again is pending', async () => {
    const { id, customer_id } = await active()
    const [, again] = await twice(own(id, 'close'), { reason: 'x' }, () => opened({ customer_id }))
    expect([again.status, again.body.status]).toEqual([200, 'pending'])
  })

  test('open with a payment method, once it was closed and refunded: nothing is charged', async () => {
    const customer_id = world.newContact()
    const call = { customer_id, payment_data: { pm_id: 'pm_card_visa' } }
    const [first, again] = await twice('billing_customers', call, async () => {
      const { id } = await opened({ customer_id })
      await native('POST', own(id, 'close'), { reason: 'x', refund_initial: true })
      await until(async () => (await world.ledger(id)).refunds.length === 1)
    })
    expect([first.status, again.status, again.body.status]).toEqual([201, 201, 'closed'])
    expect((await world.ledger(first.body.id)).charges).toHaveLength(1)
  })

  test.each([{}, { require_initial: true }])('open %o, once its onboarding was canceled', async (more) => {
    const customer_id = world.newContact()
    const [first, again] = await twice('billing_customers', { customer_id, ...more }, async () => {
      const { id } = await opened({ customer_id })
      await native('POST', own(id, 'cancel'), { reason: 'x' })
      await ended(id, 1)
    })
    expect([again.status, again.body.onboarding.n, again.body.onboarding.status]).toEqual([201, 1, 'canceled'])
    // Another key opens the next one.
    expect((await opened({ customer_id })).onboarding.n).toBe(first.body.onboarding.n + 1)
  })

  test.each([
    ['by link', {}],
    ['with a saved method', { payment_data: { pm_id: 'pm_card_mastercard' } }],
  ])('replace the payment method %s, once the replacement has ended', async (_, body) => {
    const { id } = await active()
    const [first, again] = await twice(own(id, 'payment_method'), body, async () => {
      await native('POST', own(id, 'cancel'), { reason: 'x' })
      await ended(id, 2)
    })
    expect([first.status, again.status]).toEqual([200, 200])
    expect(await count(id, 'billing_customer.replacement_started')).toBe(1)
  })
})

describe('test helpers', () => {
  const helper = (id: string, name: string) => `test_helpers/${own(id, name)}`
  test.each([
    ['pays', 'active', 'paid'],
    ['declined', 'pending', 'declined'],
  ])('submit: %s', async (outcome, status, state) => {
    const { id } = await opened()
    const [first, again] = await twice(helper(id, 'submit'), { outcome })
    expect([first.status, again.status, again.body.status]).toEqual([200, 200, status])
    const attempts = await world.sql`
      select a.state from payment_attempts a join onboardings o on o.id = a.onboarding_id
      where o.billing_customer_id = ${id}`
    expect(attempts.map((attempt) => attempt.state)).toEqual([state])
  })

  test.each([
    ['requires_action', 'pays', 'active'],
    ['processing', 'declined', 'pending'],
  ])('confirm_action of %s: %s', async (outcome, decision, status) => {
    const { id } = await opened()
    await native('POST', helper(id, 'submit'), { outcome })
    const [first, again] = await twice(helper(id, 'confirm_action'), { outcome: decision })
    expect([first.status, again.status, again.body.status]).toEqual([200, 200, status])
    expect((await native('POST', helper(id, 'confirm_action'), { outcome: decision })).status).toBe(409)
  })

  test('refund and dispute', async () => {
    const { bc, id } = await charges.paid()
    const refunded = () => charges.becomes(id, 'refunded')
    const [first, again] = await twice(helper(bc, 'refund'), {}, refunded)
    expect([first.status, again.status, (await world.ledger(bc)).refunds.length]).toEqual([200, 200, 1])
    const other = await charges.paid()
    const recorded = () => until(async () => (await count(other.bc, 'charge.disputed')) > 0)
    const disputed = await twice(helper(other.bc, 'dispute'), {}, recorded)
    expect(disputed.map(({ status }) => status)).toEqual([200, 200])
    await world.allDelivered()
    expect(await count(other.bc, 'charge.disputed')).toBe(1)
    const keep = { outcome: 'keep', reason: 'won' }
    const resolved = await twice(`charges/${other.id}/resolve`, keep)
    expect(resolved.map(({ status }) => status)).toEqual([200, 200])
  })
})

describe('a bulk onboarding', () => {
  const uploaded = async (rows: number, query: string) =>
    (await upload(world, contactsFile(world, rows).file, { query })).body.id as string
  const act = (id: string, name: string) => `bulk_onboardings/${id}/${name}`

  test('start, once it was completed', async () => {
    const id = await uploaded(2, '?dry_run=true')
    const [first, again] = await twice(act(id, 'start'), {}, () => untilStatus(world, id, 'completed'))
    expect([first.status, again.status, again.body.status]).toEqual([200, 200, 'completed'])
  })

  test('pause and resume, once that was undone; cancel and retry_failed', async () => {
    const id = await uploaded(100, '?rows_per_second=1')
    const [, paused] = await twice(act(id, 'pause'), {}, () => native('POST', act(id, 'resume'), {}))
    expect([paused.status, paused.body.status]).toEqual([200, 'running'])
    await native('POST', act(id, 'pause'), {})
    const [, resumed] = await twice(act(id, 'resume'), {}, () => native('POST', act(id, 'pause'), {}))
    expect([resumed.status, resumed.body.status]).toEqual([200, 'paused'])
    await world.sql`update bulk_rows set state = 'failed', errors = '[]' where bulk_id = ${id} and n = 1`
    const [, retried] = await twice(act(id, 'retry_failed'), {}, () => native('POST', act(id, 'cancel'), {}))
    expect([retried.status, retried.body.status]).toEqual([200, 'canceled'])
  })
})

describe('a webhook endpoint', () => {
  const create = async () =>
    (await native('POST', 'webhook_endpoints', { kind: 'pull' })).body as { id: string; secret: string }
  const act = (id: string, name: string) => `webhook_endpoints/${id}/${name}`
  const types = async (id: string) =>
    (await world.sql`select type from events where data ->> 'webhook_endpoint_id' = ${id} order by id`).map(
      ({ type }) => type as string,
    )

  test.each([
    ['disable', {}, 'enable', 'enabled'],
    ['enable', { catch_up: false }, 'disable', 'disabled'],
  ])('%s', async (name, body, undo, status) => {
    const { id } = await create()
    if (name === 'enable') await native('POST', act(id, 'disable'), {})
    const [first, again] = await twice(act(id, name), body, () => native('POST', act(id, undo), {}))
    expect([first.status, again.status, again.body.status]).toEqual([200, 200, status])
    expect((await types(id)).filter((type) => type === `webhook_endpoint.${name}d`)).toHaveLength(1)
  })

  test('test, once it was disabled; rotate_secret returns no other secret', async () => {
    const { id } = await create()
    const [first, again] = await twice(act(id, 'test'), {}, () => native('POST', act(id, 'disable'), {}))
    expect([first.status, again.status, again.body.event_id]).toEqual([202, 202, first.body.event_id])
    const [rotated, repeat] = await twice(act(id, 'rotate_secret'), {})
    world.secrets.add(rotated.body.secret)
    expect([rotated.status, repeat.status, repeat.body.secret]).toEqual([200, 200, null])
    expect(await types(id)).toEqual(
      ['created', 'test', 'disabled', 'secret_rotated'].map((name) => `webhook_endpoint.${name}`),
    )
  })
})

describe('a gateway account', () => {
  const act = (id: string, name: string) => `gateway_accounts/${id}/${name}`
  let id: string
  beforeAll(async () => {
    const keys = { gateway: 'stripe', secret_key: 'sk_test_lost', publishable_key: 'pk_test_lost' }
    id = (await native('POST', 'gateway_accounts', keys)).body.id
  })
  const count = async (type: string) =>
    (await world.sql`select 1 from events where data ->> 'gateway_account_id' = ${id} and type = ${type}`).length

  test.each([
    ['drain', 'activate', 'active', 'gateway_account.drained'],
    ['disable', 'activate', 'active', 'gateway_account.disabled'],
    ['activate', 'drain', 'draining', 'gateway_account.activated'],
  ])('%s', async (name, undo, status, event) => {
    await native('POST', act(id, undo))
    const before = await count(event)
    const [first, again] = await twice(act(id, name), {}, () => native('POST', act(id, undo)))
    expect([first.status, again.status, again.body.status]).toEqual([200, 200, status])
    expect(await count(event)).toBe(before + 1)
  })

  test('rotate, once other keys were set', async () => {
    const [first, again] = await twice(act(id, 'rotate'), { secret_key: 'rk_test_lost' }, () =>
      native('POST', act(id, 'rotate'), { secret_key: 'sk_test_lost' }),
    )
    expect([first.status, again.status]).toEqual([200, 200])
    expect(await count('gateway_account.rotated')).toBe(3)
  })
})
