import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorld, type Answer, type World } from '../../../support/world/world.ts'

let world: World
let bc: string
beforeAll(async () => {
  world = await createWorld({ longestRetryPause: 300 })
  const payment_data = { pm_id: 'pm_card_visa' }
  const opened = await post('/v1/billing_customers', { customer_id: world.newContact(), payment_data })
  bc = opened.body.id
  expect(await world.ended(bc)).toBe('completed')
})
afterAll(() => world.close())

const get = (path: string) => world.asNative('GET', path)
const post = (path: string, body?: object) => world.asNative('POST', path, body)
const asOther = (method: string, path: string, body?: object) =>
  world.asNative(method, path, body, world.seeds.other_org.secret_key)
const idsOf = ({ body }: Answer): string[] => body.data.map(({ id }: { id: string }) => id)

/** Reads a list to its end in pages of two. */
async function everyPage(path: string): Promise<string[]> {
  const seen: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const page: Answer = await get(`${path}${path.includes('?') ? '&' : '?'}limit=2${cursor && `&cursor=${cursor}`}`)
    expect(page.body.has_more).toBe(page.body.next_cursor !== null)
    seen.push(...idsOf(page))
    cursor = page.body.next_cursor
  }
  return seen
}

test('reads billable items, lists them page by page, and filters them', async () => {
  const { body: made } = await post('/v1/billable_items', {
    name: 'Box',
    type: 'recurring',
    amount: 900,
    currency: 'EUR',
  })
  expect((await get(`/v1/billable_items/${made.id}`)).body).toEqual(made)
  expect(made).toMatchObject({ object: 'billable_item', amount: 900, currency: 'EUR', created_at: expect.any(String) })
  const all = await everyPage('/v1/billable_items')
  expect(all[0]).toBe(made.id)
  expect(new Set(all).size).toBe(all.length)
  expect(idsOf(await get('/v1/billable_items?type=recurring'))).toEqual([made.id])
  expect(idsOf(await get('/v1/billable_items?type=trigger&status=inactive'))).toEqual([world.seeds.inactive_item_id])
})

test('enrolls a billing customer once, cancels the enrollment with its event, and enrolls again', async () => {
  const wanted = { billing_customer_id: bc, billable_item_id: world.seeds.item_id }
  const { status, body: first } = await post('/v1/enrollments', wanted)
  expect([status, first.existing, first.status, first.object]).toEqual([201, false, 'active', 'enrollment'])
  const again = await post('/v1/enrollments', wanted)
  expect([again.status, again.body.existing, again.body.id]).toEqual([200, true, first.id])

  for (let times = 0; times < 2; times++) {
    const canceled = await post(`/v1/enrollments/${first.id}/cancel`)
    expect([canceled.status, canceled.body.status]).toEqual([200, 'canceled'])
  }
  const types = await world.eventTypes(bc)
  expect(types.filter((type) => type === 'billing_customer.enrollment_canceled')).toHaveLength(1)
  const { body: second } = await post('/v1/enrollments', wanted)
  expect(second.id).not.toBe(first.id)
  expect(await everyPage(`/v1/enrollments?billing_customer_id=${bc}`)).toEqual([second.id, first.id])
  expect(idsOf(await get(`/v1/enrollments?status=canceled&billable_item_id=${world.seeds.item_id}`))).toEqual([
    first.id,
  ])
  expect((await get(`/v1/enrollments/${first.id}`)).body).toMatchObject({ id: first.id, status: 'canceled' })
  const edge = await world.edge('getEnrollments', { billing_customer_id: bc, status: 'cancelled' })
  expect(edge.body.count).toBe(1)
})

test('rejects inactive customers and items that are not active trigger items, naming the field', async () => {
  const { body: pending } = await post('/v1/billing_customers', { customer_id: `usr_${randomUUID()}` })
  const { item_id, inactive_item_id, one_off_item_id, other_org } = world.seeds
  const refused = async (billing_customer_id: string, billable_item_id: string) => {
    const { body } = await post('/v1/enrollments', { billing_customer_id, billable_item_id })
    return [body.status, body.param]
  }
  expect(await refused(pending.id, item_id)).toEqual([409, 'billing_customer_id'])
  expect(await refused(bc, inactive_item_id)).toEqual([400, 'billable_item_id'])
  expect(await refused(bc, one_off_item_id)).toEqual([400, 'billable_item_id'])
  expect(await refused(bc, other_org.item_id)).toEqual([404, 'billable_item_id'])
  expect(await refused('bc_nobody', item_id)).toEqual([404, 'billing_customer_id'])
})

test('reads and lists a charge and the events of an onboarding', async () => {
  const { body: charges } = await get(`/v1/charges?billing_customer_id=${bc}&status=succeeded&gateway=stripe`)
  const { body: billingCustomer } = await get(`/v1/billing_customers/${bc}`)
  const onboardingId = billingCustomer.onboarding.id
  expect(charges.data).toMatchObject([
    { object: 'charge', amount: 1500, currency: 'USD', status: 'succeeded', onboarding_id: onboardingId },
  ])
  const [charge] = charges.data
  expect((await get(`/v1/charges/${charge.id}`)).body).toEqual(charge)
  for (const none of [
    'status=refunded',
    'gateway=paypal',
    'onboarding_id=onb_01k2j0q8e5f7g9h1j3k5m7n9p1',
    'created_before=2020-01-01T00:00:00Z',
  ])
    expect(idsOf(await get(`/v1/charges?billing_customer_id=${bc}&${none}`)), none).toEqual([])

  const path = `/v1/events?onboarding_id=${onboardingId}`
  const ids = await everyPage(path)
  const { body: events } = await get(path)
  expect(events.data.map(({ id }: { id: string }) => id)).toEqual(ids)
  expect(events.data.map(({ type }: { type: string }) => type)).toEqual(
    expect.arrayContaining(['billing_customer.setup_started', 'charge.succeeded', 'billing_customer.activated']),
  )
  const [activated] = (await get(`${path}&type=billing_customer.activated`)).body.data
  expect((await get(`/v1/events/${activated.id}`)).body).toEqual(activated)
  expect(activated).toMatchObject({ object: 'event', billing_customer_id: bc, actor: 'system' })
  expect(idsOf(await get('/v1/events?created_before=2020-01-01T00:00:00Z'))).toEqual([])
  for (const time of ['yesterday', '0000-01-01T00:00:00Z', '9999-12-31T23:59:59-01:00']) {
    const { body } = await get(`/v1/events?created_from=${time}`)
    expect([body.status, body.param], time).toEqual([400, 'created_from'])
  }
})

test('creates, changes and lists a brand, which the hosted page shows', async () => {
  const { status, body: brand } = await post('/v1/brands', { name: 'Tailspin', colour: '#123456' })
  expect(status).toBe(201)
  expect(brand).toMatchObject({ object: 'brand', colour: '#123456', logo_url: null, support_contact: null })
  expect(brand.contrast).toEqual({
    on_brand: '#ffffff',
    ratio: expect.any(Number),
    ink: '#123456',
    ink_dark: '#74889c',
  })
  const changed = await world.asNative('PATCH', `/v1/brands/${brand.id}`, { name: 'Tailspin Toys', colour: null })
  expect(changed.body).toEqual({ ...brand, name: 'Tailspin Toys', colour: null, contrast: null })
  expect((await get(`/v1/brands/${brand.number}`)).body).toEqual(changed.body)
  expect(await everyPage('/v1/brands')).toEqual([brand.id, world.seeds.brand_id])
  const opened = await post('/v1/billing_customers', { customer_id: `usr_${randomUUID()}`, brand_id: brand.id })
  expect((await world.pageOf(opened.body.setup_url).open()).body).toContain('Tailspin Toys')
  const upper = await post('/v1/brands', { name: 'Tailspin', colour: '#2F5BD7' })
  expect([upper.status, upper.body.colour]).toEqual([201, '#2f5bd7'])
  const wrong = await post('/v1/brands', { colour: 'red', logo_url: 'http://plain.example/logo.png' })
  expect(wrong.body.errors.map(({ param }: { param: string }) => param).sort()).toEqual(['colour', 'logo_url', 'name'])
})

test('objects of another organization are reported as unknown', async () => {
  const [enrollment] = idsOf(await get('/v1/enrollments'))
  const [charge] = idsOf(await get('/v1/charges'))
  const [event] = idsOf(await get('/v1/events'))
  const unknown = ({ status, body }: Answer) => [status, body.code, body.detail, body.param]
  for (const [method, path, body] of [
    ['GET', `/v1/billable_items/${world.seeds.item_id}`],
    ['GET', `/v1/enrollments/${enrollment}`],
    ['POST', `/v1/enrollments/${enrollment}/cancel`],
    ['GET', `/v1/charges/${charge}`],
    ['GET', `/v1/events/${event}`],
    ['GET', `/v1/brands/${world.seeds.brand_id}`],
    ['PATCH', `/v1/brands/${world.seeds.brand_id}`, { name: 'Stolen' }],
  ] as [string, string, object?][]) {
    const never = path.replace(/(\w+_)[0-9a-z]{26}/, '$101k2j0q8e5f7g9h1j3k5m7n9p1')
    const answers = [await asOther(method, path, body), await asOther(method, never, body)]
    expect(answers.map(unknown), path).toEqual([unknown(answers[1]!), unknown(answers[1]!)])
    expect(answers[0]!.status, path).toBe(404)
  }
  for (const list of ['enrollments', 'charges']) expect(idsOf(await asOther('GET', `/v1/${list}`)), list).toEqual([])
  const ours = await world.sql<{ id: string }[]>`select id from events where organization_id = ${world.seeds.org_id}`
  const theirs = idsOf(await asOther('GET', '/v1/events?limit=100'))
  expect(theirs.filter((id) => ours.some((event) => event.id === id))).toEqual([])
})
