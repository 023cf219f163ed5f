import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Browser } from 'playwright-core'
import { conflictGuide, failureGuide } from '../../../domain/failure/failure-guide.ts'
import { isolatedContext, launchBrowser } from '../../../tools/scripts/browser.ts'
import { createWorld, type World } from '../../support/world/world.ts'

let world: World
let browser: Browser
beforeAll(async () => {
  world = await createWorld({ worker: false })
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser.close()
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
  await page.getByText('Create a customer, and open its onboarding').first().waitFor()
  const { body } = await world.request('/openapi.json')
  const count = Object.values(body.paths as object).flatMap((methods) => Object.keys(methods as object)).length
  expect(await page.locator('.opblock').count()).toBe(count)
  await page.getByText('Create a customer, and open its onboarding').first().click()
  await page.getByText('usr_12345').first().waitFor()
  expect(answer!.headers()['content-security-policy']).not.toContain('unsafe')
  expect(complaints).toEqual([])
  expect(refused).toEqual([])
  expect(sent.filter(({ url }) => !url.startsWith(world.apiUrl) && !url.startsWith('data:'))).toEqual([])
  await close()
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
