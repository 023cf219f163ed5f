import { afterAll, beforeAll, expect, test } from 'vitest'
import { pageDataIn } from '../../support/world/page-data.ts'
import { until } from '../../support/until.ts'
import { createWorld, type World } from '../../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ settings: { embedOrigins: ['https://app.example'] } })
})
afterAll(() => world.close())

test('wrong, foreign, cut and flipped tokens, and ids alone, return the same 404 on page and calls', async () => {
  const { page } = await world.openSetup()
  const { page: foreign } = await world.openSetup()
  const flip = (token: string, at: number) => token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)
  const tokens = [
    null,
    '',
    'x',
    foreign.token,
    page.token.slice(0, -1),
    `${page.token}A`,
    flip(page.token, 0),
    flip(page.token, page.token.length - 1),
    `${page.token}=`,
    page.token.toLowerCase(),
  ]
  const bodies = { page: new Set<string>(), call: new Set<string>() }
  for (const token of tokens) {
    const url = new URL(page.url)
    if (token === null) url.search = ''
    else url.searchParams.set('token', token)
    const other = world.pageOf(url.href)
    const opened = await other.open()
    expect(opened.status).toBe(404)
    bodies.page.add(opened.body.replaceAll(/nonce-\S+|nonce="[^"]+"/g, ''))
    for (const answer of [
      await other.progress(),
      await other.actionCompleted(),
      await other.askForNewLink(),
      await other.call('setup-completed', { nonsense: true }),
    ]) {
      expect(answer.status).toBe(404)
      bodies.call.add(JSON.stringify(answer.body))
    }
  }
  for (const part of [1, 2, 3]) {
    const url = new URL(page.url)
    const segments = url.pathname.split('/')
    segments[segments.length - part] =
      new URL(foreign.url).pathname.split('/').at(-part) === segments.at(-part)
        ? 'unknown'
        : new URL(foreign.url).pathname.split('/').at(-part)!
    url.pathname = segments.join('/')
    const opened = await world.pageOf(url.href).open()
    expect(opened.status).toBe(404)
    bodies.page.add(opened.body)
  }
  expect(bodies.page.size).toBe(1)
  expect(bodies.call.size).toBe(1)
})

test.each(['constructor', 'toString', 'valueOf', 'hasOwnProperty', '__proto__', 'nothing'])(
  'the call %s responds the same for existing ids and others, with and without the token',
  async (name) => {
    const { page } = await world.openSetup()
    const genuine = new URL(page.url)
    const unknown = new URL(page.url)
    unknown.pathname = unknown.pathname.replace(/.{4}$/, 'zzzz')
    const answers = new Set<string>()
    for (const { origin, pathname } of [genuine, unknown])
      for (const token of ['', '?token=a', genuine.search])
        for (const method of ['GET', 'POST']) {
          const { status, body } = await world.request(`${origin}${pathname}/${name}${token}`, { method })
          answers.add(JSON.stringify([status, body]))
        }
    expect([...answers]).toEqual(['[404,{"error":{"code":"not_found","message":"this path does not exist"}}]'])
  },
)

test('a link opens only the page of its own brand', async () => {
  const { page } = await world.openSetup()
  const { id, number } = await world.admin('create-brand', {
    organization: world.seeds.org_id,
    name: 'Tailspin Toys',
  })
  const [own] = await world.sql<{ number: string }[]>`select number from brands where id = ${world.seeds.brand_id}`
  for (const other of [id, number, own!.number]) {
    const url = new URL(page.url)
    url.pathname = url.pathname.replace(world.seeds.brand_id, String(other))
    expect((await world.pageOf(url.href).open()).status).toBe(404)
    expect((await world.pageOf(url.href).progress()).status).toBe(404)
    expect((await world.pageOf(url.href).submitCard()).status).toBe(404)
  }
  expect((await page.open()).body).not.toContain('Tailspin Toys')
})

test('the token of a return address gives access to no client secret', async () => {
  const { bc, page } = await world.openSetup()
  const returnUrl = pageDataIn((await page.open()).body).returnUrl
  const returned = world.pageOf(returnUrl)
  await page.submitCard('4000002760003184')
  await until(async () => (await page.progress()).body.action !== undefined)
  expect((await page.progress()).body.action).toMatchObject({
    type: 'stripe_next_action',
    client_secret: expect.stringMatching(/_secret_/),
  })
  const seen = [await returned.progress(), await returned.open(), await returned.actionCompleted()]
  expect(seen.map(({ status }) => status)).toEqual([200, 200, 202])
  expect(JSON.stringify(seen.map(({ body }) => body))).not.toContain('_secret_')
  expect(seen[0]!.body).toMatchObject({ paying: true, blocked_on: 'customer' })
  expect(seen[1]!.body).toContain('please open the link that was sent to you')
  await world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'test' })
  await world.ended(bc)
})

test('the token that vendors receive gives access to the progress, and changes nothing', async () => {
  const { page } = await world.openSetup()
  const returnUrl = pageDataIn((await page.open()).body).returnUrl
  const returned = world.pageOf(returnUrl)
  expect(returned.token).not.toBe(page.token)
  expect((await returned.progress()).status).toBe(200)
  expect((await returned.submitCard()).status).toBe(404)
  expect((await returned.askForNewLink()).status).toBe(404)
})

test('the page is not cached or indexed, and only listed origins can frame it', async () => {
  const { page } = await world.openSetup()
  const { headers } = await page.open()
  expect(
    Object.fromEntries(['cache-control', 'referrer-policy', 'x-robots-tag'].map((name) => [name, headers.get(name)])),
  ).toEqual({
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-robots-tag': 'noindex',
  })
  const policy = headers.get('content-security-policy')!
  expect(policy).toContain("frame-ancestors 'self' https://app.example")
  expect(policy).not.toContain('unsafe-inline')
  expect(policy).toContain(world.simulator.url)
  expect(headers.get('set-cookie')).toBeNull()
})

test('after the end the page is read-only and says so', async () => {
  const { bc, page } = await world.openSetup()
  await page.submitCard()
  await world.ended(bc)
  const { status, body } = await page.open()
  expect(status).toBe(200)
  expect(body).toContain('You are all set')
  expect(body).not.toContain('<form')
  expect((await page.submitCard()).status).toBe(409)
  expect((await page.progress()).body.status).toBe('completed')
})

test('at most five cards are tried on one link, and a new link does not reset the count', async () => {
  const { bc, page } = await world.openSetup()
  for (let i = 1; i <= 5; i++) {
    expect((await page.submitCard('4000000000000002')).status).toBe(202)
    await expect.poll(async () => (await page.progress()).body.paying).toBe(false)
  }
  expect((await page.submitCard()).status).toBe(409)
  const { body } = await world.asNative('POST', `/v1/billing_customers/${bc}/setup_link`, { replace: true })
  const next = world.pageOf(body.setup_url)
  for (let i = 1; i <= 3; i++) {
    expect((await next.submitCard('4000000000000002')).status).toBe(202)
    await expect.poll(async () => (await next.progress()).body.paying).toBe(false)
  }
  const refused = await next.submitCard()
  expect(refused.status).toBe(429)
  expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(3_000)
})

test('a link with too many declined cards says so, and a new one can be requested', async () => {
  const { bc, page } = await world.openSetup()
  for (let i = 0; i < 5; i++) {
    await page.submitCard('4000000000000002')
    await until(async () => !(await page.progress()).body.paying)
  }
  const opened = await page.open()
  expect([opened.status, opened.body.includes('This link can no longer be used')]).toEqual([200, true])
  const refused = await page.submitCard()
  expect([refused.status, refused.body.refusal]).toEqual([409, 'too_many_attempts'])
  expect((await page.askForNewLink()).status).toBe(202)
  expect(await world.eventTypes(bc)).toContain('billing_customer.setup_link_requested')
})

test('an invalid language, and an id that no string can contain, are not internal errors', async () => {
  const { page } = await world.openSetup()
  for (const language of ['en-12', 'en-us-us', 'x', '*', ''])
    expect((await page.open({ 'Accept-Language': language })).status, language).toBe(200)
  const url = new URL(page.url)
  url.pathname = url.pathname.replace(/[^/]+$/, 'a%00b')
  expect((await world.pageOf(url.href).open()).status).toBe(404)
})

test('rejects a card token that was used for another contact', async () => {
  const { bc, page } = await world.openSetup()
  const token = await page.cardToken()
  await page.submitToken(token)
  await world.ended(bc)
  const other = await world.openSetup()
  expect((await other.page.submitToken(token)).status).toBe(409)
  expect((await other.page.submitCard()).status).toBe(202)
})

test('rejects an invalid submission by field', async () => {
  const { page } = await world.openSetup()
  const good = { gateway: 'stripe', confirmation_token: 'ctoken_x', amount: 1500, currency: 'USD' }
  const wrong: Record<string, unknown> = {
    gateway: 'bitcoin',
    confirmation_token: '4242424242424242',
    amount: '1500',
    currency: 'usd',
    card: '4242',
  }
  for (const [field, value] of Object.entries(wrong)) {
    const { status, body } = await page.call('setup-completed', { ...good, [field]: value })
    expect([status, body.error.param]).toEqual([400, field])
  }
  const { body } = await page.call('setup-completed', { ...good, gateway: 'paypal' })
  expect(body.error.param).toBe('setup_token')
  expect((await page.call('setup-completed', { ...good, amount: 1400 })).status).toBe(409)
})
