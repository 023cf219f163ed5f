import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { isolatedContext } from '../../../tools/scripts/browser.ts'
import { control, eachWithPayPal, simulator } from '../../support/gateways/paypal-simulator.ts'
import { closePages, sharedBrowser } from '../../support/shared-browser.ts'
import { until } from '../../support/until.ts'

eachWithPayPal()

let browser: Browser
let shop: Server
let context: BrowserContext
let page: Page
beforeAll(async () => {
  browser = await sharedBrowser()
})
afterAll(() => closePages(browser))
beforeEach(async () => {
  shop = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end(shopPage()))
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve))
  ;({ context } = await isolatedContext(browser))
  page = await context.newPage()
})
afterEach(async () => {
  await context.close()
  await new Promise((resolve) => shop.close(resolve))
})

const shopUrl = () => `http://127.0.0.1:${(shop.address() as AddressInfo).port}`

/** A merchant's page with a button and the result. The page's URL has the token as `token`. */
const shopPage = () => `<!doctype html><title>Shop</title>
<button>PayPal</button><p id="result"></p>
<script src="${simulator.url}/web-sdk/v6/core"></script>
<script>
  const parameters = new URLSearchParams(location.search)
  const tell = (word) => (data) => {
    document.getElementById('result').textContent = word + ' ' + (data.vaultSetupToken ?? data.message)
  }
  void (async () => {
    const instance = await paypal.createInstance({ clientId: 'id', components: ['paypal-payments'] })
    const wanted = { currencyCode: parameters.get('currency') ?? 'USD', paymentFlow: 'VAULT_WITHOUT_PAYMENT' }
    const methods = parameters.has('unchecked') ? undefined : await instance.findEligibleMethods(wanted)
    if (methods?.isEligible('paypal') === false) return tell('not eligible')({ message: '' })
    const told = tell('approved')
    const onApprove = parameters.has('sync') ? told : async (data) => told(data)
    const options = { onApprove, onCancel: tell('cancelled'), onError: tell('failed') }
    const session = instance.createPayPalSavePaymentSession(options)
    if (session.hasReturned()) return session.resume()
    const vaultSetupToken = parameters.get('token')
    const later = () => new Promise((resolve) => setTimeout(() => resolve({ vaultSetupToken }), 50))
    const presentationMode = parameters.get('mode')
    document.querySelector('button').addEventListener('click', () => session.start({ presentationMode }, later()))
  })().catch(tell('thrown'))
</script>`

async function newSetupToken(): Promise<string> {
  const post = async (path: string, headers: object, body: string) =>
    (await (
      await fetch(simulator.url + path, { method: 'POST', headers: headers as Record<string, string>, body })
    ).json()) as Record<string, string>
  const basic = `Basic ${Buffer.from('id:secret').toString('base64')}`
  const { access_token } = await post('/v1/oauth2/token', { Authorization: basic }, 'grant_type=client_credentials')
  const experience_context = {
    return_url: `${shopUrl()}/back`,
    cancel_url: `${shopUrl()}/cancelled`,
    brand_name: 'Shop',
  }
  const { id } = await post(
    '/v3/vault/setup-tokens',
    { Authorization: `Bearer ${access_token}`, 'PayPal-Request-Id': 'a' },
    JSON.stringify({ payment_source: { paypal: { experience_context } } }),
  )
  return id!
}

const result = () => page.textContent('#result')
const status = async (token: string) =>
  ((await (await fetch(`${simulator.url}/_sim/approval?setup_token=${token}`)).json()) as { status: string }).status

async function clickInPopup(token: string, button: string): Promise<void> {
  await page.goto(`${shopUrl()}/?mode=auto&token=${token}`)
  const opened = page.waitForEvent('popup')
  await page.click('button')
  const popup = await opened
  await popup.getByRole('button', { name: button }).click()
}

test('the payer approves in a separate window, and the page is notified', async () => {
  const token = await newSetupToken()
  await clickInPopup(token, 'Agree and continue')
  await until(async () => (await result()) === `approved ${token}`)
  expect(await status(token)).toBe('APPROVED')
  expect(page.url()).toContain('mode=auto')
})

test('the payer cancels in a separate window, or closes it', async () => {
  const token = await newSetupToken()
  await clickInPopup(token, 'Cancel')
  await until(async () => (await result()) === `cancelled ${token}`)
  await page.reload()
  const opened = page.waitForEvent('popup')
  await page.click('button')
  await (await opened).close()
  await until(async () => (await result()) === `cancelled ${token}`)
  expect(await status(token)).toBe('PAYER_ACTION_REQUIRED')
})

test('if windows are blocked, the page itself redirects and returns', async () => {
  const token = await newSetupToken()
  await page.addInitScript('window.open = () => null')
  await page.goto(`${shopUrl()}/?mode=auto&token=${token}`)
  await page.click('button')
  await page.getByRole('button', { name: 'Agree and continue' }).click()
  await page.waitForURL(`${shopUrl()}/back?approval_token_id=${token}&approval_session_id=${token}`)
  await until(async () => (await result()) === `approved ${token}`)
})

test('a payer who cancels after a redirect returns to the cancel URL', async () => {
  const token = await newSetupToken()
  await page.goto(`${shopUrl()}/?mode=redirect&token=${token}`)
  await page.click('button')
  await page.getByRole('button', { name: 'Cancel' }).click()
  await page.waitForURL(`${shopUrl()}/cancelled`)
  expect(await result()).toBe('')
})

test('saving requires an eligibility check first', async () => {
  await page.goto(`${shopUrl()}/?unchecked=1`)
  await until(async () => (await result())?.includes('findEligibleMethods did not find PayPal for saving'))
})

test('an account without vaulting and a currency that PayPal does not support are not eligible', async () => {
  await page.goto(`${shopUrl()}/?currency=INR`)
  await until(async () => (await result()) === 'not eligible ')
  await control('settings', { features: ['disputes'] })
  await page.goto(`${shopUrl()}/`)
  await until(async () => (await result()) === 'not eligible ')
})

test('a callback that returns no promise is rejected', async () => {
  const token = await newSetupToken()
  await page.goto(`${shopUrl()}/?mode=auto&sync=1&token=${token}`)
  const opened = page.waitForEvent('popup')
  await page.click('button')
  await (await opened).getByRole('button', { name: 'Agree and continue' }).click()
  await until(async () => (await result()) === 'failed onApprove must return a promise')
})
