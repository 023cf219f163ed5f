import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Frame, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isolatedContext } from '../../../../tools/scripts/browser.ts'
import {
  choose,
  continueToPayPal,
  enterCard,
  isDone,
  isTold,
  pageWorld,
  pay,
  payAfterDecline,
} from '../../../support/phone.ts'
import type { SetupPage } from '../../../support/world/setup-page.ts'
import { openTab, readAddress, readObserved, type Tab } from '../../../support/tab.ts'
import { pageDataIn } from '../../../support/world/page-data.ts'
import { until } from '../../../support/until.ts'

// The token of the link is out of the address before the scripts of vendors run, and the tab goes on by itself.

let framer: Server
const framerOrigin = () => `http://localhost:${(framer.address() as AddressInfo).port}`
beforeAll(async () => {
  framer = createServer((request, response) => {
    const framed = new URL(request.url!, 'http://x').searchParams.get('url') ?? ''
    response
      .setHeader('Content-Type', 'text/html')
      .end(`<iframe src="${framed.replaceAll('&', '&amp;')}" width="400" height="900"></iframe>`)
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => framer.once('listening', resolve))
})
afterAll(() => framer.close())

const own = pageWorld(() => ({ settings: { embedOrigins: [framerOrigin()] } }))

/** Neither now nor when a vendor's script ran could anything of the token be read, nor is it in the tab's history. */
async function expectNoToken({ page, context, seen }: Tab, setup: SetupPage, frame: Frame = page.mainFrame()) {
  await until(() => seen.length > 0)
  const returnToken = new URL(await returnUrlOf(setup)).searchParams.get('token')!
  const readable = JSON.stringify([...seen, await frame.evaluate(readAddress), await frame.evaluate(readObserved)])
  for (const token of [setup.token, returnToken, 'token=', '_secret_']) expect(readable).not.toContain(token)
  const session = await context.newCDPSession(page)
  const { entries } = await session.send('Page.getNavigationHistory')
  // Not what a person typed, which only the browser itself knows.
  expect(
    entries
      .map(({ url }) => url)
      .filter((url) => url.startsWith(own.world.apiUrl))
      .join(' '),
  ).not.toContain('token')
}

const returnUrlOf = async (setup: SetupPage) => pageDataIn((await setup.open()).body).returnUrl

const formIsReady = (page: Page | Frame) =>
  page.getByRole('button', { name: 'Pay $15.00 and finish', disabled: false }).waitFor()
const asksAlways = '4000002760003184'

test('a reload, Back and Forward continue without a token in the address', async () => {
  const { page: setup, bc } = await own.world.openSetup()
  const tab = await openTab(own.browser, setup.url.href)
  const { page } = tab
  await formIsReady(page)
  await expectNoToken(tab, setup)
  await page.reload()
  await formIsReady(page)
  await page.goto(`${framerOrigin()}/?url=about:blank`)
  await page.goBack()
  await formIsReady(page)
  await page.goForward()
  await page.goBack()
  await formIsReady(page)
  await expectNoToken(tab, setup)
  await payAfterDecline(page)
  await page.reload()
  await isDone(page)
  expect((await own.world.ledger(bc)).charges).toHaveLength(1)
  await expectNoToken(tab, setup)
  await tab.context.close()
})

test.each([
  ['an escaped name of the token', (link: string) => link.replace('?token=', '?%74oken=')],
  ['a user name', (link: string) => link.replace('//', '//someone:word@')],
  ['a parameter before it', (link: string) => link.replace('?', '?utm_source=mail&')],
])('the token is hidden from vendors in a link with %s', async (_what, written) => {
  const { page: setup } = await own.world.openSetup()
  const tab = await openTab(own.browser, written(setup.url.href))
  await formIsReady(tab.page)
  await expectNoToken(tab, setup)
  await tab.context.close()
})

test('a restored or duplicated tab keeps the page; another one without the token gets nothing', async () => {
  const { page: setup } = await own.world.openSetup()
  const tab = await openTab(own.browser, setup.url.href)
  await formIsReady(tab.page)
  const clean = tab.page.url()
  // As browsers restore a tab: the address, and the storage of the session before the page is loaded.
  const kept = await tab.page.evaluate(() => ({ ...sessionStorage }))
  const restored = await tab.context.newPage()
  await restored.goto(`${own.world.apiUrl}/healthz`)
  await restored.evaluate((entries) => {
    for (const [name, value] of Object.entries(entries)) sessionStorage.setItem(name, value)
  }, kept)
  await restored.goto(clean)
  await formIsReady(restored)
  expect(restored.url()).toBe(clean)
  // A tab that a tab opens begins with a copy of its storage, like a duplicated one.
  const [copy] = await Promise.all([
    tab.context.waitForEvent('page'),
    tab.page.evaluate(() => void window.open(location.href)),
  ])
  await formIsReady(copy)
  expect(copy.url()).toBe(clean)

  const other = await tab.context.newPage()
  const answer = await other.goto(clean)
  expect([answer!.status(), await other.getByRole('heading', { level: 1 }).textContent()]).toEqual([
    200,
    'Please open your link again',
  ])
  await tab.context.close()
})

test('the bank replaces the page and returns to it: the tab continues, and can confirm again', async () => {
  const { page: setup, bc } = await own.world.openSetup()
  const tab = await openTab(own.browser, setup.url.href)
  const { page } = tab
  await enterCard(page, asksAlways)
  await pay(page)
  await until(async () => (await setup.progress()).body.action !== undefined)
  const secret = (await setup.progress()).body.action.client_secret as string
  const returned = new URL(await returnUrlOf(setup))
  returned.searchParams.set('payment_intent', secret.split('_secret_')[0]!)
  returned.searchParams.set('payment_intent_client_secret', secret)
  returned.searchParams.set('redirect_status', 'pending')
  await page.goto(`${framerOrigin()}/?url=about:blank`)
  await page.goto(returned.href)
  await page.getByRole('button', { name: 'Confirm with your bank' }).waitFor()
  await expectNoToken(tab, setup)

  await page.goto(`${framerOrigin()}/?url=about:blank`)
  await own.world.simulate('authenticate', { payment_intent: secret.split('_secret_')[0], outcome: 'succeed' })
  await page.goto(returned.href)
  await isDone(page)
  expect((await own.world.ledger(bc)).charges).toHaveLength(1)
  await expectNoToken(tab, setup)
  await tab.context.close()
})

test.each([
  ['succeed', 'You are all set'],
  ['fail', 'Set up billing'],
])(
  'the bank’s result (%s) is known before the tab asks for it: the page shows the outcome',
  async (outcome, heading) => {
    const { page: setup, bc } = await own.world.openSetup()
    const { page, context } = await openTab(own.browser, setup.url.href)
    await formIsReady(page)
    await setup.submitCard(asksAlways)
    await until(async () => (await setup.progress()).body.action !== undefined)
    const intent = ((await setup.progress()).body.action.client_secret as string).split('_secret_')[0]!
    // The page is drawn while the bank asks; its question about the answer arrives when the run knows it.
    await page.route('**/action-completed', async (route) => {
      await own.world.simulate('authenticate', { payment_intent: intent, outcome })
      await setup.actionCompleted()
      await until(async () => !(await setup.progress()).body.paying)
      await route.continue()
    })
    await page.goto(await returnUrlOf(setup))
    await page.getByRole('heading', { name: heading }).waitFor()
    expect((await own.world.ledger(bc)).charges).toHaveLength(outcome === 'succeed' ? 1 : 0)
    await context.close()
  },
)

test('another browser to which the bank returns shows the progress, and nothing else', async () => {
  const { page: setup, bc } = await own.world.openSetup()
  await setup.submitCard(asksAlways)
  await until(async () => (await setup.progress()).body.action !== undefined)
  const intent = ((await setup.progress()).body.action.client_secret as string).split('_secret_')[0]!
  const returnUrl = await returnUrlOf(setup)
  const { context } = await isolatedContext(own.browser)
  const page = await context.newPage()
  const errors: string[] = []
  page.on('pageerror', (error) => void errors.push(error.message))
  await page.goto(returnUrl)
  await page.getByRole('status').filter({ hasText: 'please open the link that was sent to you' }).waitFor()
  expect(await page.getByRole('button').count()).toBe(0)
  expect(page.url()).not.toContain('token')
  await page.reload()
  await page.getByRole('heading', { name: 'Confirm with your bank' }).waitFor()
  await own.world.simulate('authenticate', { payment_intent: intent, outcome: 'succeed' })
  await isDone(page)
  expect((await own.world.ledger(bc)).charges).toHaveLength(1)
  expect(errors).toEqual([])
  await context.close()
})

test('PayPal replaces the page: without approval the customer can choose again', async () => {
  const { page: setup, bc } = await own.world.openSetup()
  const tab = await openTab(own.browser, setup.url.href)
  const { page } = tab
  const toPayPal = async () => {
    await page.evaluate(() => (window.open = () => null))
    await choose(page, 'PayPal')
    await continueToPayPal(page)
  }
  await toPayPal()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await isTold(page, 'You did not approve this at PayPal. You have not been charged.')
  await formIsReady(page)
  await expectNoToken(tab, setup)
  await toPayPal()
  await page.getByRole('button', { name: 'Agree and continue' }).click()
  await isDone(page)
  expect(await own.world.payPalCharges(bc)).toHaveLength(1)
  await expectNoToken(tab, setup)
  await tab.context.close()
})

test('in a frame the token is removed from the address, too, and a reload of the frame continues', async () => {
  const { page: setup, bc } = await own.world.openSetup()
  const tab = await openTab(own.browser, `${framerOrigin()}/?url=${encodeURIComponent(setup.url.href)}`)
  const frameOf = () => tab.page.frames().find((frame) => frame.url().startsWith(own.world.apiUrl))!
  await until(() => frameOf() !== undefined)
  await formIsReady(frameOf())
  await expectNoToken(tab, setup, frameOf())
  await frameOf().evaluate(() => location.reload())
  await until(async () => {
    await formIsReady(frameOf())
    return true
  })
  const framed = tab.page.frameLocator('iframe').first()
  await enterCard(framed, '4242424242424242')
  await framed.getByRole('button', { name: 'Pay $15.00 and finish' }).click()
  await isDone(framed)
  expect((await own.world.ledger(bc)).charges).toHaveLength(1)
  await tab.context.close()
})

test('without browser storage the page says so and works; only a reload needs the link again', async () => {
  const { page: setup, bc } = await own.world.openSetup()
  const tab = await openTab(own.browser, setup.url.href, { storage: false })
  const { page } = tab
  await page.getByText('Your browser does not store anything for this page').waitFor()
  await expectNoToken(tab, setup)
  await payAfterDecline(page)
  expect((await own.world.ledger(bc)).charges).toHaveLength(1)
  await page.reload()
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Please open your link again')
  await tab.context.close()
})

test('a stored token that is rejected is tried once', async () => {
  const { page: setup } = await own.world.openSetup()
  const tab = await openTab(own.browser, setup.url.href)
  await formIsReady(tab.page)
  await tab.page.evaluate(() => sessionStorage.setItem(sessionStorage.key(0)!, 'a'.repeat(43)))
  await tab.page.reload()
  await tab.page.getByRole('heading', { name: 'This link does not work' }).waitFor()
  expect(await tab.page.evaluate(() => sessionStorage.length)).toBe(0)
  await tab.context.close()
})
