import { afterAll, beforeAll, expect, test } from 'vitest'
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
