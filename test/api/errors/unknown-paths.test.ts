import { expect, test } from 'vitest'
import { createApp } from '../../../api/app.ts'
import type { AppDependencies } from '../../../api/dependencies.ts'
import { momentAnchors } from '../../../api/doors/moment/error.ts'
import { conflictGuide } from '../../../domain/failure/conflict-guide.ts'
import { failureGuide } from '../../../domain/failure/failure-guide.ts'
import { silentLog } from '../../../runtime/log.ts'

const checks = { database: async () => ({ isUsable: true }), temporal: async () => true }
const app = createApp(
  {
    publicUrl: 'https://pay.example.com',
    rateLimit: { store: 'memory', perMinute: 1, failuresPerMinute: 1 },
    log: silentLog,
  } as unknown as AppDependencies,
  checks,
)

const problem = (code: string, status: number) => ({
  type: `https://pay.example.com/docs/errors#${code}`,
  title: expect.any(String),
  status,
  detail: expect.any(String),
  code,
  request_id: expect.stringMatching(/^req_[0-9a-f-]{36}$/),
  doc_url: `https://pay.example.com/docs/errors#${code}`,
})

test.each(['/v1', '/v1/', '/v1/nothing', '/v1/customers/', '/v1/billing_customers/bc_1/nothing', '/v1/%00'])(
  'GET %s returns a problem: the path does not exist',
  async (path) => {
    const answer = await app.request(path)
    expect([answer.status, answer.headers.get('Content-Type')]).toEqual([404, 'application/problem+json'])
    expect(await answer.json()).toEqual(problem('not_found', 404))
  },
)

test.each([
  ['PUT', '/v1/customers', 'GET, POST'],
  ['POST', '/v1/customers/cus_1', 'GET, PATCH, DELETE'],
  ['OPTIONS', '/v1/billing_customers/bc_1/cancel', 'POST'],
])('%s %s returns a problem that lists the allowed methods', async (method, path, allowed) => {
  const answer = await app.request(path, { method })
  expect([answer.status, answer.headers.get('Content-Type'), answer.headers.get('Allow')]).toEqual([
    405,
    'application/problem+json',
    allowed,
  ])
  expect(await answer.json()).toEqual(problem('method_not_allowed', 405))
})

const billingIo = (type: string, code: string) => ({ error: { type, code, message: expect.any(String), param: null } })
const moment = (title: string, status: number) => expect.objectContaining({ title, status, instance: '/moment/x' })
const flexprice = (code: string, http_status_code: number) => expect.objectContaining({ code, http_status_code })
const edge = { status: 'error', errors: [expect.any(String)] }
const page = { error: { code: 'not_found', message: 'this path does not exist' } }

test.each([
  ['GET', '/billing-io/v1/nothing', 404, billingIo('not_found', 'route_not_found')],
  ['PUT', '/billing-io/v1/customers', 405, billingIo('invalid_request', 'method_not_allowed')],
  ['GET', '/moment/x', 404, moment('Not Found', 404)],
  ['GET', '/flexprice/v1/nothing', 404, flexprice('not_found', 404)],
  ['PATCH', '/flexprice/v1/customers/cust_1', 405, flexprice('method_not_allowed', 405)],
  ['POST', '/public/edge/nothing', 404, edge],
  ['POST', '/apis/public/edge/createCustomer', 404, edge],
  ['GET', '/apis/public/edge/createCustomer.php', 405, edge],
  ['GET', '/public/edge/getCustomer', 405, edge],
  ['GET', '/public/edge/setup-billing', 404, page],
  ['GET', '/public/edge/setup-billing/brand_1/org_1', 404, page],
  ['DELETE', '/public/edge/setup-billing/brand_1/org_1/bc_1', 404, page],
])('%s %s is rejected in the format of its door', async (method, path, status, body) => {
  const answer = await app.request(path, { method })
  expect([answer.status, await answer.json()]).toEqual([status, body])
  expect(answer.headers.has('Allow')).toBe(status === 405)
})

test.each([
  ['GET', '/webhooks/stripe', 'POST'],
  ['PUT', '/webhooks/paypal', 'POST'],
  ['POST', '/openapi.json', 'GET'],
  ['OPTIONS', '/docs', 'GET'],
  ['DELETE', '/readyz', 'GET'],
])('%s %s, a path outside of the doors, lists the allowed methods', async (method, path, allowed) => {
  const answer = await app.request(path, { method })
  expect([answer.status, answer.headers.get('Allow')]).toEqual([405, allowed])
  expect(await answer.json()).toEqual({
    error: { code: 'method_not_allowed', message: `the path does not support this method; it supports ${allowed}` },
  })
})

test.each(['/webhooks/nobody', '/webhooks/stripe/', '/openapi', '/assets/page.css'])(
  'POST %s: the path does not exist',
  async (path) => {
    const answer = await app.request(path, { method: 'POST' })
    expect([answer.status, answer.headers.get('Allow'), await answer.json()]).toEqual([404, null, page])
  },
)

test.each(['/brand_1/org_1/', '//org_1/bc_1', '/brand_1//bc_1?token=a', '///'])(
  'GET %s of the hosted page, a link without one of its ids, says that nothing is there, not to wait',
  async (path) => {
    const answer = await app.request(`/public/edge/setup-billing${path}`)
    expect([answer.status, answer.headers.get('Retry-After')]).toEqual([404, null])
    expect(await answer.text()).toContain('This link does not work')
  },
)

test.each(['', '/brand_1/org_1', '/brand_1/org_1/bc_1/nothing', '/brand_1/org_1/bc_1/constructor'])(
  'a person who opens a part of a link in a browser (%s) sees a page',
  async (path) => {
    const url = `/public/edge/setup-billing${path}`
    const answer = await app.request(url, { headers: { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } })
    expect([answer.status, answer.headers.get('Content-Type')]).toEqual([404, 'text/html; charset=UTF-8'])
    expect(await answer.text()).toContain('This link does not work')
    const ofProgram = await app.request(url, { headers: { Accept: '*/*' } })
    expect([ofProgram.status, await ofProgram.json()]).toEqual([404, page])
  },
)

test('the progress of an unknown link is JSON, also in a browser', async () => {
  const answer = await app.request('/public/edge/setup-billing/brand_1/org_1/bc_1/progress', {
    headers: { Accept: 'text/html' },
  })
  expect([answer.status, await answer.json()]).toEqual([404, page])
})

test.each(['?token=a%2Bb&x=1', ''])('a link with a slash at its end (%s) leads to the link', async (query) => {
  const link = '/public/edge/setup-billing/brand_1/org_1/bc_1'
  const answer = await app.request(`${link}/${query}`)
  expect([answer.status, answer.headers.get('Referrer-Policy')]).toEqual([308, 'no-referrer'])
  const leadsTo = new URL(answer.headers.get('Location')!, `https://pay.example.com/billing${link}/${query}`).href
  expect(leadsTo).toBe(`https://pay.example.com/billing${link}${query}`)
})

const inLinks = ['%00', '%0d%0aX-Y:1', '%0A', '%09', '%7F', '%1b', '%C2%85', '%F0%9F%98%80', '%ff', 'a%2Fb', '%2e%2e']
test.each(inLinks)(
  'a link with %s and a slash at its end leads to the link, which says that nothing is there',
  async (id) => {
    for (const [path, query] of [
      [`${id}/org_1/bc_1`, ''],
      [`brand_1/${id}/bc_1`, ''],
      [`brand_1/org_1/${id}`, `?token=${id}`],
    ] as const) {
      const link = `/public/edge/setup-billing/${path}`
      const answer = await app.request(`${link}/${query}`)
      if (answer.status === 308) {
        const location = answer.headers.get('Location')!
        // Node.js answers 500 for a header with a control character, without this app.
        expect(location).toMatch(/^\.\.\/[\x21-\x7e]+$/)
        expect(new URL(location, `https://pay.example.com${link}/`).href).toBe(
          new URL(`${link}${query}`, 'https://pay.example.com').href,
        )
      } else expect(answer.status, path).toBe(404)
    }
  },
)

test.each([
  ['/', 302, 'docs'],
  ['/docs/', 302, '../docs'],
])('GET %s redirects to the reference', async (path, status, location) => {
  const answer = await app.request(path)
  expect([answer.status, answer.headers.get('Location')]).toEqual([status, location])
  expect(new URL(location, `https://pay.example.com/billing${path}`).href).toBe('https://pay.example.com/billing/docs')
  expect((await app.request('/docs')).status).toBe(200)
})

test('returns 204 to browsers that request an icon', async () => {
  const answer = await app.request('/favicon.ico')
  expect([answer.status, await answer.text()]).toEqual([204, ''])
  expect(answer.headers.get('Cache-Control')).toContain('max-age')
})

test('the errors page has one anchor for each doc_url of the native API and Moment', async () => {
  const page = await (await app.request('/docs/errors')).text()
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)
  expect(ids).toHaveLength(new Set(ids).size)
  const wanted = [...Object.keys(failureGuide), ...Object.keys(conflictGuide), ...Object.values(momentAnchors)]
  expect(wanted.filter((id) => !ids.includes(id))).toEqual([])
  expect(ids).toEqual(expect.arrayContaining(['not-found', 'bad-request', 'external_id_taken']))
  const unknown = await app.request('/moment/billing/nothing')
  const { type } = (await unknown.json()) as { type: string }
  expect(ids).toContain(new URL(type).hash.slice(1))
})
