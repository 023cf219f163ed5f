import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { enterCard, isDone, isTold, openOnPhone, pageWorld, pay, payAfterDecline } from '../../support/phone.ts'
import { fillLimitOfOne } from '../../support/payments/limit-of-one.ts'
import { until } from '../../support/until.ts'

const own = pageWorld()

test('a customer enters a card and completes; no card digit reaches our origin', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  const { page, sent, complaints, close } = await openOnPhone(own.browser, setup.url.href)
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Set up billing')
  expect(await page.textContent('#summary')).toContain('Once, to check the payment method. ')
  expect(await page.getByRole('group', { name: 'Payment method' }).getByLabel('Card').isChecked()).toBe(true)
  await enterCard(page, '4242 4242 4242 4242')
  await pay(page)
  await isDone(page)
  const steps = page.getByRole('list', { name: 'Progress' }).getByRole('listitem')
  expect(await steps.allTextContents()).toEqual([
    'Payment method done',
    'Payment of $15.00 done',
    'Account activation done',
    'Start of Monthly visit done',
  ])
  expect((await own.world.ledger(bc)).charges).toHaveLength(1)
  expect(complaints).toEqual([])
  const toUs = sent.filter(({ url }) => url.startsWith(own.world.apiUrl))
  expect(toUs.length).toBeGreaterThan(3)
  for (const { url, body } of toUs) expect(`${url} ${body}`).not.toMatch(/4242 ?4242|12 ?\/ ?34/)
  await close()
})

test('the progress stays in its place when the setup ends', async () => {
  const { page: setup } = await own.world.openSetup()
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  const bankCall = await own.world.hold('/v1/payment_intents/*/confirm')
  await enterCard(page, '4242424242424242')
  await pay(page)
  await bankCall.reached()
  await page.getByRole('list', { name: 'Progress' }).waitFor()
  const places = () =>
    Promise.all(['#headline', '#status'].map(async (part) => (await page.locator(part).boundingBox())!.y))
  const before = await places()
  await bankCall.release()
  await isDone(page)
  expect(await places()).toEqual(before)
  await close()
})

test('an account with Link: the form does not offer it, and the card pays', async () => {
  await own.world.simulate('settings', { enabled_types: ['card', 'link'] })
  const { bc, page: setup } = await own.world.openSetup()
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  await enterCard(page, '4242424242424242')
  await pay(page)
  await isDone(page)
  expect((await own.world.ledger(bc)).methods).toMatchObject([{ type: 'card', last4: '4242' }])
  await close()
  await own.world.simulate('settings', { enabled_types: ['card'] })
})

test('shows a decline plainly, and another card pays', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  await payAfterDecline(page)
  expect((await own.world.ledger(bc)).charges).toHaveLength(1)
  await close()
})

const asksAlways = '4000002760003184'
const bank = (page: Page) => page.frameLocator('iframe[title="Your bank\'s page"]')

test('the bank asks, the customer confirms on the bank’s page and completes', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  const { page, complaints, close } = await openOnPhone(own.browser, setup.url.href)
  await enterCard(page, asksAlways)
  await pay(page)
  await bank(page).getByRole('button', { name: 'Complete' }).waitFor()
  // What the customer entered is being checked; nothing is to be entered next.
  const step = page.locator('#progress [data-step="payment_method"] .state')
  await expect.poll(() => step.textContent()).toBe('now')
  await bank(page).getByRole('button', { name: 'Complete' }).click()
  await isDone(page)
  expect((await own.world.ledger(bc)).charges).toHaveLength(1)
  expect(complaints).toEqual([])
  await close()
})

test('shows a failed bank confirmation, and another card pays', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  await enterCard(page, asksAlways)
  await pay(page)
  await bank(page).getByRole('button', { name: 'Fail' }).click()
  await isTold(page, 'could not verify your identity')
  await enterCard(page, '4242424242424242')
  await pay(page)
  await isDone(page)
  expect((await own.world.ledger(bc)).charges).toHaveLength(1)
  await close()
})

test('a tab that is closed at the bank: the link returns to the bank, or accepts another card', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  const first = await openOnPhone(own.browser, setup.url.href)
  await enterCard(first.page, asksAlways)
  await pay(first.page)
  await bank(first.page).getByRole('button', { name: 'Complete' }).waitFor()
  await first.close()

  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  await page.getByRole('heading', { name: 'Confirm with your bank' }).waitFor()
  expect(await page.getByRole('status').textContent()).toContain('You have not been charged yet')
  await page.getByRole('button', { name: 'Use another card' }).click()
  await enterCard(page, asksAlways)
  await pay(page)
  await bank(page).getByRole('button', { name: 'Complete' }).waitFor()
  await page.reload()
  await page.getByRole('button', { name: 'Confirm with your bank' }).click()
  await bank(page).getByRole('button', { name: 'Complete' }).click()
  await isDone(page)
  expect((await own.world.ledger(bc)).charges).toHaveLength(1)
  await close()
})

test('shows what is missing in the card form, and submits nothing', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  await enterCard(page, '4242424242424242')
  await page.frameLocator('#card-form iframe').getByLabel('Security code').fill('')
  await pay(page)
  // The vendor's form says it, and moves the focus there; the page does not repeat it.
  await page.frameLocator('#card-form iframe').getByRole('alert').filter({ hasText: 'is incomplete' }).waitFor()
  await page.getByRole('button', { name: 'Pay $15.00 and finish', disabled: false }).waitFor()
  expect(await page.getByRole('alert').allTextContents()).toEqual([''])
  expect((await own.world.billingCustomer(bc)).onboarding.steps[1].attempts).toBe(0)
  await close()
})

test('at the organization’s limit the page waits for its turn, however often it is told to, and pays', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  const limit = await fillLimitOfOne(own.world)
  await page.route('**/setup-completed', async (route) => {
    const answer = await route.fetch()
    // A second instead of up to 30, so that the test does not take minutes.
    await route.fulfill({ response: answer, headers: { ...answer.headers(), 'retry-after': '1' } })
  })
  await enterCard(page, '4242424242424242')
  const slowed = new Set<number>()
  page.on('response', (answer) => void (answer.status() === 429 && slowed.add(slowed.size)))
  await pay(page)
  await until(async () => slowed.size >= 8)
  await page.getByRole('status').filter({ hasText: 'Please keep this page open' }).waitFor()
  await limit.passMinute()
  await isDone(page)
  expect((await own.world.ledger(bc)).charges).toHaveLength(1)
  await limit.end()
  await close()
})
