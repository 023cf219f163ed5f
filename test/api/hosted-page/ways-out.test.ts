import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isolatedContext } from '../../../tools/scripts/browser.ts'
import { enterCard, isDone, openOnPhone, pageWorld, pay } from '../../support/phone.ts'

// Where the customer can go from the page: the caller's URLs, and the brand's contacts and terms.

let caller: Server
const callerOrigin = () => `http://localhost:${(caller.address() as AddressInfo).port}`
beforeAll(async () => {
  caller = createServer((_request, response) => response.setHeader('Content-Type', 'text/html').end('<h1>Back</h1>'))
  caller.listen(0, '127.0.0.1')
  await new Promise((resolve) => caller.once('listening', resolve))
})
afterAll(() => caller.close())

const own = pageWorld()

/** Opens a link with options of the page. */
async function openWith(options: object) {
  const { bc } = await own.world.openSetup()
  const { body, status } = await own.world.asNative('POST', `/v1/billing_customers/${bc}/setup_link`, { page: options })
  expect(status).toBe(200)
  const phone = await openOnPhone(own.browser, body.setup_url as string)
  return { bc, ...phone }
}
const back = 'Back to Northwind Fitness'

test('the cancel URL is a link on the form, and says who left and how', async () => {
  const { bc, page, close } = await openWith({ cancel_url: `${callerOrigin()}/cart?step=2` })
  await page.getByRole('link', { name: back }).click()
  await page.getByRole('heading', { name: 'Back' }).waitFor()
  const { pathname, search } = new URL(page.url())
  expect(`${pathname}${search}`).toBe(`/cart?step=2&billing_customer_id=${bc}&status=canceled`)
  await close()
})

test('the end shows the receipt and the way back, also after a reload', async () => {
  const urls = { return_url: `${callerOrigin()}/done`, cancel_url: `${callerOrigin()}/cart` }
  const { bc, page, close } = await openWith(urls)
  expect(await page.locator('#return').isVisible()).toBe(false)
  await enterCard(page, '4242424242424242')
  await pay(page)
  for (const look of ['first', 'again']) {
    if (look === 'again') await page.reload()
    await isDone(page)
    expect(await page.locator('#receipt').textContent()).toMatch(
      /^You paid \$15\.00 to Northwind Fitness on \w+ \d+, \d{4}\.$/,
    )
    await page.getByText('Reference: onb_').waitFor()
    // Nothing that says `canceled` any more.
    expect(await page.getByRole('link', { name: back }).count()).toBe(1)
  }
  await page.getByRole('link', { name: back }).click()
  await page.getByRole('heading', { name: 'Back' }).waitFor()
  expect(new URL(page.url()).search).toBe(`?billing_customer_id=${bc}&status=completed`)
  await close()
})

test('the date of the receipt is that of the customer’s time zone', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  await setup.submitCard()
  await own.world.ended(bc)
  await own.world.sql`
    update payment_attempts set closed_at = '2026-03-01T23:30:00Z'
    where onboarding_id in (select id from onboardings where billing_customer_id = ${bc})`
  for (const [timezoneId, day] of [
    ['Asia/Tokyo', 'March 2, 2026'],
    ['America/New_York', 'March 1, 2026'],
  ] as const) {
    const { context } = await isolatedContext(own.browser, { locale: 'en-US', timezoneId })
    const page = await context.newPage()
    await page.goto(setup.url.href)
    await page
      .locator('#receipt')
      .filter({ hasText: `on ${day}.` })
      .waitFor()
    await context.close()
  }
})

test('with on_completion redirect the page goes back by itself, unless the customer stays', async () => {
  for (const stays of [false, true]) {
    const { page, close } = await openWith({ return_url: `${callerOrigin()}/done`, on_completion: 'redirect' })
    await enterCard(page, '4242424242424242')
    await page.clock.install()
    await pay(page)
    await page.getByRole('status').filter({ hasText: 'In a few seconds you return to Northwind Fitness.' }).waitFor()
    if (stays) await page.getByRole('button', { name: 'Stay here' }).press('Enter')
    await page.clock.fastForward(5_001)
    if (stays) await page.getByRole('status').filter({ hasText: 'your account is active' }).waitFor()
    else await page.getByRole('heading', { name: 'Back' }).waitFor()
    expect(new URL(page.url()).origin).toBe(stays ? own.world.apiUrl : callerOrigin())
    await close()
  }
})

test('an onboarding that was canceled leads back with its status', async () => {
  const { bc, page, close } = await openWith({ return_url: `${callerOrigin()}/done` })
  await own.world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'asked to by phone' })
  // The page follows what happens to its onboarding.
  await page.getByRole('heading', { name: 'This setup was canceled' }).waitFor()
  expect(await page.getByRole('link', { name: back }).getAttribute('href')).toContain('&status=canceled')
  await close()
})

test('the foot has the brand’s contacts, terms and privacy policy', async () => {
  const { page, close } = await openWith({})
  const { body } = await own.world.asNative('PATCH', `/v1/brands/${own.world.seeds.brand_id}`, {
    support_email: 'care@example.com',
    support_phone: '+15550100100',
    terms_url: 'https://example.com/terms',
    privacy_url: 'https://example.com/privacy',
    legal_name: 'Northwind Fitness LLC',
    corner: 'pill',
  })
  expect(body).toMatchObject({ support_email: 'care@example.com', corner: 'pill' })
  await page.reload()
  await page.locator('footer').getByText('Northwind Fitness LLC').waitFor()
  const links = page.locator('footer').getByRole('link')
  await links.first().waitFor()
  expect(await links.evaluateAll((all) => all.map((link) => [link.textContent, link.getAttribute('href')]))).toEqual([
    ['care@example.com', 'mailto:care@example.com'],
    ['+15550100100', 'tel:+15550100100'],
    ['Terms', 'https://example.com/terms'],
    ['Privacy policy', 'https://example.com/privacy'],
  ])
  expect(
    await page
      .locator('button.primary')
      .first()
      .evaluate((button) => getComputedStyle(button).borderRadius),
  ).toBe('24px')
  await close()
})
