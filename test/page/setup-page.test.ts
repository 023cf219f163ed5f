import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, FrameLocator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { isolatedContext, launchBrowser } from '../support/browser.ts'
import { createWorld, type World } from '../support/world.ts'

let world: World
let browser: Browser
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
  world = await createWorld({ longestRetryPause: 300, settings: { embedOrigins: [framerOrigin()] } })
  browser = await launchBrowser()
})
afterEach(() => world.clearFaults())
afterAll(async () => {
  await browser.close()
  framer.close()
  await world.close()
})

/** Opens a setup link on a small phone. */
async function openOnPhone(url: string) {
  const { context, refused, sent } = await isolatedContext(browser, {
    viewport: { width: 360, height: 740 },
    locale: 'en-US',
  })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(url)
  return { page, refused, sent, complaints, close: () => context.close() }
}

async function enterCard(page: Page | FrameLocator, number: string) {
  const form = page.frameLocator('#card-form iframe')
  await form.getByLabel('Card number').fill(number)
  await form.getByLabel('Expiration date').fill('12 / 34')
  await form.getByLabel('Security code').fill('123')
}

const pay = (page: Page) => page.getByRole('button', { name: 'Pay $15.00 and finish' }).click()

test('a customer enters a card and reaches the end; no card digit reaches our origin', async () => {
  const { bc, page: setup } = await world.openSetup()
  const { page, refused, sent, complaints, close } = await openOnPhone(setup.url.href)
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Set up billing')
  expect(await page.textContent('#explanation')).toContain('You pay $15.00 once, now')
  expect(await page.getByRole('group', { name: 'Payment method' }).getByLabel('Card').isChecked()).toBe(true)
  await enterCard(page, '4242 4242 4242 4242')
  await pay(page)
  await page.getByRole('heading', { name: 'You are all set' }).waitFor()
  const steps = page.getByRole('list', { name: 'Progress' }).getByRole('listitem')
  expect(await steps.allTextContents()).toEqual([
    'Setup opened done',
    'Payment method done',
    'Initial charge of $15.00 done',
    'Account activated done',
    'Enrolled in Monthly visit done',
  ])
  expect((await world.ledger(bc)).charges).toHaveLength(1)
  expect(refused).toEqual([])
  expect(complaints).toEqual([])
  const toUs = sent.filter(({ url }) => url.startsWith(world.apiUrl))
  expect(toUs.length).toBeGreaterThan(3)
  for (const { url, body } of toUs) expect(`${url} ${body}`).not.toMatch(/4242|12 ?\/ ?34/)
  await close()
})

test('a decline is said plainly, and another card pays', async () => {
  const { bc, page: setup } = await world.openSetup()
  const { page, close } = await openOnPhone(setup.url.href)
  await enterCard(page, '4000000000009995')
  await pay(page)
  await page.getByRole('alert').filter({ hasText: 'insufficient funds. You have not been charged' }).waitFor()
  await enterCard(page, '4242424242424242')
  await pay(page)
  await page.getByRole('heading', { name: 'You are all set' }).waitFor()
  expect((await world.ledger(bc)).charges).toHaveLength(1)
  await close()
})

test('what is missing in the card form is said, and nothing is submitted', async () => {
  const { bc, page: setup } = await world.openSetup()
  const { page, close } = await openOnPhone(setup.url.href)
  await enterCard(page, '4242424242424242')
  await page.frameLocator('#card-form iframe').getByLabel('Security code').fill('')
  await pay(page)
  await page.getByRole('alert').filter({ hasText: 'security code is incomplete' }).waitFor()
  expect((await world.billingCustomer(bc)).onboarding.steps[1].attempts).toBe(0)
  await close()
})

test('a reload at any moment, also with the worker stopped, shows the true state', async () => {
  const { page: setup } = await world.openSetup()
  const { page, close } = await openOnPhone(setup.url.href)
  await page.reload()
  await enterCard(page, '4242424242424242')
  await world.stopWorker()
  await pay(page)
  await page.getByRole('heading', { name: 'Setting up billing' }).waitFor()
  await page.reload()
  await page.getByRole('heading', { name: 'Setting up billing' }).waitFor()
  expect(await page.locator('#payment').isVisible()).toBe(false)
  expect(await page.getByRole('status').textContent()).toContain('working on it')
  await world.startWorker()
  await page.getByRole('heading', { name: 'You are all set' }).waitFor()
  await page.reload()
  await page.getByRole('heading', { name: 'You are all set' }).waitFor()
  await close()
})

test('nothing is wider than a phone of 360 pixels, and the button can be hit', async () => {
  const { page: setup } = await world.openSetup()
  const { page, close } = await openOnPhone(setup.url.href)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  const box = await page.getByRole('button', { name: 'Pay $15.00 and finish' }).boundingBox()
  expect(box!.height).toBeGreaterThanOrEqual(44)
  await close()
})

test('the price is written as the reader’s language does', async () => {
  const { page: setup } = await world.openSetup()
  const { body } = await setup.open({ 'Accept-Language': 'de-DE,de;q=0.9' })
  expect(body).toContain('Pay 15,00\u00a0$ and finish')
})

test('when the price changed while the page was open nothing is charged and the page is drawn anew', async () => {
  const { contact, bc, page: setup } = await world.openSetup()
  const { page, close } = await openOnPhone(setup.url.href)
  await enterCard(page, '4242424242424242')
  await world.edge('createCustomer', { contact_id: contact, initial_amount: 20 })
  await pay(page)
  await page.getByRole('button', { name: 'Pay $20.00 and finish' }).waitFor()
  expect((await world.ledger(bc)).charges).toEqual([])
  await close()
})

test('two tabs of one link: one pays, the other follows', async () => {
  const { bc, page: setup } = await world.openSetup()
  const [one, two] = [await openOnPhone(setup.url.href), await openOnPhone(setup.url.href)]
  await enterCard(one.page, '4242424242424242')
  await enterCard(two.page, '5555555555554444')
  await Promise.all([pay(one.page), pay(two.page)])
  await Promise.all([one, two].map(({ page }) => page.getByRole('heading', { name: 'You are all set' }).waitFor()))
  expect((await world.ledger(bc)).charges).toHaveLength(1)
  await Promise.all([one.close(), two.close()])
})

test('an expired link says so and can ask for a new one', async () => {
  const { bc, page: setup } = await world.openSetup()
  await world.admin('extend', { 'billing-customer': bc, seconds: '1' })
  await world.ended(bc)
  const { page, close } = await openOnPhone(setup.url.href)
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('This link has expired')
  await page.getByRole('button', { name: 'Ask for a new link' }).click()
  await page.getByRole('status').filter({ hasText: 'A new link was asked for' }).waitFor()
  await close()
})

test('a slow answer of the server is waited for: the submission is sent again, and counts once', async () => {
  const { bc, page: setup } = await world.openSetup()
  const { page, close } = await openOnPhone(setup.url.href)
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
  await page.getByRole('heading', { name: 'You are all set' }).waitFor()
  expect((await world.ledger(bc)).charges).toHaveLength(1)
  await close()
})

test('framed from a listed origin the page works and tells its end to that origin; from another it does not show', async () => {
  const { bc, page: setup } = await world.openSetup()
  const { context } = await isolatedContext(browser, {})
  const page = await context.newPage()
  const framedUrl = encodeURIComponent(setup.url.href)
  await page.goto(`${framerOrigin()}/?url=${framedUrl}`)
  const framed = page.frameLocator('iframe').first()
  await enterCard(framed, '4242424242424242')
  await framed.getByRole('button', { name: 'Pay $15.00 and finish' }).click()
  await framed.getByRole('heading', { name: 'You are all set' }).waitFor()
  await expect.poll(() => page.title()).toBe(`${world.apiUrl} {"type":"setup_completed","billing_customer_id":"${bc}"}`)

  await page.goto(`${framerOrigin().replace('localhost', '127.0.0.1')}/?url=${framedUrl}`)
  await page.waitForTimeout(500)
  expect(await page.frameLocator('iframe').first().getByRole('heading').count()).toBe(0)
  await context.close()
})
