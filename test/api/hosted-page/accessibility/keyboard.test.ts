import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { focusedName, pressWhenEnabled, tabTo, typeCard } from '../../../support/documented/keyboard.ts'
import { isDone, isTold, openOnPhone, pageWorld } from '../../../support/phone.ts'

// Complete setups with the keyboard alone: nothing here clicks or sets the focus.

const own = pageWorld()
const payLabel = 'Pay $15.00 and finish'
const hasFocus = (page: Page, name: string) => expect.poll(() => focusedName(page)).toBe(name)
const formIsReady = (page: Page) => page.frameLocator('#card-form iframe').getByLabel('Card number').waitFor()

async function open(url: string) {
  const phone = await openOnPhone(own.browser, url)
  await formIsReady(phone.page)
  return phone
}

/** Submits the form with its button. */
async function submit(page: Page, label = payLabel): Promise<void> {
  await tabTo(page, label)
  await pressWhenEnabled(page, label)
}

test('a declined card, then another: the message and the end get the focus, and the way back follows', async () => {
  const { bc } = await own.world.openSetup()
  const options = { return_url: `${own.world.apiUrl}/docs` }
  const { body } = await own.world.asNative('POST', `/v1/billing_customers/${bc}/setup_link`, { page: options })
  const { page, close } = await open(body.setup_url as string)
  await typeCard(page, '4000000000009995')
  await submit(page)
  await isTold(page, 'insufficient funds')
  await hasFocus(page, (await page.locator('#alert').innerText()).trim())
  // Back to what has to be corrected, which is still there.
  await tabTo(page, 'Card', 'Shift+Tab')
  await typeCard(page, '4242424242424242')
  await submit(page)
  await isDone(page)
  await hasFocus(page, 'You are all set')
  expect(await tabTo(page, 'Back to Northwind Fitness')).toEqual([])
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/docs\?/)
  expect((await own.world.ledger(bc)).charges).toHaveLength(1)
  await close()
})

test('at the bank: its page is the only one that has the focus, and the end follows', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  const { page, close } = await open(setup.url.href)
  await typeCard(page, '4000002760003184')
  await submit(page)
  await page.frameLocator(`iframe[title="Your bank's page"]`).locator('#succeed:enabled').waitFor()
  expect(await tabTo(page, 'Complete')).toEqual([])
  await page.keyboard.press('Enter')
  await isDone(page)
  await hasFocus(page, 'You are all set')
  expect((await own.world.ledger(bc)).charges).toHaveLength(1)
  await close()
})

test('PayPal is chosen with an arrow key and approved in its window', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  const { page, close } = await open(setup.url.href)
  await tabTo(page, 'Card')
  await page.keyboard.press('ArrowDown')
  await hasFocus(page, 'PayPal')
  expect(await tabTo(page, 'Continue to PayPal')).toEqual([])
  const opens = page.waitForEvent('popup')
  await pressWhenEnabled(page, 'Continue to PayPal')
  const popup = await opens
  await popup.locator('#approve:enabled').waitFor()
  await tabTo(popup, 'Agree and continue')
  await popup.keyboard.press('Enter')
  await isDone(page)
  expect(await own.world.payPalCharges(bc)).toHaveLength(1)
  await close()
})

test('a payment method is replaced', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  await setup.submitCard()
  await own.world.ended(bc)
  const { body } = await own.world.asNative('POST', `/v1/billing_customers/${bc}/payment_method`, {})
  const { page, close } = await open(body.replacement.setup_url as string)
  await typeCard(page, '5555555555554444')
  await submit(page, 'Save payment method')
  await isDone(page)
  await hasFocus(page, 'You are all set')
  expect((await own.world.billingCustomer(bc)).payment_method.label).toBe('Mastercard •••• 4444')
  await close()
})
