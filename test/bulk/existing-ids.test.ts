import { randomUUID } from 'node:crypto'
import { parse } from 'csv-parse/sync'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { until } from '../support/until.ts'
import { createWorld, type World } from '../support/world/world.ts'
import { bulkOf, untilStatus, upload } from './bulk.ts'

// Rows that bring customers and payment methods along from the gateway.

let world: World
beforeAll(async () => {
  world = await createWorld({
    longestRetryPause: 300,
    ownership: 'exclusive',
    settings: { declinesPerOrganization: 4 },
  })
})
afterEach(() => world.clearFaults())
afterAll(() => world.close())

const fast = '?rows_per_second=100&starts_per_second=50'
const columns = ['external_id', 'gateway_customer_id', 'payment_method_id', 'require_initial'] as const
type Row = Partial<Record<(typeof columns)[number], string>>

/** A contact with a customer and a saved card at Stripe that another program created. */
async function existing(require_initial: string, card = 'pm_card_visa') {
  const { body: customer } = await world.atStripe('POST', '/v1/customers')
  const { body: method } = await world.simulate('payment_methods', { card, customer: customer.id })
  return {
    external_id: `usr_${randomUUID()}`,
    gateway_customer_id: customer.id as string,
    payment_method_id: method.id as string,
    require_initial,
  }
}

const fileOf = (rows: Row[]) =>
  `${columns.join(',')}\n${rows.map((row) => columns.map((name) => row[name] ?? '').join(',')).join('\n')}\n`

async function onboard(rows: Row[], query = fast) {
  const { body } = await upload(world, fileOf(rows), { query })
  return untilStatus(world, body.id, 'completed')
}

async function results(id: string): Promise<Record<string, string>[]> {
  const headers = { Authorization: `Bearer ${world.seeds.secret_key}` }
  const response = await fetch(`${world.apiUrl}/v1/bulk_onboardings/${id}/results`, { headers })
  return parse(await response.text(), { bom: true, columns: true }) as Record<string, string>[]
}

/** Waits until each row has this status. */
const untilAll = (id: string, wanted: string[]) =>
  until(
    () => results(id),
    (rows) => rows.every(({ status }, i) => status === wanted[i]),
  )

/** The number of calls to the gateway so far. */
const requestsAt = async () =>
  (await world.simulate('requests')).body.requests.filter(({ method }: { method: string }) => method !== 'EVENT').length

test('methods are taken over without a charge and enrolled; a second run changes and asks nothing', async () => {
  const rows = await Promise.all(Array.from({ length: 6 }, () => existing('0')))
  const { item_id } = world.seeds
  const query = `${fast}&billable_item_id=${item_id}`
  const first = await onboard(rows, query)
  const done = await untilAll(
    first.id,
    rows.map(() => 'active'),
  )
  for (const [i, row] of done.entries()) {
    expect(row).toMatchObject({ state: 'done', existing: 'false', last_error: '', setup_url: '' })
    const customer = await world.billingCustomer(row.billing_customer_id!)
    expect(customer).toMatchObject({
      initial_charged: false,
      gateway_customer_id: rows[i]!.gateway_customer_id,
      gateway_payment_method_id: rows[i]!.payment_method_id,
      onboarding: { source: 'imported', consent: null },
    })
    expect((await world.ledger(row.billing_customer_id!)).charges).toEqual([])
  }
  await world.allDelivered()
  const before = [await requestsAt(), await everything()]
  const second = await onboard(rows, query)
  for (const row of await results(second.id)) expect(row).toMatchObject({ state: 'done', existing: 'true' })
  expect([await requestsAt(), await everything()]).toEqual(before)
})

/** What a run of a file could change of its contacts. */
const everything = async () =>
  world.sql`
    select (select count(*)::int from customers) as customers, (select count(*)::int from onboardings) as onboardings,
      (select count(*)::int from payment_attempts) as attempts, (select count(*)::int from enrollments) as enrollments,
      (select count(*)::int from charges) as charges, (select max(updated_at) from customers) as updated`

test('with an initial charge each method is charged once, and a declined one leaves a link', async () => {
  const rows = [await existing('1'), await existing('true'), await existing('1', 'pm_card_chargeCustomerFail')]
  const { id } = await onboard(rows)
  const [first, second, declined] = await untilAll(id, ['active', 'active', 'pending'])
  for (const row of [first!, second!])
    expect((await world.ledger(row.billing_customer_id!)).charges).toMatchObject([{ amount: 1500 }])
  await until(async () => (await results(id))[2]!.last_error !== '')
  expect((await results(id))[2]).toMatchObject({ state: 'done', status: 'pending', error_code: '' })
  await world.pageOf(declined!.setup_url!).submitCard()
  expect(await world.ended(declined!.billing_customer_id!)).toBe('completed')
  expect((await world.ledger(declined!.billing_customer_id!)).charges).toHaveLength(1)
})

test('a row with a method must say require_initial, and ids must have the form of the gateway', async () => {
  const whole = await existing('0')
  const { body } = await upload(
    world,
    fileOf([
      { ...whole, require_initial: '' },
      { ...whole, payment_method_id: 'cus_1' },
      { ...whole, require_initial: 'no' },
    ]),
    { query: '?dry_run=true' },
  )
  expect(body.rows).toMatchObject({ total: 3, invalid: 3, ready: 0 })
  expect(body.errors.map(({ row, param }: { row: number; param: string }) => [row, param])).toEqual([
    [1, 'require_initial'],
    [2, 'payment_method_id'],
    [3, 'require_initial'],
  ])
})

test('a row whose ids the organization cannot use fails, nothing of it exists, and it can be retried', async () => {
  const theirs = await existing('0')
  const { secret_key } = world.seeds.other_org
  const claimed = { customer_id: world.newContact(), gateway_customer_id: theirs.gateway_customer_id }
  expect((await world.asNative('POST', '/v1/billing_customers', claimed, secret_key)).status).toBe(201)
  const missing = { ...(await existing('0')), payment_method_id: 'pm_none' }
  const mixed = { ...(await existing('0')), payment_method_id: (await existing('0')).payment_method_id }
  const { id, rows } = await onboard([theirs, missing, mixed, await existing('0')])
  expect(rows).toMatchObject({ failed: 3, done: 1 })
  const found = await results(id)
  expect(found.map(({ error_code, error_param }) => [error_code, error_param])).toEqual([
    ['invalid_request', 'gateway_customer_id'],
    ['invalid_request', 'payment_method_id'],
    ['invalid_request', 'payment_method_id'],
    ['', ''],
  ])
  for (const { external_id } of [theirs, missing, mixed])
    expect((await world.asNative('GET', `/v1/customers/${external_id}`)).status).toBe(404)
})

test('while the gateway does not answer or asks for a slower pace, no row fails', async () => {
  const rows = await Promise.all(Array.from({ length: 3 }, () => existing('0')))
  await world.fault('/v1/payment_methods/*', 'rate_limit', { method: 'GET', times: 2 })
  await world.fault('/v1/payment_methods/*', 'error_before', { method: 'GET', times: 3 })
  const { id, rows: counts } = await onboard(rows)
  expect(counts).toMatchObject({ done: 3, failed: 0 })
  await untilAll(id, ['active', 'active', 'active'])
  expect((await bulkOf(world, id)).status).toBe('completed')
})

// More rows wait for their run than customers of the organization may be declined.
test('runs of taken over methods start one after another, too', async () => {
  const rows = await Promise.all(Array.from({ length: 12 }, () => existing('0')))
  const { id } = await onboard(rows, '?rows_per_second=100&starts_per_second=1')
  const waits = await world.sql<{ n: number; wait: number }[]>`
    select r.n, extract(epoch from o.wake_at - b.starts_from)::float8 as wait
    from bulk_rows r join onboardings o on o.id = r.onboarding_id join bulk_onboardings b on b.id = r.bulk_id
    where r.bulk_id = ${id} and o.started_at is null and r.n > 7 order by r.n`
  expect(waits.length).toBeGreaterThan(2)
  for (const { n, wait } of waits) expect(wait).toBeGreaterThan(n - 1.5)
  await untilAll(
    id,
    rows.map(() => 'active'),
  )
})
