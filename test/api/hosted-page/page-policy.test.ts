import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../../support/until.ts'
import { pageDataIn } from '../../support/world/page-data.ts'
import { createWorld, type World } from '../../support/world/world.ts'

let world: World
beforeAll(async () => {
  world = await createWorld({ worker: false, paypal: true })
})
afterAll(() => world.close())

/** What an address in a policy could add: a directive, a second policy, a source. */
const hostile = [
  'https://a;sandbox/x.png',
  'https://a;script-src-elem/x.png',
  'https://a,default-src/x.png',
  'https://a;connect-src/x.png',
  'https://*/x.png',
  'https://a.example\u0001/x.png',
  'https://例え.jp/x.png',
]
const badOrigins = [
  'https://例え.jp',
  'https://app.example\u0001',
  'https://*',
  'http://localhost:*',
  'https://a;sandbox',
]

test('the API and the operator command reject a logo whose host could change the policy', async () => {
  for (const logo_url of hostile) {
    const created = await world.asNative('POST', '/v1/brands', { name: 'Tailspin', logo_url })
    expect([created.status, created.body.param]).toEqual([400, 'logo_url'])
    expect(created.body.detail).toContain('letters, digits, dots and hyphens')
    const changed = await world.asNative('PATCH', `/v1/brands/${world.seeds.brand_id}`, { logo_url })
    expect([changed.status, changed.body.param]).toEqual([400, 'logo_url'])
    const options = { organization: world.seeds.org_id, name: 'Tailspin', 'logo-url': logo_url }
    await expect(world.admin('create-brand', options)).rejects.toMatchObject({ param: '--logo-url' })
  }
  const good = await world.asNative('POST', '/v1/brands', { name: 'T', logo_url: 'https://cdn.example.com/logo.svg' })
  expect(good.status).toBe(201)
})

test('rejects an origin that CSP and postMessage do not both understand, with what is valid', async () => {
  for (const origin of badOrigins) {
    const { status, body } = await world.asNative('PATCH', '/v1/settings', { embed_origins: [origin] })
    expect([status, body.param]).toEqual([400, 'embed_origins'])
    expect(body.detail).toContain('without wildcards, with non-ASCII host names in punycode')
    const right = { 'https://例え.jp': 'https://xn--r8jz45g.jp', 'https://app.example\u0001': 'https://app.example' }
    const suggested = (right as Record<string, string>)[origin]
    expect(/; entry 1 would be (\S+)$/.exec(body.detail)?.[1]).toBe(suggested)
    const options = { organization: world.seeds.org_id, environment: 'sandbox', name: 'embed_origins' }
    await expect(world.admin('set-setting', { ...options, value: JSON.stringify([origin]) })).rejects.toThrow(
      'punycode',
    )
  }
})

test('values stored before the rule neither change the policy nor break the page', async () => {
  const plain = await world.openSetup()
  const policyOf = async (page: typeof plain.page) => {
    const { status, headers, body } = await page.open()
    expect(status).toBe(200)
    const policy = headers.get('content-security-policy')!
    return { policy: policy.replace(/'nonce-[^']+'/, "'nonce'"), body: body as string }
  }
  const before = await policyOf(plain.page)
  expect(before.policy).toContain("frame-ancestors 'self'")
  for (const logo of hostile) {
    const id = `brand_${randomUUID().slice(0, 8)}`
    await world.sql`
      insert into brands (id, organization_id, environment, name, logo_url)
      values (${id}, ${world.seeds.org_id}, 'sandbox', 'Old', ${logo})`
    const { page } = await world.openSetup(undefined, { brand_id: id })
    const worn = await policyOf(page)
    expect(worn.policy).toBe(before.policy)
    expect(/<header.*?<\/header>/s.exec(worn.body)![0]).not.toContain('<img')
  }
  const stored = [...badOrigins, 'https://app.example']
  await world.sql`
    insert into settings (organization_id, environment, name, value)
    values (${world.seeds.org_id}, 'sandbox', 'embed_origins', ${world.sql.json(stored)})`
  const after = await policyOf(plain.page)
  expect(after.policy).toBe(
    before.policy.replace("frame-ancestors 'self'", "frame-ancestors 'self' https://app.example"),
  )
  expect(pageDataIn(after.body).embedOrigins).toEqual(['https://app.example'])
})

test('a page names only the gateways that it offers, and a page without a form none', async () => {
  const [stripe, paypal] = [new URL(world.simulator.url).origin, new URL(world.paypal!.url).origin]
  const offer = (gateways: string[]) => world.asNative('PATCH', '/v1/settings', { gateways })
  const { page, bc } = await world.openSetup()
  const named = async () => {
    const { headers } = await page.open()
    const policy = headers.get('content-security-policy')!
    return { policy: [policy.includes(stripe), policy.includes(paypal)], may: headers.get('permissions-policy') }
  }
  const never = 'camera=(), microphone=(), geolocation=()'
  expect(await named()).toEqual({ policy: [true, true], may: `payment=(self "${stripe}"), ${never}` })
  await offer(['paypal'])
  expect(await named()).toEqual({ policy: [false, true], may: `payment=(), ${never}` })
  await offer(['stripe'])
  expect(await named()).toEqual({ policy: [true, false], may: `payment=(self "${stripe}"), ${never}` })
  await offer(['stripe', 'paypal'])
  await world.admin('extend', { 'billing-customer': bc, seconds: '1' })
  await until(async () => (await page.open()).status === 410)
  expect(await named()).toEqual({ policy: [false, false], may: `payment=(), ${never}` })
})
