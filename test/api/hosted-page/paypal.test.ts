import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { features } from '../../../tools/simulators/paypal/behavior/features.ts'
import { fillLimitOfOne } from '../../support/payments/limit-of-one.ts'
import { until } from '../../support/until.ts'
import {
  choose,
  continueToPayPal,
  enterCard,
  isDone,
  isTold,
  openOnPhone,
  pageWorld,
  pay,
} from '../../support/phone.ts'

const own = pageWorld()

/** Sessions of PayPal's SDK that were not destroyed. */
const liveSessions = (page: Page) =>
  page.evaluate(() => (window as unknown as { paypal: { liveSessions: Set<unknown> } }).paypal.liveSessions.size)

/** Chooses PayPal, and answers its window once it is open. */
async function openPayPalWindow(page: Page): Promise<Page> {
  await choose(page, 'PayPal')
  const [popup] = await Promise.all([page.waitForEvent('popup'), continueToPayPal(page)])
  await popup.getByRole('button', { name: 'Agree and continue' }).waitFor()
  return popup
}

/** Approves at PayPal without a window: PayPal replaces the page and returns to it. */
async function approveInTab(page: Page): Promise<void> {
  await page.evaluate(() => (window.open = () => null))
  await choose(page, 'PayPal')
  await continueToPayPal(page)
  await page.getByRole('button', { name: 'Agree and continue' }).click()
}

test('a customer approves in PayPal’s window and completes; before, the button says nothing of a payment', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  const { page, complaints, close } = await openOnPhone(own.browser, setup.url.href)
  const popup = await openPayPalWindow(page)
  const button = page.locator('#submit button')
  expect([await button.innerText(), await button.getAttribute('aria-disabled')]).toEqual(['Continue to PayPal', 'true'])
  let release = () => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  await page.route('**/setup-completed', (route) => released.then(() => route.continue()))
  await popup.getByRole('button', { name: 'Agree and continue' }).click()
  await page.getByRole('button', { name: 'Paying $15.00…' }).waitFor()
  release()
  await isDone(page)
  expect(await own.world.payPalCharges(bc)).toHaveLength(1)
  expect(complaints).toEqual([])
  expect(await liveSessions(page)).toBe(0)
  await close()
})

test('tells a customer who does not approve that nothing was charged; a card pays', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  const popup = await openPayPalWindow(page)
  await popup.getByRole('button', { name: 'Cancel' }).click()
  await isTold(page, 'You have not been charged')
  await until(async () => (await liveSessions(page)) === 0)
  await choose(page, 'Card')
  await enterCard(page, '4242424242424242')
  await pay(page)
  await isDone(page)
  expect(await own.world.payPalCharges(bc)).toEqual([])
  expect((await own.world.ledger(bc)).charges).toHaveLength(1)
  await close()
})

test('a customer who does not find PayPal’s window again gives up on the page; a card pays', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  const popup = await openPayPalWindow(page)
  const closes = popup.waitForEvent('close')
  await page.getByRole('button', { name: 'Choose another payment method' }).click()
  await closes
  await isTold(page, 'You did not approve this at PayPal. You have not been charged.')
  await until(async () => (await liveSessions(page)) === 0)
  expect(await page.getByRole('button', { name: 'Choose another payment method' }).count()).toBe(0)
  await choose(page, 'Card')
  await enterCard(page, '4242424242424242')
  await pay(page)
  await isDone(page)
  expect((await own.world.ledger(bc)).charges).toHaveLength(1)
  expect(await own.world.payPalCharges(bc)).toEqual([])
  await close()
})

test('PayPal is not offered if it finds the account ineligible; a card pays', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  await own.world.simulatePayPal('settings', { features: ['reference_transactions'] })
  const { page, complaints, close } = await openOnPhone(own.browser, setup.url.href)
  await page.getByLabel('PayPal').waitFor({ state: 'detached' })
  await enterCard(page, '4242424242424242')
  await pay(page)
  await isDone(page)
  expect(await own.world.payPalCharges(bc)).toEqual([])
  expect(complaints).toEqual([])
  await own.world.simulatePayPal('settings', { features: [...features] })
  await close()
})

test('PayPal stops accepting the account while the page is open: the customer is told, and a card pays', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  await choose(page, 'PayPal')
  await page.getByRole('button', { name: 'Continue to PayPal', disabled: false }).waitFor()
  await own.world.simulatePayPal('settings', { features: ['reference_transactions'] })
  await continueToPayPal(page)
  await isTold(page, 'PayPal is not available for this payment')
  expect(await page.getByLabel('PayPal').count()).toBe(0)
  await enterCard(page, '4242424242424242')
  await pay(page)
  await isDone(page)
  expect((await own.world.ledger(bc)).charges).toHaveLength(1)
  await own.world.simulatePayPal('settings', { features: [...features] })
  await own.world.sql`delete from refused_gateways`
  await close()
})

test('if windows are blocked, PayPal replaces the page, which continues after the return', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  await approveInTab(page)
  await isDone(page)
  expect(await own.world.payPalCharges(bc)).toHaveLength(1)
  await close()
})

test('at the organization’s limit the page waits for its turn after the return from PayPal, and pays', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  const limit = await fillLimitOfOne(own.world)
  let slowed = 0
  await page.route('**/action-completed', async (route) => {
    const answer = await route.fetch()
    if (answer.status() === 429) slowed++
    // A second instead of up to 30, so that the test does not take minutes.
    await route.fulfill({ response: answer, headers: { ...answer.headers(), 'retry-after': '1' } })
  })
  await approveInTab(page)
  await page.getByRole('status').filter({ hasText: 'Please keep this page open' }).waitFor()
  await until(() => slowed >= 3)
  expect(await page.getByRole('button', { name: 'Pay $15.00 and finish' }).isVisible()).toBe(false)
  await limit.passMinute()
  await isDone(page)
  expect(await own.world.payPalCharges(bc)).toHaveLength(1)
  await limit.end()
  await close()
})

test('a contact that must not try again for a while is told so after the return from PayPal', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  expect((await setup.submitCard('4000000000000002')).status).toBe(202)
  await until(async () => !(await setup.progress()).body.paying)
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  const limit = (declines_per_window: number | null) =>
    own.world.asNative('PATCH', '/v1/settings', { declines_per_window })
  expect((await limit(1)).status).toBe(200)
  await approveInTab(page)
  await isTold(page, 'Too many payment methods were declined. To protect you, this page accepts the next one at')
  expect(await own.world.payPalCharges(bc)).toEqual([])
  await limit(null)
  await close()
})

test('a card is declined, and PayPal pays', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  await enterCard(page, '4000000000009995')
  await pay(page)
  await isTold(page, 'insufficient funds. You have not been charged')
  const popup = await openPayPalWindow(page)
  await popup.getByRole('button', { name: 'Agree and continue' }).click()
  await isDone(page)
  expect(await own.world.payPalCharges(bc)).toHaveLength(1)
  expect((await own.world.ledger(bc)).charges).toEqual([])
  await close()
})

test('PayPal declines, and a card pays', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  await own.world.payPalFault('/v2/checkout/orders', 'decline', { code: 'INSTRUMENT_DECLINED' })
  const popup = await openPayPalWindow(page)
  await popup.getByRole('button', { name: 'Agree and continue' }).click()
  await isTold(page, 'PayPal declined the payment. You have not been charged')
  await choose(page, 'Card')
  await enterCard(page, '4242424242424242')
  await pay(page)
  await isDone(page)
  expect(await own.world.payPalCharges(bc)).toEqual([])
  expect((await own.world.ledger(bc)).charges).toHaveLength(1)
  await close()
})
