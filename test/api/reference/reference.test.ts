import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Browser } from 'playwright-core'
import { conflictGuide } from '../../../domain/failure/conflict-guide.ts'
import { eventTypes } from '../../../domain/events/events.ts'
import { failureGuide } from '../../../domain/failure/failure-guide.ts'
import { isolatedContext } from '../../../tools/scripts/browser.ts'
import { lowContrasts } from '../../support/documented/contrast.ts'
import { closePages, sharedBrowser } from '../../support/shared-browser.ts'
import { createWorld, type World } from '../../support/world/world.ts'

let world: World
let browser: Browser
beforeAll(async () => {
  world = await createWorld({ worker: false })
  browser = await sharedBrowser()
})
afterAll(async () => {
  await closePages(browser)
  await world.close()
})

async function open(path: string) {
  const { context, refused, sent } = await isolatedContext(browser)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  const answer = await page.goto(`${world.apiUrl}${path}`)
  expect(await page.evaluate(() => document.compatMode)).toBe('CSS1Compat')
  return { page, answer, refused, sent, complaints, close: () => context.close() }
}

test('the reference shows every operation, under a policy that allows nothing from other origins', async () => {
  const { page, answer, refused, sent, complaints, close } = await open('/docs')
  await page.getByText('Create a customer; opens its onboarding').first().waitFor()
  const { body } = await world.request('/openapi.json')
  const count = Object.values(body.paths as object).flatMap((methods) => Object.keys(methods as object)).length
  expect(await page.locator('article .route').count()).toBe(count)
  await page.locator('.contents a[href="#createCustomer"]').click()
  await page.locator('#createCustomer pre:visible', { hasText: 'curl https://billing.example.com' }).waitFor()
  expect(answer!.headers()['content-security-policy']).not.toContain('unsafe')
  expect(complaints).toEqual([])
  expect(refused).toEqual([])
  expect(sent.filter(({ url }) => !url.startsWith(world.apiUrl) && !url.startsWith('data:'))).toEqual([])
  await close()
})

test('the language of all samples is chosen once, and kept for the next visit', async () => {
  const { page, complaints, close } = await open('/docs')
  const shown = page.locator('#openBillingCustomer pre[data-language]:visible')
  expect(await shown.allTextContents()).toEqual([expect.stringMatching(/^curl /)])
  await page.getByLabel('TypeScript', { exact: true }).check()
  expect(await shown.allTextContents()).toEqual([expect.stringContaining("billing.post('/v1/billing_customers'")])
  await page.reload()
  expect(await shown.allTextContents()).toEqual([expect.stringContaining('billing.post')])
  expect(complaints).toEqual([])
  await close()
})

test('the search finds operations by words of their summary, path or id', async () => {
  const { page, close } = await open('/docs')
  await page.keyboard.press('/')
  await page.keyboard.type('setup_link post')
  await expect.poll(() => page.locator('.contents li:visible').allTextContents()).toHaveLength(1)
  await page.keyboard.press('Enter')
  await expect.poll(() => page.url()).toMatch(/#createSetupLink$/)
  await page.getByRole('searchbox').fill('nothing like this')
  await expect.poll(() => page.locator('#found').textContent()).toBe('0 found')
  await close()
})

test('the reference follows the colors of the system, and a keyboard reaches every scrollable part', async () => {
  const { page, close } = await open('/docs')
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  await page.emulateMedia({ colorScheme: 'light' })
  const light = await ground()
  await page.emulateMedia({ colorScheme: 'dark' })
  expect(await ground()).not.toBe(light)
  const unnamed = page.locator('pre:not([tabindex="0"]), pre:not([aria-label])')
  expect(await unnamed.count()).toBe(0)
  const ids = await page.locator('[id]').evaluateAll((all) => all.map(({ id }) => id))
  expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([])
  const targets = await page
    .locator('a[href^="#"]')
    .evaluateAll((all) => all.map((a) => a.getAttribute('href')!.slice(1)))
  expect(targets.filter((target) => !ids.includes(target))).toEqual([])
  await close()
})

test('every text has enough contrast in light and dark (WCAG 2.2, level AA)', async () => {
  for (const path of ['/docs#webhook-charge.succeeded', '/docs/errors#not_found']) {
    const { page, close } = await open(path)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      expect(await lowContrasts(page), `${path}, ${colorScheme}`).toEqual([])
    }
    await close()
  }
})

test('the reference shows every type of event with its own data, as it is sent', async () => {
  const { page, complaints, close } = await open('/docs')
  const events = page.locator('[aria-labelledby="webhooks"] article h3 code')
  expect(await events.allTextContents()).toEqual(eventTypes)
  const paymentFailed = page.locator('article[id="webhook-billing_customer.payment_failed"]')
  expect(await paymentFailed.locator('.name').allTextContents()).toEqual(['attempt', 'code', 'counts'])
  expect(JSON.parse((await paymentFailed.locator('pre').textContent())!)).toMatchObject({
    type: 'billing_customer.payment_failed',
    data: { billing_customer_id: expect.any(String), attempt: 1 },
  })
  await page.getByRole('searchbox').fill('payment_failed')
  await page.locator('.contents a[href="#webhook-billing_customer.payment_failed"]').click()
  await expect.poll(() => page.url()).toMatch(/#webhook-billing_customer\.payment_failed$/)
  expect(complaints).toEqual([])
  await close()
})

test('the reference fits a phone and a laptop', async () => {
  for (const width of [390, 1280]) {
    const { page, close } = await open('/docs#webhook-request')
    await page.setViewportSize({ width, height: 900 })
    const tooWide = await page.evaluate(() =>
      [...document.querySelectorAll('main *')]
        .filter((each) => each.getBoundingClientRect().right > innerWidth && !each.closest('pre'))
        .map(({ tagName, textContent }) => `${tagName} ${textContent.slice(0, 50)}`),
    )
    expect(tooWide, `${width} px`).toEqual([])
    await close()
  }
})

test('/llms.txt links every operation', async () => {
  const text = await (await fetch(`${world.apiUrl}/llms.txt`)).text()
  const { body } = await world.request('/openapi.json')
  const ids = Object.values(body.paths as Record<string, Record<string, { operationId: string }>>)
    .flatMap((methods) => Object.values(methods))
    .map(({ operationId }) => operationId)
  expect(ids.filter((id) => !text.includes(`(/docs#${id})`))).toEqual([])
})

test('the doc_url of a problem links to what its code means and what to do', async () => {
  const { body } = await world.asNative('GET', '/v1/customers/nobody')
  expect(body.doc_url).toBe(`${world.apiUrl}/docs/errors#not_found`)
  const { page, complaints, close } = await open('/docs/errors#not_found')
  expect(await page.locator('dt:target').textContent()).toContain('404')
  for (const [code, { meaning, remedy }] of Object.entries({ ...failureGuide, ...conflictGuide })) {
    expect(await page.locator(`dt[id="${code}"]`).count(), code).toBe(1)
    expect(await page.locator(`dt[id="${code}"] + dd`).textContent()).toBe(`${meaning} ${remedy}`)
  }
  expect(complaints).toEqual([])
  await close()
})
