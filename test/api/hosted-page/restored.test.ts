import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { choose, continueToPayPal, enterCard, isDone, openOnPhone, pageWorld, pay } from '../../support/phone.ts'

// A page that the browser kept while the customer was on another one (web.dev/articles/bfcache).

const own = pageWorld()

const restore = (page: Page) =>
  page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })))
const isReady = (page: Page) => page.getByRole('button', { name: 'Pay $15.00 and finish', disabled: false }).waitFor()

test('a restored form keeps what was typed; one that waits for nothing any more is loaded again', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  let loads = 0
  page.on('framenavigated', (frame) => void (frame === page.mainFrame() && loads++))
  await enterCard(page, '4242424242424242')
  await isReady(page)
  await restore(page)
  const number = page.frameLocator('#card-form iframe').getByLabel('Card number')
  expect([await number.inputValue(), loads]).toEqual(['4242424242424242', 0])
  await choose(page, 'PayPal')
  await Promise.all([page.waitForEvent('popup'), continueToPayPal(page)])
  await page.getByRole('button', { name: 'Choose another payment method' }).waitFor()
  await restore(page)
  await isReady(page)
  expect(loads).toBeGreaterThan(0)
  await enterCard(page, '4242424242424242')
  await pay(page)
  await isDone(page)
  expect((await own.world.ledger(bc)).charges).toHaveLength(1)
  await close()
})
