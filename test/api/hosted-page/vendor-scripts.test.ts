import type { Page, Request } from 'playwright-core'
import { expect, test } from 'vitest'
import { isolatedContext } from '../../../tools/scripts/browser.ts'
import { enterCard, isDone, pageWorld, pay } from '../../support/phone.ts'
import { until } from '../../support/until.ts'
import { openTab, type Tab } from '../../support/tab.ts'

// Vendors' scripts run only after ours took the token out of the address.

const own = pageWorld()

const isOfVendor = (request: Request) =>
  request.resourceType() === 'script' && /\/(stripe\.js|web-sdk)/.test(new URL(request.url()).pathname)
const ourScript = '**/browser.js'
const isSaid = (page: Page) =>
  page.getByRole('alert').filter({ hasText: 'The script of this page has not loaded' }).waitFor()

/** Opens a link in a tab where something is done to our script. */
async function openWith(url: string, change: (page: Page) => Promise<unknown>): Promise<Tab & { vendors: Request[] }> {
  const tab = await openTab(own.browser, 'about:blank')
  const vendors: Request[] = []
  tab.page.on('request', (request) => void (isOfVendor(request) && vendors.push(request)))
  await change(tab.page)
  await tab.page.goto(url, { waitUntil: 'commit' })
  return { ...tab, vendors }
}

test.each<[string, (page: Page) => Promise<unknown>]>([
  ['is blocked', (page) => page.route(ourScript, (route) => route.abort())],
  ['fails', (page) => page.route(ourScript, (route) => route.fulfill({ contentType: 'text/javascript', body: 'x.y' }))],
  [
    'is another file',
    (page) => page.route(ourScript, (route) => route.fulfill({ contentType: 'text/html', body: '' })),
  ],
  ['is not there', (page) => page.route(ourScript, (route) => route.fulfill({ status: 404, body: '' }))],
])('if our script %s, no vendor script runs, and the page says what to do', async (_how, change) => {
  const { page: setup } = await own.world.openSetup()
  const tab = await openWith(setup.url.href, change)
  await isSaid(tab.page)
  expect(tab.seen).toEqual([])
  expect(await tab.page.locator('iframe').count()).toBe(0)
  // The address still opens the page, so a reload is all that is needed.
  await tab.page.unroute(ourScript)
  await tab.page.reload()
  await enterCard(tab.page, '4242424242424242')
  await pay(tab.page)
  await isDone(tab.page)
  await tab.context.close()
})

test('without JavaScript the page says so, on the form and where a new link can be requested', async () => {
  const { page: setup, bc } = await own.world.openSetup()
  const { context } = await isolatedContext(own.browser, { javaScriptEnabled: false })
  const page = await context.newPage()
  await page.goto(setup.url.href)
  const needed = page.getByRole('alert').filter({ hasText: 'This page needs JavaScript' })
  await needed.waitFor()
  await own.world.admin('extend', { 'billing-customer': bc, seconds: '1' })
  await own.world.ended(bc)
  await page.goto(setup.url.href)
  await page.getByRole('button', { name: 'Ask for a new link' }).waitFor()
  await needed.waitFor()
  await context.close()
})

test('vendor scripts load once each, without a Referer, and screen readers announce nothing about it', async () => {
  const { page: setup } = await own.world.openSetup()
  let release = () => {}
  const held = new Promise<void>((resolve) => (release = resolve))
  const tab = await openWith(setup.url.href, (page) =>
    page.route(ourScript, async (route) => {
      await held
      await route.continue()
    }),
  )
  // Only the one of the payment method that is shown is preloaded.
  await until(() => tab.vendors.length === 1)
  expect(tab.seen).toEqual([])
  const choice = tab.page.getByRole('group', { name: 'Payment method' })
  const before = await choice.boundingBox()
  release()
  await tab.page.getByRole('button', { name: 'Pay $15.00 and finish', disabled: false }).waitFor()
  await until(() => tab.seen.length >= 2)
  expect(tab.vendors).toHaveLength(2)
  for (const request of tab.vendors) expect((await request.allHeaders()).referer).toBeUndefined()
  expect(await tab.page.locator('#needs-script').count()).toBe(0)
  expect(await choice.boundingBox()).toEqual(before)
  await tab.context.close()
})

test('a vendor script that failed to load is loaded again when its payment method is chosen again', async () => {
  const { page: setup } = await own.world.openSetup()
  const tab = await openWith(setup.url.href, (page) => page.route(/stripe\.js/, (route) => route.abort()))
  const { page } = tab
  await page.getByRole('alert').filter({ hasText: 'could not be loaded' }).waitFor()
  await page.unroute(/stripe\.js/)
  await page.getByLabel('PayPal').check()
  await page.getByLabel('Card', { exact: true }).check()
  await enterCard(page, '4242424242424242')
  await pay(page)
  await isDone(page)
  await tab.context.close()
})

test('going back to an address whose token our script could not remove loads no vendor script', async () => {
  const { page: setup } = await own.world.openSetup()
  const tab = await openWith(setup.url.href, (page) => page.route(ourScript, (route) => route.abort()))
  const { page } = tab
  await page.waitForLoadState()
  await page.goto(`${own.world.apiUrl}/healthz`)
  await page.unroute(ourScript)
  await page.goBack()
  await page.getByRole('button', { name: 'Pay $15.00 and finish', disabled: false }).waitFor()
  await until(() => tab.seen.length >= 2)
  expect(JSON.stringify(tab.seen)).not.toContain(setup.token)
  await tab.context.close()
})
