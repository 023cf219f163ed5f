import { afterAll, beforeAll, expect, test } from 'vitest'
import { findBrandOfLink } from '../../../../store/tenants/brands.ts'
import { createWorld, type World } from '../../../support/world/world.ts'

let world: World
let live: string
let liveBrand: { id: string; number: number }
beforeAll(async () => {
  world = await createWorld({ worker: false, live: true })
  const organization = world.seeds.org_id
  live = (await world.admin('create-key', { organization, environment: 'live', scopes: '*' })).key as string
  const made = await world.admin('create-brand', { organization, environment: 'live', name: 'Northwind live' })
  liveBrand = made as unknown as typeof liveBrand
})
afterAll(() => world.close())

const sandboxKey = () => world.seeds.secret_key

test('keys of one environment cannot see, change or name brands of the other', async () => {
  const { brand_id } = world.seeds
  const [own] = await world.sql<{ number: number }[]>`select number from brands where id = ${brand_id}`
  const cases = [
    { key: sandboxKey(), own: brand_id, others: [liveBrand.id, String(liveBrand.number)] },
    { key: live, own: liveBrand.id, others: [brand_id, String(own!.number)] },
  ]
  for (const { key, own, others } of cases) {
    const call = (method: string, path: string, body?: object) => world.asNative(method, path, body, key)
    const nobodys = (await call('GET', '/v1/brands/brand_nobody')).body
    expect((await call('GET', '/v1/brands')).body.data.map(({ id }: { id: string }) => id)).toEqual([own])
    for (const other of others) {
      const { status, body } = await call('GET', `/v1/brands/${other}`)
      expect([status, body.detail]).toEqual([404, nobodys.detail])
      expect((await call('PATCH', `/v1/brands/${other}`, { name: 'Taken over' })).status).toBe(404)
      const named = { brand_id: other }
      expect((await call('POST', '/v1/customers', named)).body).toMatchObject({ status: 404, param: 'brand_id' })
      expect((await call('POST', '/v1/billing_customers', { customer_id: 'ada', ...named })).status).toBe(404)
      for (const action of ['buildCustomerProfileSetup', 'createCustomer', 'getItems']) {
        const contact = action === 'getItems' ? {} : { contact_id: 'ada' }
        expect((await world.edge(action, { api_key: key, ...contact, ...named })).status, action).toBe(404)
      }
    }
    expect((await call('PATCH', `/v1/brands/${own}`, { colour: '#17693a' })).status).toBe(200)
  }
  const rows = await world.sql<{ name: string }[]>`select name from brands where name = 'Taken over'`
  expect(rows).toEqual([])
})

test('a brand is created in the environment of its key, and is the default only there', async () => {
  const { body } = await world.asNative('POST', '/v1/brands', { name: 'Second live' }, live)
  expect(body).toMatchObject({ environment: 'live', name: 'Second live' })
  const open = async (key: string) =>
    (await world.asNative('POST', '/v1/billing_customers', { contact_id: 'lin' }, key)).body.setup_url as string
  expect(await open(live)).toContain(`/${liveBrand.id}/`)
  expect(await open(sandboxKey())).toContain(`/${world.seeds.brand_id}/`)
})

test('a link with a current or former brand of its customer shows the current one', async () => {
  const { contact, bc, page } = await world.openSetup()
  const { body: next } = await world.asNative('POST', '/v1/brands', { name: 'Tailspin Toys' })
  const { page: renamed } = await world.openSetup(contact, { brand_id: next.id })
  expect(renamed.url.pathname).toContain(next.id)
  for (const link of [page, renamed]) {
    const opened = await link.open()
    expect([opened.status, opened.body.includes('Tailspin Toys')]).toEqual([200, true])
    expect((await link.progress()).status).toBe(200)
  }
  await world.openSetup(contact)
  await world.openSetup(contact, { brand_id: next.id })
  const [row] = await world.sql<{ formerBrandIds: string[] }[]>`
    select former_brand_ids from billing_customers where id = ${bc}`
  expect(row!.formerBrandIds.sort()).toEqual([next.id, world.seeds.brand_id].sort())
  for (const other of [liveBrand.id, (await world.asNative('POST', '/v1/brands', { name: 'Third' })).body.id]) {
    const url = new URL(page.url)
    url.pathname = url.pathname.replace(world.seeds.brand_id, other)
    expect((await world.pageOf(url.href).open()).status).toBe(404)
  }
})

test('without a brand, the page shows the name of the organization', async () => {
  const { id: organization } = await world.admin('create-organization', { name: 'Wingtip' })
  const { key } = await world.admin('create-key', {
    organization: organization as string,
    environment: 'sandbox',
    scopes: '*',
  })
  const opened = await world.asNative('POST', '/v1/billing_customers', { contact_id: 'lin' }, key as string)
  const shown = await world.pageOf(opened.body.setup_url).open()
  expect([shown.status, shown.body.includes('Wingtip')]).toEqual([200, true])
})

const looks = {
  logo_url: 'https://cdn.example.com/logo.svg',
  logo_dark_url: 'https://cdn.example.com/logo-dark.svg',
  colour: '#123456',
  corner: 'pill',
  font: 'serif',
  theme: 'dark',
  legal_name: 'Northwind Fitness GmbH & Co. KG',
  statement_name: 'NORTHWIND* FITNESS',
  terms_url: 'https://northwind.example/terms?lang=en',
  privacy_url: 'https://northwind.example/privacy',
  support_contact: 'the front desk',
  support_email: 'help@northwind.example',
  support_phone: '+27123456789',
  support_url: 'http://localhost:3000/help',
}
const unset = Object.fromEntries(Object.keys(looks).map((name) => [name, null]))

test('every field of a brand can be set when it is created or later, is listed, and is removed by null', async () => {
  const { body: plain } = await world.asNative('POST', '/v1/brands', { name: 'Plain' })
  expect(plain).toMatchObject({ ...unset, contrast: null })
  const { status, body: made } = await world.asNative('POST', '/v1/brands', { name: 'Northwind', ...looks })
  expect([status, made]).toEqual([201, expect.objectContaining(looks)])
  const listed = (await world.asNative('GET', '/v1/brands')).body.data
  expect(listed.find(({ id }: { id: string }) => id === made.id)).toEqual(made)

  for (const [name, value] of Object.entries(looks)) {
    const changed = await world.asNative('PATCH', `/v1/brands/${plain.id}`, { [name]: value })
    expect(changed.body, name).toMatchObject({ name: 'Plain', [name]: value })
  }
  const all = (await world.asNative('GET', `/v1/brands/${plain.id}`)).body
  expect(all).toEqual({ ...made, id: plain.id, number: plain.number, name: 'Plain', created_at: plain.created_at })
  expect((await world.asNative('PATCH', `/v1/brands/${plain.id}`, { ...unset, name: 'Plain' })).body).toEqual(plain)
  const events = await world.sql<{ changed: string[] }[]>`
    select data -> 'changed' as changed from events
    where type = 'brand.updated' and data ->> 'brand_id' = ${plain.id} order by sequence`
  expect(events.map(({ changed }) => changed.join()).slice(0, -1)).toEqual(Object.keys(looks))
  expect(events.at(-1)!.changed.sort()).toEqual(Object.keys(looks).sort())
})

test.each([
  ['logo_dark_url', 'https://a;sandbox/x.png'],
  ['logo_dark_url', 'http://localhost/x.png'],
  ['corner', 'round'],
  ['font', 'Comic Sans'],
  ['theme', 'sepia'],
  ['legal_name', 'Northwind\u202e'],
  ['legal_name', ''],
  ['statement_name', 'x'.repeat(41)],
  ['terms_url', 'http://northwind.example/terms'],
  ['privacy_url', 'javascript:alert(1)'],
  ['privacy_url', `https://northwind.example/${'x'.repeat(2000)}`],
  ['support_email', 'help'],
  ['support_phone', '012 345'],
  ['support_url', 'https://user@northwind.example/'],
])('%s %j is rejected by name', async (name, value) => {
  const created = await world.asNative('POST', '/v1/brands', { name: 'Wrong', [name]: value })
  expect([created.status, created.body.param]).toEqual([400, name])
  const changed = await world.asNative('PATCH', `/v1/brands/${world.seeds.brand_id}`, { [name]: value })
  expect([changed.status, changed.body.param]).toEqual([400, name])
  expect(await world.sql`select 1 from brands where name = 'Wrong'`).toEqual([])
})

test('an operator creates a brand with the same fields and rules', async () => {
  const organization = world.seeds.org_id
  const options = Object.fromEntries(Object.entries(looks).map(([name, value]) => [name.replaceAll('_', '-'), value]))
  const { id } = await world.admin('create-brand', { organization, name: 'By operator', ...options })
  expect((await world.asNative('GET', `/v1/brands/${id as string}`)).body).toMatchObject(looks)
  for (const [name, value] of [
    ['corner', 'round'],
    ['terms-url', 'http://northwind.example/terms'],
    ['support-email', 'help'],
    ['support-phone', '012'],
    ['legal-name', 'Karte 4242 4242 4242 4242'],
  ] as const)
    await expect(
      world.admin('create-brand', { organization, name: 'Wrong', [name]: value }),
      name,
    ).rejects.toMatchObject({ param: `--${name}` })
})

test('the page that a link opens gets the fields of its brand', async () => {
  const { body: brand } = await world.asNative('POST', '/v1/brands', { name: 'Northwind', ...looks })
  const { bc } = await world.openSetup(undefined, { brand_id: brand.id })
  const shown = await findBrandOfLink(world.sql, bc, brand.id)
  expect(shown).toMatchObject({ name: 'Northwind', logoDarkUrl: looks.logo_dark_url, corner: 'pill', theme: 'dark' })
  expect(Object.values(shown!).sort()).toEqual(['Northwind', ...Object.values(looks)].sort())
})
