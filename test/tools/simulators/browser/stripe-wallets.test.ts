import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { isolatedContext } from '../../../../tools/scripts/browser.ts'
import { eachWithStripe, simulate, simulator } from '../../../support/gateways/stripe-gateway.ts'
import { closePages, sharedBrowser } from '../../../support/shared-browser.ts'
import { until } from '../../../support/until.ts'

// The simulated Stripe.js rejects what Stripe.js rejects about groups of Elements and wallets.
eachWithStripe()

let browser: Browser
let page: Page
let problems: string[]
beforeAll(async () => void (browser = await sharedBrowser()))
afterAll(() => closePages(browser))
beforeEach(async () => {
  const { context } = await isolatedContext(browser)
  page = await context.newPage()
  problems = []
  page.on('pageerror', ({ message }) => problems.push(message))
  await page.goto(`${simulator.url}/card-form`)
  await page.addScriptTag({ url: `${simulator.url}/stripe.js` })
})
afterEach(() => page.context().close())

/** Runs code with a group of these options, and returns the message of the error. */
const refusal = (options: object, code = '') =>
  page.evaluate(
    `(async () => {
      const stripe = window.Stripe('pk_test_x')
      const elements = stripe.elements(${JSON.stringify(options)})
      ${code}
    })().then(() => 'accepted', ({ message }) => message)`,
  )
const payment = { mode: 'payment', amount: 1500, currency: 'usd' }

test.each([
  [payment, 'accepted'],
  [{ mode: 'setup', currency: 'usd' }, 'accepted'],
  [{ mode: 'payment', currency: 'usd' }, 'amount must be greater than 0'],
  [{ ...payment, amount: 15.5 }, 'amount must be greater than 0'],
  [{ ...payment, currency: 'USD' }, 'invalid currency USD'],
  [{ ...payment, mode: 'pay' }, 'invalid mode pay'],
  [{ ...payment, setup_future: 'off_session' }, 'setup_future is not an accepted option'],
])('a group with %j: %s', async (options, message) => {
  expect(await refusal(options)).toContain(message)
})

test.each([
  [{ paymentMethods: { link: 'auto', applePay: 'always' }, buttonHeight: 48 }, 'accepted'],
  [{ business: { name: 'Northwind' }, layout: { maxColumns: 1 } }, 'accepted'],
  [{ paymentMethods: { link: 'always' } }, 'is not supported'],
  [{ paymentMethods: { cash: 'auto' } }, 'is not supported'],
  [{ buttonHeight: 60 }, 'is not supported'],
  [{ business: { name: '' } }, 'is not supported'],
  [{ height: 48 }, 'is not supported'],
])('wallets with %j: %s', async (options, message) => {
  expect(await refusal(payment, `elements.create('expressCheckout', ${JSON.stringify(options)})`)).toContain(message)
})

test('a token needs elements.submit() first', async () => {
  expect(await refusal(payment, 'await stripe.createConfirmationToken({ elements })')).toContain('elements.submit()')
})

/** Shows the wallets, with code that listens to them. */
const mount = (code: string) =>
  refusal(
    payment,
    `
    const element = elements.create('expressCheckout')
    window.seen = []
    const ready = new Promise((resolve) => element.on('ready', resolve))
    ${code}
    element.mount(document.body)
    window.available = (await ready).availablePaymentMethods`,
  )
const readWindow = (name: string): Promise<unknown> => page.evaluate(`window.${name}`)

test('ready tells which wallets there are, or undefined', async () => {
  expect(await mount('')).toBe('accepted')
  expect(await readWindow('available')).toBeUndefined()
  expect(await page.locator('iframe').count()).toBe(0)
  await simulate('settings', { wallets: ['link'] })
  await mount('')
  expect(await readWindow('available')).toMatchObject({ link: true, applePay: false, googlePay: false, paypal: false })
})

test('a click that is not answered within a second is an error, and a rejected one opens nothing', async () => {
  await simulate('settings', { wallets: ['google_pay'] })
  await mount("element.on('click', ({ reject }) => { window.seen.push('click'); if (window.rejects) reject() })")
  const button = page.frameLocator('iframe').getByRole('button', { name: 'Pay with Google Pay' })
  await button.click()
  await until(async () => problems.length > 0)
  expect(problems).toEqual(['IntegrationError: click was not resolved within 1 second'])
  await page.evaluate('window.rejects = true')
  await button.click()
  await until(async () => ((await readWindow('seen')) as string[]).length === 2)
  expect(await page.locator('iframe[title="Google Pay"]').count()).toBe(0)
  expect(problems).toHaveLength(1)
})
