import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callDoor } from '../../../support/doors.ts'
import { createWorld, type Answer, type World } from '../../../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300 })
})
afterAll(() => world.close())

const open = (body: object) => world.asNative('POST', '/v1/billing_customers', body)
const list = (query: string) => world.asNative('GET', `/v1/billing_customers?${query}`)
const idsOf = ({ body }: Answer): string[] => body.data.map(({ id }: { id: string }) => id)

test('onboards a customer: opened once, returned again, paid on the page, active and enrolled', async () => {
  const contact = world.newContact()
  const wanted = { customer_id: contact, billable_item_id: world.seeds.item_id, initial_amount: 2500 }
  const { status, body } = await open(wanted)
  expect(status).toBe(201)
  expect(body).toMatchObject({
    object: 'billing_customer',
    status: 'pending',
    allow_trigger: true,
    existing: false,
    setup_url: expect.stringContaining('?token='),
    onboarding: { amount: 2500, currency: 'USD', billable_item_id: world.seeds.item_id, blocked_on: 'customer' },
  })
  const again = await open(wanted)
  expect([again.status, again.body.existing, again.body.id]).toEqual([200, true, body.id])
  const byOurId = await open({ contact_id: body.customer_id })
  expect([byOurId.status, byOurId.body.id, byOurId.body.setup_url]).toEqual([200, body.id, body.setup_url])

  await world.pageOf(body.setup_url).submitCard(undefined, { amount: 2500, currency: 'USD' })
  expect(await world.ended(body.id)).toBe('completed')
  expect((await world.ledger(body.id)).charges).toMatchObject([{ amount: 2500 }])
  const { body: paid } = await open({ customer_id: contact })
  expect(paid).toMatchObject({ status: 'active', initial_charged: true, existing: true })
  expect(paid.setup_url).toBeUndefined()
})

test('a repeat with the same key returns the same response', async () => {
  const key = randomUUID()
  const post = () =>
    world.request('/v1/billing_customers', {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${world.seeds.secret_key}`,
        'Content-Type': 'application/json',
        'Idempotency-Key': key,
      },
      body: JSON.stringify({ customer_id: `usr_${key}` }),
    })
  const first = await post()
  const second = await post()
  expect([first.status, second.status, second.headers.get('Idempotent-Replayed')]).toEqual([201, 201, 'true'])
  expect(second.body).toEqual(first.body)
})

test('a differing repeat changes what is pending, or is rejected naming the field', async () => {
  const customer_id = `usr_${randomUUID()}`
  const { body } = await open({ customer_id, notes: 'first', metadata: { a: 1 } })
  const changed = await open({
    customer_id,
    initial_amount: 3000,
    billable_item_id: world.seeds.item_id,
    metadata: { b: 2 },
  })
  expect(changed.body).toMatchObject({ id: body.id, allow_trigger: true, metadata: { a: 1, b: 2 } })
  expect(changed.body.onboarding).toMatchObject({ amount: 3000, billable_item_id: world.seeds.item_id })
  await world.pageOf(body.setup_url).submitCard('4000000000000002', { amount: 3000, currency: 'USD' })
  const late = await open({ customer_id, initial_amount: 3500 })
  expect([late.status, late.body.code, late.body.param]).toEqual([409, 'payment_submitted', 'initial_amount'])
})

test('names every invalid field in the terms of this API', async () => {
  const { status, body } = await open({
    initial_amount: 15.5,
    require_initial: 1,
    gateway: 'cash',
    metadata: { _mine: 1 },
    payment_data: { pm_id: 'card_1' },
    surprise: true,
  })
  expect([status, body.code]).toEqual([400, 'invalid_request'])
  expect(new Set(body.errors.map(({ param }: { param: string }) => param))).toEqual(
    new Set(['gateway', 'require_initial', 'initial_amount', 'metadata._mine', 'payment_data.pm_id', 'surprise']),
  )
  const refused = async (fields: object, wanted: [number, string]) => {
    const { body } = await open({ customer_id: `usr_${randomUUID()}`, ...fields })
    expect([body.status, body.param], JSON.stringify(fields)).toEqual(wanted)
  }
  const other = world.seeds.other_org
  await refused({ customer_id: undefined }, [400, 'customer_id'])
  await refused({ contact_id: 'both' }, [400, 'customer_id'])
  await refused({ customer_id: 'cus_01k2j0q8e5f7g9h1j3k5m7n9p1' }, [404, 'customer_id'])
  await refused({ initial_amount: 1499 }, [400, 'initial_amount'])
  await refused({ billable_item_id: other.item_id }, [400, 'billable_item_id'])
  await refused({ billable_item_id: world.seeds.item_id, allow_trigger: false }, [400, 'allow_trigger'])
  await refused({ brand_id: other.brand_id }, [404, 'brand_id'])
  await refused({ gateway: 'paypal' }, [400, 'gateway'])
  await refused({ payment_data: { vault_token: 'tok' } }, [400, 'payment_data'])
})

test('a saved payment method pays during the call; a declined one returns 402 and leaves it pending', async () => {
  const customer_id = `usr_${randomUUID()}`
  const declined = await open({ customer_id, payment_data: { pm_id: 'pm_card_visa_chargeDeclinedInsufficientFunds' } })
  expect(declined.body).toMatchObject({ status: 402, code: 'payment_declined', param: 'payment_data' })
  expect((await list(`external_id=${customer_id}`)).body.data).toMatchObject([{ status: 'pending' }])
  const { status, body } = await open({ customer_id, payment_data: { pm_id: 'pm_card_visa' } })
  expect([status, body.status, body.initial_charged]).toEqual([200, 'active', true])
  const { body: free } = await open({ customer_id: `usr_${randomUUID()}`, require_initial: false })
  expect([free.status, free.initial_charged]).toEqual(['active', false])
})

test('billing customers are listed newest first, page by page, and filtered', async () => {
  const opened: Answer['body'][] = []
  for (let i = 0; i < 3; i++) opened.unshift((await open({ customer_id: `usr_${randomUUID()}` })).body)
  const first = await list('limit=2')
  expect(idsOf(first)).toEqual([opened[0].id, opened[1].id])
  const second = await list(`limit=2&cursor=${first.body.next_cursor}`)
  expect(idsOf(second)[0]).toBe(opened[2].id)
  expect({ ...first.body.data[0], existing: false }).toEqual(opened[0])

  const [newest] = opened
  const { body: customer } = await world.asNative('GET', `/v1/customers/${newest.customer_id}`)
  const after = `created_from=${encodeURIComponent(newest.created_at)}`
  for (const query of [`customer_id=${newest.customer_id}`, `external_id=${customer.external_id}`, after])
    expect(idsOf(await list(query)), query).toEqual([newest.id])
  const filtered = await list(`status=pending&gateway=stripe&blocked_on=customer&limit=100`)
  expect(idsOf(filtered)).toEqual(expect.arrayContaining(opened.map(({ id }) => id)))
  for (const query of [
    'status=suspended',
    'gateway=paypal',
    'blocked_on=operator',
    'created_before=2020-01-01T00:00:00Z',
  ])
    expect((await list(query)).body, query).toEqual({ data: [], has_more: false, next_cursor: null })
  const foreign = await world.asNative('GET', '/v1/billing_customers', undefined, world.seeds.other_org.secret_key)
  expect(foreign.body.data).toEqual([])
})

test('one that is ending is not shown as waiting for its customer, alone or in a list', async () => {
  const { body } = await open({ customer_id: `usr_${randomUUID()}` })
  const find = async () => idsOf(await list(`blocked_on=customer&customer_id=${body.customer_id}`))
  const blockedOn = async () =>
    (await world.asNative('GET', `/v1/billing_customers/${body.id}`)).body.onboarding.blocked_on
  expect([await find(), await blockedOn()]).toEqual([[body.id], 'customer'])
  // As it stands between the call that cancels and the run's next look.
  await world.sql`update onboardings set closing = 'canceled', blocked_on = 'customer' where id = ${body.onboarding.id}`
  expect([await find(), await blockedOn()]).toEqual([[], null])
})

test('a list by who is waited for agrees with what is shown, between two reads of the run as well', async () => {
  await world.stopWorker()
  const { body } = await open({ customer_id: `usr_${randomUUID()}` })
  const { id: onboarding } = body.onboarding as { id: string }
  await world.sql`
    insert into payment_attempts (onboarding_id, number, environment, link_version, source, gateway, account_id,
      reference, single_use, amount, currency, state)
    values (${onboarding}, 1, 'sandbox', 1, 'page', 'stripe', 'ga_stripe_sandbox', ${randomUUID()}, true, 1500, 'USD',
      'open')`
  const shown = new Set<string | null>()
  for (const state of ['open', 'needs_customer', 'processing'])
    for (const blockedOn of [null, 'customer', 'gateway', 'operator'])
      for (const closing of [null, 'canceled']) {
        await world.sql`update payment_attempts set state = ${state} where onboarding_id = ${onboarding}`
        await world.sql`update onboardings set blocked_on = ${blockedOn}, closing = ${closing} where id = ${onboarding}`
        const { body: one } = await world.asNative('GET', `/v1/billing_customers/${body.id}`)
        const { blocked_on } = one.onboarding as { blocked_on: string | null }
        shown.add(blocked_on)
        for (const on of ['customer', 'gateway', 'operator'])
          for (const status of ['', '&onboarding_status=pending']) {
            const found = idsOf(await list(`blocked_on=${on}&customer_id=${body.customer_id}${status}`))
            expect(found, `${state} ${blockedOn} ${closing} ${on}${status}`).toEqual(blocked_on === on ? [body.id] : [])
          }
      }
  expect(shown).toEqual(new Set([null, 'customer', 'gateway', 'operator']))
  await world.sql`delete from payment_attempts where onboarding_id = ${onboarding}`
  await world.sql`update onboardings set blocked_on = 'customer', closing = null where id = ${onboarding}`
  await world.startWorker()
})

test('a deleted customer is returned only by its own id', async () => {
  const external_id = `usr_${randomUUID()}`
  const { body } = await open({ customer_id: external_id })
  const find = async () =>
    [await list(`external_id=${external_id}`), await list(`customer_id=${body.customer_id}`)].map(idsOf)
  expect(await find()).toEqual([[body.id], [body.id]])
  await world.asNative('POST', `/v1/billing_customers/${body.id}/cancel`, { reason: 'no longer wanted' })
  expect(await world.ended(body.id)).toBe('canceled')
  const id = body.customer_id.replace('cus_', 'cust_')
  expect((await callDoor(world, 'flexprice', 'DELETE', `/${id}`)).status).toBe(204)
  expect(await find()).toEqual([[], [body.id]])
})

test('record and onboarding are returned as of one point in time', async () => {
  const { body } = await open({ customer_id: `usr_${randomUUID()}` })
  const turn = (status: string, result: string | null) =>
    world.sql.begin(async (sql) => {
      await sql`update billing_customers set status = ${status} where id = ${body.id}`
      await sql`
        update onboardings set result = ${result}, ended_at = ${result && new Date()},
          wake_at = ${result ? null : new Date(Date.now() + 600_000)}
        where id = ${body.onboarding.id}`
    })
  let reading = true
  const turning = (async () => {
    while (reading) {
      await turn('active', 'completed')
      await turn('pending', null)
    }
  })()
  const seen = new Set<string>()
  for (let i = 0; i < 300; i++) {
    const { body: now } = await world.asNative('GET', `/v1/billing_customers/${body.id}`)
    seen.add(`${now.status}, ${now.onboarding.status}`)
  }
  reading = false
  await turning
  expect([...seen].sort()).toEqual(['active, completed', 'pending, pending'])
})
