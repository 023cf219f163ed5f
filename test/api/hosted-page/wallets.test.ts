import type { Page } from 'playwright-core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { enterCard, isDone, isTold, openOnPhone, pageWorld, pay, type Phone } from '../../support/phone.ts'
import { openTab } from '../../support/tab.ts'
import { until } from '../../support/until.ts'

// Wallets above the card form. They are submitted like a card.

const own = pageWorld()

const offer = (wallets: string[]) => own.world.simulate('settings', { wallets })
beforeEach(() => offer(['google_pay']))
afterEach(() => offer([]))

const walletButton = (page: Page, name: string) =>
  page.frameLocator('#wallets iframe').getByRole('button', { name: `Pay with ${name}` })
const wallet = (page: Page, name: string) => page.frameLocator(`iframe[title="${name}"]`)
const chooseIn = (page: Page, name: string, choice: string) =>
  wallet(page, name).getByRole('button', { name: choice }).click()
const isReady = (page: Page, price = '$15.00') =>
  page.getByRole('button', { name: `Pay ${price} and finish`, disabled: false }).waitFor()
const isInert = (page: Page) => page.locator('#inputs').evaluate((inputs: HTMLElement) => inputs.inert)
const attempts = async (bc: string) => (await own.world.billingCustomer(bc)).onboarding.steps[1].attempts

/** Opens a link and clicks a wallet. */
async function openWallet(name = 'Google Pay'): Promise<Phone & { bc: string }> {
  const { bc, page: setup } = await own.world.openSetup()
  const phone = await openOnPhone(own.browser, setup.url.href)
  await isReady(phone.page)
  await walletButton(phone.page, name).click()
  await wallet(phone.page, name).getByRole('heading', { name }).waitFor()
  return { ...phone, bc }
}

test('a customer pays with a wallet: one charge, the receipt, and the card form is not needed', async () => {
  const { bc, page, complaints, close } = await openWallet()
  expect(await wallet(page, 'Google Pay').locator('#amount').textContent()).toBe('usd 1500')
  expect(await page.getByRole('status').textContent()).toBe('Please continue in the window of Google Pay.')
  await chooseIn(page, 'Google Pay', 'Pay with Visa 4242')
  await isDone(page)
  expect(await page.locator('#receipt').textContent()).toContain('You paid $15.00')
  const { charges, methods } = await own.world.ledger(bc)
  expect([charges.length, methods]).toEqual([1, [expect.objectContaining({ type: 'card', last4: '4242' })]])
  const { status, payment_method } = await own.world.billingCustomer(bc)
  expect([status, payment_method.label]).toEqual(['active', 'Visa •••• 4242'])
  expect(await attempts(bc)).toBe(1)
  expect(complaints).toEqual([])
  await close()
})

test('a wallet that is closed, or that has no result, leaves the page as it was, and another card pays', async () => {
  const { bc, page, complaints, close } = await openWallet()
  await chooseIn(page, 'Google Pay', 'Cancel')
  await isReady(page)
  expect(await page.locator('#setup').getAttribute('data-state')).toBe('ready')
  expect(await page.getByRole('alert').allTextContents()).toEqual([''])
  expect(await isInert(page)).toBe(false)
  await walletButton(page, 'Google Pay').click()
  await chooseIn(page, 'Google Pay', 'Pay with a broken card')
  await isTold(page, 'The wallet could not be reached.')
  expect([(await own.world.ledger(bc)).charges, await attempts(bc)]).toEqual([[], 0])
  // It is still open.
  await chooseIn(page, 'Google Pay', 'Pay with Visa 4242')
  await isDone(page)
  expect([(await own.world.ledger(bc)).charges.length, await attempts(bc)]).toEqual([1, 1])
  expect(complaints).toEqual([])
  await close()
})

test('declines are told alike, and each way can follow the other; the bank of a wallet’s card asks', async () => {
  const { bc, page, close } = await openWallet()
  await chooseIn(page, 'Google Pay', 'Pay with a card that is declined')
  await isTold(page, 'insufficient funds. You have not been charged')
  await isReady(page)
  await enterCard(page, '4000000000000069')
  await pay(page)
  await isTold(page, 'expired')
  await isReady(page)
  // Without what was typed into the card form.
  await walletButton(page, 'Google Pay').click()
  await chooseIn(page, 'Google Pay', 'Pay with a card whose bank asks')
  await page.frameLocator('iframe[title="Your bank\'s page"]').getByRole('button', { name: 'Complete' }).click()
  await isDone(page)
  expect([(await own.world.ledger(bc)).charges.length, await attempts(bc)]).toEqual([1, 3])
  await close()
})

test('while a wallet is open, and while its payment is made, nothing else is submitted', async () => {
  const { bc, page, complaints, close } = await openWallet()
  const submitted: string[] = []
  page.on('request', (request) => void (request.url().endsWith('/setup-completed') && submitted.push(request.url())))
  const clickAll = async () => {
    await page.evaluate(() => document.querySelector<HTMLButtonElement>('button[type="submit"]')!.click())
    await page
      .frameLocator('#wallets iframe')
      .locator('button')
      .evaluate((button: HTMLElement) => button.click())
  }
  await clickAll()
  let release = () => {}
  const held = new Promise<void>((resolve) => (release = resolve))
  await page.route('**/setup-completed', async (route) => {
    await held
    await route.continue()
  })
  await chooseIn(page, 'Google Pay', 'Pay with Visa 4242')
  await until(async () => submitted.length === 1)
  expect(await isInert(page)).toBe(true)
  await clickAll()
  expect(await page.locator('iframe[title="Google Pay"]').count()).toBe(0)
  release()
  await isDone(page)
  expect(submitted).toHaveLength(1)
  expect([(await own.world.ledger(bc)).charges.length, await attempts(bc)]).toEqual([1, 1])
  expect(complaints).toEqual([])
  await close()
})

test('Link: a bank account is shown as Link; what is not a card is refused without an attempt', async () => {
  await offer(['link'])
  const { bc, page, close } = await openWallet('Link')
  await chooseIn(page, 'Link', 'Pay with another type')
  await isTold(page, 'This payment method could not be submitted. You have not been charged.')
  await isReady(page)
  expect(await attempts(bc)).toBe(0)
  await walletButton(page, 'Link').click()
  await chooseIn(page, 'Link', 'Pay with a bank account')
  await isDone(page)
  expect((await own.world.billingCustomer(bc)).payment_method.label).toBe('Link')
  await close()
})

test('a new price is the price in the wallet, and what was approved with the old one is not charged', async () => {
  const { bc, page, close } = await openWallet()
  await own.world.admin('change-initial-amount', { 'billing-customer': bc, amount: '2000', reason: 'test' })
  await chooseIn(page, 'Google Pay', 'Pay with Visa 4242')
  await isTold(page, 'The price changed from $15.00 to $20.00')
  expect((await own.world.ledger(bc)).charges).toEqual([])
  await isReady(page, '$20.00')
  await walletButton(page, 'Google Pay').click()
  await wallet(page, 'Google Pay').locator('#amount', { hasText: 'usd 2000' }).waitFor()
  await chooseIn(page, 'Google Pay', 'Pay with Visa 4242')
  await isDone(page)
  expect((await own.world.ledger(bc)).charges).toMatchObject([{ amount: 2000 }])
  await close()
})

test('an active customer replaces the payment method with a wallet: nothing is charged', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  await setup.submitCard()
  await own.world.ended(bc)
  const { body } = await own.world.asNative('POST', `/v1/billing_customers/${bc}/payment_method`, {})
  const { page, close } = await openOnPhone(own.browser, own.world.pageOf(body.replacement.setup_url).url.href)
  await page.getByRole('button', { name: 'Save payment method', disabled: false }).waitFor()
  await walletButton(page, 'Google Pay').click()
  await wallet(page, 'Google Pay').getByText('Nothing is charged').waitFor()
  await chooseIn(page, 'Google Pay', 'Pay with Visa 4242')
  await isDone(page)
  expect((await own.world.ledger(bc)).charges).toHaveLength(1)
  await close()
})

test('where the customer must check a box, a wallet opens only after that', async () => {
  const consent = (way: string) => own.world.asNative('PATCH', '/v1/settings', { consent: way })
  await consent('checkbox')
  const { bc, page: setup } = await own.world.openSetup()
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  await isReady(page)
  await walletButton(page, 'Google Pay').click()
  await page.locator('#agree-missing').waitFor()
  expect(await page.locator('iframe[title="Google Pay"]').count()).toBe(0)
  expect(await page.locator('#setup').getAttribute('data-state')).not.toBe('submitting')
  await page.getByRole('checkbox').check()
  await walletButton(page, 'Google Pay').click()
  await chooseIn(page, 'Google Pay', 'Pay with Visa 4242')
  await isDone(page)
  expect((await own.world.ledger(bc)).charges).toHaveLength(1)
  const { onboarding } = await own.world.billingCustomer(bc)
  expect(onboarding.consent).toMatchObject({ way: 'checkbox' })
  await close()
  await consent('text')
})

/** Records by how much the page moves what it has shown. */
const recordShifts = `
  window.shifts = []
  new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map(({ value }) => value)))
    .observe({ type: 'layout-shift', buffered: true })`
const shiftOf = (page: Page) =>
  page.evaluate(() => (window as unknown as { shifts: number[] }).shifts.reduce((sum, value) => sum + value, 0))

async function hasColorsOfDevice(page: Page): Promise<void> {
  const theme = () => page.frameLocator('#wallets iframe').locator('html').getAttribute('data-theme')
  expect(await theme()).toBe('stripe')
  await page.emulateMedia({ colorScheme: 'dark' })
  await until(async () => (await theme()) === 'night')
}

test.each([{ wallets: [] }, { wallets: ['apple_pay', 'google_pay', 'link'] }])(
  'with the wallets $wallets nothing empty is shown, and the page hardly moves until it is ready',
  async ({ wallets }) => {
    await offer(wallets)
    const { page: setup } = await own.world.openSetup()
    const { page, context } = await openTab(own.browser, 'about:blank')
    await page.addInitScript(recordShifts)
    const asked = page.waitForResponse((answer) => answer.url().includes('/_sim/wallets'))
    await page.goto(setup.url.href)
    await isReady(page)
    await (await asked).finished()
    const isShown = wallets.length > 0
    if (isShown) await walletButton(page, 'Google Pay').waitFor()
    expect(await page.getByText('Or with a card').isVisible()).toBe(isShown)
    expect(await page.locator('#wallets iframe').count()).toBe(isShown ? 1 : 0)
    expect(await page.frameLocator('#wallets iframe').getByRole('button').count()).toBe(wallets.length)
    if (!isShown) {
      const [box, form] = [await page.locator('#card').boundingBox(), await page.locator('#card-form').boundingBox()]
      expect(form!.y).toBe(box!.y)
    }
    expect(await shiftOf(page)).toBeLessThanOrEqual(isShown ? 0.05 : 0.02)
    if (isShown) await hasColorsOfDevice(page)
    await context.close()
  },
)

test('wallets that come late are shown, but not above a form in which the customer is already typing', async () => {
  for (const isTyping of [false, true]) {
    const { page: setup } = await own.world.openSetup()
    const { page, context } = await openTab(own.browser, 'about:blank')
    let release = () => {}
    const held = new Promise<void>((resolve) => (release = resolve))
    await page.route('**/_sim/wallets*', async (route) => {
      await held
      await route.continue()
    })
    await page.goto(setup.url.href)
    await isReady(page)
    if (isTyping) await enterCard(page, '4242424242424242')
    release()
    // The last step of the vendor's script before it says that the wallets are ready.
    await page.frameLocator('#wallets iframe').locator('html[data-theme]').waitFor({ state: 'attached' })
    if (isTyping) {
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))))
      expect(await page.locator('#wallets').isVisible()).toBe(false)
      await pay(page)
    } else {
      await walletButton(page, 'Google Pay').click()
      await chooseIn(page, 'Google Pay', 'Pay with Visa 4242')
    }
    await isDone(page)
    await context.close()
  }
})
