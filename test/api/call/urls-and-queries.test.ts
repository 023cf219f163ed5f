import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { callDoor, doorNames } from '../../support/doors.ts'
import { withDoors, world, said, native } from '../../support/api/raw-bodies.ts'

// Malformed URLs and unknown query parameters are rejected, except by the hosted page and the webhooks.

withDoors()

test.each(doorNames)('%s: rejects a malformed URL', async (door) => {
  for (const path of ['/%ff', '/%E0%A4%A', '/%zz', '/a%', '/%00', '/a%00b', '/%ed%a0%80']) {
    const answer = await callDoor(world, door, 'GET', path)
    expect([answer.status, said(answer)], path).toEqual([400, 'path: must be percent-encoded UTF-8 without NUL'])
  }
  const foo = await callDoor(world, door, 'GET', '/nobody?foo=1')
  expect([foo.status, said(foo)]).toEqual([400, 'foo: is not a field of this call'])
})

test('native: rejects a malformed URL and names the path or the parameter', async () => {
  for (const path of ['/v1/customers/%ff', '/v1/charges/%E0%A4%A', '/v1/billing_customers/a%00b'])
    expect((await native(path)).body, path).toMatchObject({ status: 400, param: 'path' })
  for (const [query, param] of [
    ['email=%ff', 'email'],
    ['external_id=a%00b', 'external_id'],
    ['external_id=%ed%a0%80', 'external_id'],
    ['external_id=1?y=%ff', 'external_id'],
    ['%ff=1', 'query'],
    ['__proto__=1', '__proto__'],
  ] as const)
    expect((await native(`/v1/customers?${query}`)).body, query).toMatchObject({ status: 400, param })
})

test('a parameter without a name is not ignored: lists, single objects, uploads, other doors', async () => {
  const without = 'query: must not have a parameter without a name'
  for (const path of ['/v1/customers?=usr_1', '/v1/events?limit=1&=2', '/v1/charges?=', `/v1/settings?=1`])
    expect((await native(path)).body, path).toMatchObject({ status: 400, detail: without })
  for (const door of doorNames) {
    const answer = await callDoor(world, door, 'GET', '/nobody?=1')
    expect([answer.status, said(answer)], door).toEqual([400, without])
  }
  // Its author meant dry_run=true.
  const upload = await world.request('/v1/bulk_onboardings?=true', {
    method: 'POST',
    headers: { Authorization: `Bearer ${world.seeds.secret_key}`, 'Content-Type': 'text/csv' },
    body: 'external_id\nusr_without_name\n',
  })
  expect(upload.body).toMatchObject({ status: 400, detail: without })
  expect(await world.sql`select 1 from bulk_rows where external_id = 'usr_without_name'`).toEqual([])
  expect((await native('/v1/customers?&limit=1&')).status).toBe(200)
})

test('native: reads and writes of a single object reject unknown query parameters', async () => {
  const { body } = await world.asNative('POST', '/v1/customers', { external_id: randomUUID() })
  for (const path of [
    `/v1/customers/${body.id}?foo=1`,
    '/v1/settings?foo=1',
    `/v1/brands/${world.seeds.brand_id}?foo`,
    `/v1/billable_items/${world.seeds.item_id}?foo=`,
    '/v1/charges/ch_1?foo=x',
    '/v1/customers?foo=1',
  ]) {
    const answer = await native(path)
    expect([answer.status, said(answer)], path).toEqual([400, 'foo: is not a field of this call'])
  }
  const changed = await world.asNative('PATCH', `/v1/customers/${body.id}?dry_run=true`, { name: 'Mallory' })
  expect([changed.status, changed.body.param]).toEqual([400, 'dry_run'])
  expect((await world.asNative('DELETE', `/v1/customers/${body.id}?force=1`)).status).toBe(400)
  expect((await native(`/v1/customers/${body.id}`)).body.name).toBeNull()
})

describe('the hosted page', () => {
  test('ignores unknown query parameters, and validates bodies like the doors', async () => {
    const { page, bc } = await world.openSetup()
    const url = new URL(page.url)
    url.searchParams.set('utm_source', 'mail')
    const shown = await fetch(url)
    expect(shown.status).toBe(200)
    const asset = /\/assets\/[^"]+\.css/.exec(await shown.text())![0]
    expect((await fetch(`${world.apiUrl}${asset}?v=1`)).status).toBe(200)
    const call = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
      world.request(`${url.pathname}/setup-completed?token=${page.token}&foo=1`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...headers },
        body,
      })
    const start = '{"gateway":"stripe","confirmation_token":"ctoken_1","currency":"USD","amount":1500'
    const wrong: [Parameters<typeof call>, number, string][] = [
      [[`${start},"amount":50000}`], 400, 'amount'],
      [[`${start},"x":9007199254740993}`], 400, 'x'],
      [[Buffer.from(`${start},"x":"\xe9"}`, 'latin1')], 400, 'body'],
      [[`${start}}`, { 'Content-Encoding': 'gzip' }], 415, 'Content-Encoding'],
      [[`${start}}`, { 'Content-Type': 'application/json; charset=latin1' }], 415, 'Content-Type'],
    ]
    for (const [sent, status, param] of wrong) {
      const answer = await call(...sent)
      expect([answer.status, answer.body.error?.param], JSON.stringify(answer.body)).toEqual([status, param])
    }
    // Each message says what a valid gateway is.
    for (const body of ['{}', '{"gateway":"constructor"}', '{"gateway":null}', '{"gateway":["stripe"]}']) {
      const { status, body: answer } = await call(body)
      expect([status, answer.error], body).toEqual([
        400,
        { code: 'invalid_request', message: 'must be stripe or paypal', param: 'gateway' },
      ])
    }
    const attempts = await world.sql`
      select 1 from payment_attempts a join onboardings o on o.id = a.onboarding_id where o.billing_customer_id = ${bc}`
    expect(attempts).toHaveLength(0)
  })
})

test('a gateway event is verified by its signature alone, regardless of its URL', async () => {
  const post = (path: string) => world.request(path, { method: 'POST', body: '{"a":1,"a":2}' })
  const [plain, asked] = [await post('/webhooks/stripe'), await post('/webhooks/stripe?foo=1')]
  expect([plain.status, asked.status, asked.body]).toEqual([400, 400, plain.body])
})
