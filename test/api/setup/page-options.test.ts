import { afterAll, beforeAll, expect, test } from 'vitest'
import { noPageOptions } from '../../../domain/hosted-page.ts'
import { openLink } from '../../../api/setup/opened-link.ts'
import type { ApiDependencies } from '../../../api/dependencies.ts'
import { bulkOf, upload, untilStatus } from '../../bulk/bulk.ts'
import { everythingStored } from '../../support/everything-stored.ts'
import { historiesOf } from '../../support/histories.ts'
import { createWorld, type Answer, type World } from '../../support/world/world.ts'

// What callers choose for the hosted page of an onboarding: language, colors, and where the customer goes.

let world: World
beforeAll(async () => {
  world = await createWorld({ listen: true })
})
afterAll(() => world.close())

const path = '/v1/billing_customers'
const none = { locale: null, return_url: null, cancel_url: null, on_completion: null, theme: null }
const open = (customer_id: string, page?: object) => world.asNative('POST', path, { customer_id, page })
const newLink = (bc: string, body: object) => world.asNative('POST', `${path}/${bc}/setup_link`, body)
const pageOf = async (bc: string) => (await world.billingCustomer(bc)).onboarding.page
const refusedParam = ({ status, body }: Answer) => [status, body.param]

/** The data of all updates of a billing customer, oldest first. */
const updates = async (bc: string): Promise<{ changed: string[]; actor_key_id: string }[]> => {
  const rows = await world.sql<{ data: { changed: string[]; actor_key_id: string } }[]>`
    select data from events where billing_customer_id = ${bc} and type = 'billing_customer.updated' order by sequence`
  return rows.map(({ data }) => data)
}

test('what is given is stored and shown; a repeat changes only what it names, and null removes it', async () => {
  const contact = world.newContact()
  const first = { locale: 'pt-BR', return_url: 'https://shop.example/done?a=%20', on_completion: 'redirect' }
  const { status, body } = await open(contact, first)
  expect([status, body.onboarding.page]).toEqual([201, { ...none, ...first }])
  const again = await open(contact, first)
  expect([again.status, again.body.onboarding.page]).toEqual([200, { ...none, ...first }])
  expect((await open(contact)).body.onboarding.page).toEqual({ ...none, ...first })
  expect(await updates(body.id)).toEqual([])

  const other = { cancel_url: 'http://localhost:3000/plans', locale: null, theme: 'dark' }
  const after = { ...none, ...first, ...other }
  expect((await open(contact, other)).body.onboarding.page).toEqual(after)
  expect(await pageOf(body.id)).toEqual(after)
  const [update, ...others] = await updates(body.id)
  expect(others).toEqual([])
  expect(update!.changed.sort()).toEqual(['page.cancel_url', 'page.locale', 'page.theme'])
  expect(update!.actor_key_id).toMatch(/^key_/)
  expect((await open(world.newContact())).body.onboarding.page).toEqual(none)
})

test('a new link changes the options, also when it replaces or extends the old one', async () => {
  const { body } = await open(world.newContact(), { return_url: 'https://shop.example/1', theme: 'light' })
  const seen = []
  for (const other of [{}, { replace: true }, { expires_in_seconds: 600 }]) {
    const locale = ['de', 'ja', 'ar'][seen.length]
    const { status, body: link } = await newLink(body.id, { ...other, page: { locale } })
    expect(status).toBe(200)
    seen.push([link.page, link.setup_url === body.setup_url])
  }
  const page = { ...none, return_url: 'https://shop.example/1', theme: 'light' }
  expect(seen).toEqual([
    [{ ...page, locale: 'de' }, true],
    [{ ...page, locale: 'ja' }, false],
    [{ ...page, locale: 'ar' }, false],
  ])
  expect((await updates(body.id)).map(({ changed }) => changed)).toEqual(Array(3).fill(['page.locale']))
  expect((await newLink(body.id, {})).body.page).toEqual({ ...page, locale: 'ar' })
})

test('a button or redirect requires a return URL; a rejected call changes neither options nor link', async () => {
  const contact = world.newContact()
  for (const on_completion of ['button', 'redirect'])
    expect(refusedParam(await open(contact, { on_completion }))).toEqual([400, 'page.return_url'])
  expect(await world.sql`select 1 from customers where external_id = ${contact}`).toEqual([])

  const { body } = await open(contact, { return_url: 'https://shop.example/', on_completion: 'redirect' })
  const removal = { return_url: null }
  expect(refusedParam(await open(contact, removal))).toEqual([400, 'page.return_url'])
  for (const other of [{}, { replace: true }, { expires_in_seconds: 600 }])
    expect(refusedParam(await newLink(body.id, { ...other, page: removal }))).toEqual([400, 'page.return_url'])
  expect((await newLink(body.id, {})).body).toMatchObject({
    setup_url: body.setup_url,
    expires_at: body.onboarding.expires_at,
    page: { return_url: 'https://shop.example/', on_completion: 'redirect' },
  })
  const both = await open(contact, { return_url: null, on_completion: 'stay' })
  expect(both.body.onboarding.page).toEqual({ ...none, on_completion: 'stay' })
})

test.each([
  ['return_url', 'http://shop.example/'],
  ['return_url', 'javascript:alert(1)'],
  ['return_url', 'https://user:password@shop.example/'],
  ['return_url', `https://shop.example/${'a'.repeat(1980)}`],
  ['cancel_url', 'https://shop.example\\@other.example/'],
  ['cancel_url', 'https://shop.example/a\nb'],
  ['cancel_url', 7],
  ['locale', 'en-US'],
  ['locale', 'EN'],
  ['on_completion', 'close'],
  ['theme', 'sepia'],
  ['colour', '#ffffff'],
])('%s %j is rejected by name, and nothing is written', async (name, value) => {
  const contact = world.newContact()
  const answer = await open(contact, { [name]: value })
  expect(refusedParam(answer)).toEqual([400, `page.${name}`])
  expect(await world.sql`select 1 from customers where external_id = ${contact}`).toEqual([])
})

test('a URL may have 2,000 characters', async () => {
  const return_url = `https://shop.example/${'a'.repeat(1979)}`
  expect(return_url).toHaveLength(2000)
  expect((await open(world.newContact(), { return_url })).body.onboarding.page.return_url).toBe(return_url)
})

test('the edge door takes return_url, cancel_url and locale; null is a missing field', async () => {
  const contact_id = world.newContact()
  const urls = { return_url: 'https://shop.example/edge', cancel_url: 'https://shop.example/plans' }
  const created = await world.edge('createCustomer', { contact_id, bi_id: world.seeds.item_id, ...urls, locale: null })
  expect(created.status).toBe(200)
  const bc = created.body.billing_customer_id
  expect(await pageOf(bc)).toEqual({ ...none, ...urls })
  const again = { contact_id, cancel_url: null, return_url: null, locale: 'nl' }
  expect((await world.edge('buildCustomerProfileSetup', again)).status).toBe(200)
  expect(await pageOf(bc)).toEqual({ ...none, ...urls, locale: 'nl' })
  for (const name of ['return_url', 'cancel_url', 'locale']) {
    const wrong = await world.edge('createCustomer', { contact_id: world.newContact(), [name]: 'http://shop.example/' })
    expect(wrong.status).toBe(400)
    expect(JSON.stringify(wrong.body)).toContain(name)
  }
})

test('a replacement has options of its own, which end with the onboarding', async () => {
  const contact = world.newContact()
  const { body } = await open(contact, { locale: 'fr', return_url: 'https://shop.example/first' })
  await world.pageOf(body.setup_url).submitCard()
  expect(await world.ended(body.id)).toBe('completed')
  const own = { locale: 'de', cancel_url: 'https://shop.example/account' }
  const replace = (page: object) => world.asNative('POST', `${path}/${body.id}/payment_method`, { page })
  expect((await replace(own)).body.replacement.page).toEqual({ ...none, ...own })
  const changed = await replace({ locale: 'it' })
  expect(changed.body.replacement.page).toEqual({ ...none, ...own, locale: 'it' })
  expect(changed.body.onboarding.page).toEqual({ ...none, locale: 'fr', return_url: 'https://shop.example/first' })
  expect((await updates(body.id)).map(({ changed }) => changed)).toEqual([['page.locale']])
  expect(refusedParam(await replace({ on_completion: 'button' }))).toEqual([400, 'page.return_url'])
  expect((await newLink(body.id, { page: { theme: 'dark' } })).body.page).toEqual({
    ...none,
    ...own,
    locale: 'it',
    theme: 'dark',
  })
  // The onboarding is over, and its page stays as it is.
  expect((await open(contact, { locale: 'ja' })).body.onboarding.page.locale).toBe('fr')
  await world.asNative('POST', `${path}/${body.id}/cancel`, { reason: 'test' })
  await expect
    .poll(async () => (await newLink(body.id, { page: { locale: 'ja' } })).body.code)
    .toBe('no_live_onboarding')
})

test('the page that a link opens gets them', async () => {
  const { page } = await world.openSetup()
  const linked = async () => {
    const url = new URL(page.url)
    const [brand_id, org_id, bc_id] = url.pathname.split('/').slice(-3) as [string, string, string]
    const d = {
      database: world.sql,
      settingDefaults: world.settingDefaults,
      setupLinkSecrets: ['a-secret-of-this-test-run-and-no-other'],
    } as unknown as ApiDependencies
    return { bc_id, link: await openLink(d, { brand_id, org_id, bc_id }, page.token, ['setup']) }
  }
  const { bc_id, link } = await linked()
  expect(link!.page).toEqual(noPageOptions)
  const url = 'https://shop.example/done'
  await newLink(bc_id, { page: { return_url: url, theme: 'dark', locale: 'pl' } })
  expect((await linked()).link!.page).toEqual({ ...noPageOptions, returnUrl: url, theme: 'dark', locale: 'pl' })
})

test('rows of a bulk onboarding have columns for them', async () => {
  const ids = [world.newContact(), world.newContact()]
  const header = 'external_id,page.locale,Page.Return_URL,metadata.plan'
  const wrong = await upload(world, `${header}\n${ids[0]},de,http://shop.example/,a\n`, { query: '?dry_run=true' })
  expect(wrong.body.errors).toMatchObject([{ row: 1, param: 'page.return_url' }])
  const file = `${header}\n${ids[0]},de,https://shop.example/bulk,a\n${ids[1]},,,b\n`
  const { id } = (await upload(world, file, { query: '?rows_per_second=100&starts_per_second=50' })).body
  await untilStatus(world, id, 'completed')
  expect((await bulkOf(world, id)).rows.done).toBe(2)
  const pages = await Promise.all(ids.map(async (contact) => (await open(contact!)).body.onboarding.page))
  expect(pages).toEqual([{ ...none, locale: 'de', return_url: 'https://shop.example/bulk' }, none])
})

test('addresses are in the rows of onboardings alone: not in events, histories or the log', async () => {
  const secrets = ['return', 'canceled', 'replaced'].map((name) => `${name}-of-order-7351`)
  const [return_url, cancel_url, other] = secrets.map((name) => `https://shop.example/${name}`)
  const { body } = await open(world.newContact(), { return_url, cancel_url })
  await newLink(body.id, { replace: true, page: { cancel_url: other } })
  const { setup_url } = (await newLink(body.id, { expires_in_seconds: 900, page: { return_url: other } })).body
  await newLink(body.id, { page: { return_url: 'http://user@localhost/wrong-of-order-7351' } })
  await newLink(body.id, { page: { return_url } })
  await world.pageOf(setup_url).submitCard()
  expect(await world.ended(body.id)).toBe('completed')
  await world.closedRunsOf(body.id)
  const histories = await historiesOf(world.client, world.taskQueue)
  expect(histories.some(({ text }) => text.includes(body.id))).toBe(true)
  expect(histories.filter(({ text }) => text.includes('order-7351'))).toEqual([])
  const requests = world.logged.filter((line) => line.includes('/v1/billing_customers/:id/setup_link'))
  expect(requests.length).toBeGreaterThan(3)
  expect(world.logged.filter((line) => line.includes('order-7351'))).toEqual([])
  const rows = (await everythingStored(world.sql)).filter((row) => row.includes('order-7351'))
  expect(rows.map((row) => row.slice(1, 5))).toEqual(['onb_'])
})
