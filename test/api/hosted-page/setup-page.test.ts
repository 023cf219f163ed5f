import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isolatedContext } from '../../../tools/scripts/browser.ts'
import { enterCard, isDone, isTold, openOnPhone, pageWorld, pay } from '../../support/phone.ts'
import { pageDataIn } from '../../support/world/page-data.ts'
import { until } from '../../support/until.ts'

let framer: Server
const framerOrigin = () => `http://localhost:${(framer.address() as AddressInfo).port}`
beforeAll(async () => {
  framer = createServer((request, response) => {
    const framed = new URL(request.url!, 'http://x').searchParams.get('url') ?? ''
    const script = 'addEventListener("message", (e) => { document.title = e.origin + " " + JSON.stringify(e.data) })'
    response
      .setHeader('Content-Type', 'text/html')
      .end(
        `<iframe src="${framed.replaceAll('&', '&amp;')}" width="400" height="900"></iframe><script>${script}</script>`,
      )
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => framer.once('listening', resolve))
})
afterAll(() => framer.close())

const own = pageWorld(() => ({ settings: { embedOrigins: [framerOrigin()] } }))

test('a reload at any time shows the current state, even with the worker stopped', async () => {
  const { page: setup } = await own.world.openSetup()
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  await page.reload()
  await enterCard(page, '4242424242424242')
  await own.world.stopWorker()
  await pay(page)
  await page.getByRole('heading', { name: 'Setting up billing' }).waitFor()
  await page.reload()
  await page.getByRole('heading', { name: 'Setting up billing' }).waitFor()
  expect(await page.locator('#payment').isVisible()).toBe(false)
  expect(await page.getByRole('status').textContent()).toContain('being processed')
  await own.world.startWorker()
  await isDone(page)
  await page.reload()
  await isDone(page)
  await close()
})

test('fits a phone of 360 pixels, and the button is large enough to tap', async () => {
  const { page: setup } = await own.world.openSetup()
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  const box = await page.getByRole('button', { name: 'Pay $15.00 and finish' }).boundingBox()
  expect(box!.height).toBeGreaterThanOrEqual(44)
  await close()
})

test.each([
  ['de-AT,de;q=0.9,en;q=0.8', 'de', 'ltr', /15,00\s\$/],
  ['tlh,pt;q=0.7', 'pt-BR', 'ltr', /US\$\s15,00/],
  ['ja', 'ja', 'ltr', /\$15\.00/],
  ['ar-EG', 'ar', 'rtl', /US\$/],
])('is in the reader’s language, with its price: %s', async (wanted, tag, direction, price) => {
  const { page: setup } = await own.world.openSetup()
  const { body, headers } = await setup.open({ 'Accept-Language': wanted })
  expect(headers.get('content-language')).toBe(tag)
  expect(body).toContain(`<html lang="${tag}" dir="${direction}">`)
  const { words, language } = pageDataIn(body)
  expect(language).toBe(tag)
  expect(body).toContain(`<h1 id="headline" tabindex="-1">${words.headlines.setUp}</h1>`)
  expect(words.headlines.setUp).not.toBe('Set up billing')
  expect(body).toMatch(price)
})

test('the language of the link comes first, that of the organization last', async () => {
  const { bc } = await own.world.openSetup()
  const set = (page_locale: string) => own.world.asNative('PATCH', '/v1/settings', { page_locale })
  expect((await set('nl')).status).toBe(200)
  const inLanguage = async (options: object, wanted: string) => {
    const { body } = await own.world.asNative('POST', `/v1/billing_customers/${bc}/setup_link`, { page: options })
    return (await own.world.pageOf(body.setup_url).open({ 'Accept-Language': wanted })).headers.get('content-language')
  }
  expect(await inLanguage({}, 'tlh')).toBe('nl')
  expect(await inLanguage({}, 'fr')).toBe('fr')
  expect(await inLanguage({ locale: 'pl' }, 'fr')).toBe('pl')
  await set('en')
})

test('is in one language, also for a reader of one that it does not have', async () => {
  const { page: setup } = await own.world.openSetup()
  const { body, headers } = await setup.open({ 'Accept-Language': 'tlh, *;q=0.5' })
  expect(headers.get('content-language')).toBe('en')
  expect(headers.get('vary')).toContain('Accept-Language')
  expect(body).toContain('<html lang="en" dir="ltr">')
  expect(body).toContain('Pay $15.00 and finish')
})

test.each([
  ['by the caller', (contact: string) => own.world.edge('createCustomer', { contact_id: contact, initial_amount: 20 })],
  [
    'by an operator',
    (_contact: string, bc: string) =>
      own.world.admin('change-initial-amount', { 'billing-customer': bc, amount: '2000', reason: 'agreed by phone' }),
  ],
])(
  'the price changes %s while the page is open: nothing is charged, the page says so, and the card stays',
  async (_who, change) => {
    const { contact, bc, page: setup } = await own.world.openSetup()
    const { page, close } = await openOnPhone(own.browser, setup.url.href)
    await enterCard(page, '4242424242424242')
    await change(contact, bc)
    await until(async () => (await setup.progress()).body.amount === 2000)
    await pay(page)
    const newPrice = page.getByRole('button', { name: 'Pay $20.00 and finish' })
    await isTold(page, 'The price changed from $15.00 to $20.00 while this page was open. You have not been charged.')
    expect((await own.world.ledger(bc)).charges).toEqual([])
    // The card that was typed is still there.
    await newPrice.click()
    await isDone(page)
    expect((await own.world.ledger(bc)).charges).toMatchObject([{ amount: 2000 }])
    await close()
  },
)

test('two tabs of one link: one pays, the other follows', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  const [one, two] = [await openOnPhone(own.browser, setup.url.href), await openOnPhone(own.browser, setup.url.href)]
  await enterCard(one.page, '4242424242424242')
  await enterCard(two.page, '5555555555554444')
  // The second may follow the first before its own click.
  await Promise.all([pay(one.page), Promise.race([pay(two.page), isDone(two.page)])])
  await Promise.all([one, two].map(({ page }) => isDone(page)))
  expect((await own.world.ledger(bc)).charges).toHaveLength(1)
  await Promise.all([one.close(), two.close()])
})

test('an expired link says so, and can request a new one, once and until there is one', async () => {
  const { contact, bc, page: setup } = await own.world.openSetup()
  await own.world.admin('extend', { 'billing-customer': bc, seconds: '1' })
  await own.world.ended(bc)
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('This link has expired')
  await page.getByRole('button', { name: 'Ask for a new link' }).click()
  for (const look of ['first', 'again']) {
    if (look === 'again') await page.reload()
    await page.getByRole('status').filter({ hasText: 'has been told that you need a new link' }).waitFor()
  }
  expect(await page.getByRole('button').count()).toBe(0)
  const { page: next } = await own.world.openSetup(contact)
  expect(next.url.href).not.toBe(setup.url.href)
  await page.reload()
  await page.getByRole('heading', { level: 1, name: 'There is a newer link' }).waitFor()
  await close()
})

test('says so if the payment provider is unreachable', async () => {
  const { page: setup } = await own.world.openSetup()
  const { context } = await isolatedContext(own.browser, {})
  const page = await context.newPage()
  await page.clock.install()
  await page.route(/stripe\.js/, (route) => route.abort())
  await page.goto(setup.url.href)
  await page.clock.runFor(20_000)
  await page.getByRole('alert').filter({ hasText: 'could not be loaded' }).waitFor()
  await context.close()
})

test('waits for a slow response: the submission is resent, and counts once', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  let broken = 2
  await page.route('**/setup-completed*', async (route) => {
    if (broken-- > 0) {
      await route.fetch()
      return route.abort()
    }
    return route.continue()
  })
  await enterCard(page, '4242424242424242')
  await pay(page)
  await isDone(page)
  expect((await own.world.ledger(bc)).charges).toHaveLength(1)
  await close()
})

test('in a frame of a listed origin the page works and notifies it; other origins cannot show it', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  const { context } = await isolatedContext(own.browser, {})
  const page = await context.newPage()
  const framedUrl = encodeURIComponent(setup.url.href)
  await page.goto(`${framerOrigin()}/?url=${framedUrl}`)
  const framed = page.frameLocator('iframe').first()
  await enterCard(framed, '4242424242424242')
  await framed.getByRole('button', { name: 'Pay $15.00 and finish' }).click()
  await isDone(framed)
  await expect
    .poll(() => page.title())
    .toBe(`${own.world.apiUrl} {"type":"setup_completed","billing_customer_id":"${bc}"}`)

  // Opened again after the end, it tells again: the first message may have been lost.
  await page.goto(`${framerOrigin()}/?url=${framedUrl}`)
  await expect.poll(() => page.title()).toContain('setup_completed')

  await page.goto(`${framerOrigin().replace('localhost', '127.0.0.1')}/?url=${framedUrl}`)
  await page.waitForTimeout(500)
  expect(await page.frameLocator('iframe').first().getByRole('heading').count()).toBe(0)
  await context.close()
})

test('a logo and origins stored before the rule block neither the page’s scripts nor its message', async () => {
  const { sql, seeds } = own.world
  await sql`
    insert into brands (id, organization_id, environment, name, logo_url) values
      ('brand_sandboxed', ${seeds.org_id}, 'sandbox', 'Old', 'https://a;sandbox/x.png'),
      ('brand_unscripted', ${seeds.org_id}, 'sandbox', 'Old', 'https://a;script-src-elem/x.png')`
  const origins = ['http://localhost:*', 'https://例え.jp', 'https://app.example\u0001', 'https://*', framerOrigin()]
  await sql`
    insert into settings (organization_id, environment, name, value)
    values (${seeds.org_id}, 'sandbox', 'embed_origins', ${sql.json(origins)})`
  for (const brand_id of ['brand_sandboxed', 'brand_unscripted']) {
    const { bc, page: setup } = await own.world.openSetup(undefined, { brand_id })
    const { context } = await isolatedContext(own.browser, {})
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(`${framerOrigin()}/?url=${encodeURIComponent(setup.url.href)}`)
    const framed = page.frameLocator('iframe').first()
    await enterCard(framed, '4242424242424242')
    await framed.getByRole('button', { name: /finish/ }).click()
    await isDone(framed)
    await expect.poll(() => page.title()).toContain(`"billing_customer_id":"${bc}"`)
    expect(complaints).toEqual([])
    await context.close()
  }
  await sql`delete from settings where organization_id = ${seeds.org_id} and name = 'embed_origins'`
})
