import type { Browser, FrameLocator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { isolatedContext } from '../../tools/scripts/browser.ts'
import { closePages, sharedBrowser } from './shared-browser.ts'
import { createWorld, type World, type WorldOptions } from './world/world.ts'

// A customer's actions on the hosted page, on a small phone.

/** Returns the world and browser of a test file, opened before its tests and closed after them. */
export function pageWorld(options: () => WorldOptions = () => ({})): { world: World; browser: Browser } {
  const own = {} as { world: World; browser: Browser }
  beforeAll(async () => {
    own.world = await createWorld({ longestRetryPause: 300, paypal: true, ...options() })
    own.browser = await sharedBrowser()
  })
  afterEach(() => own.world.clearFaults())
  afterAll(async () => {
    await closePages(own.browser)
    await own.world.close()
  })
  return own
}

export interface Phone {
  page: Page
  sent: { url: string; body: string }[]
  /** Errors that the browser reported. */
  complaints: string[]
  /** Closes the page. Throws if a request left this machine. */
  close(): Promise<void>
}

/** Opens a setup link on a small phone. */
export async function openOnPhone(browser: Browser, url: string): Promise<Phone> {
  const { context, refused, sent } = await isolatedContext(browser, {
    viewport: { width: 360, height: 740 },
    locale: 'en-US',
  })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(url)
  // Not in quirks mode, which changes sizes.
  expect(await page.evaluate(() => document.compatMode)).toBe('CSS1Compat')
  const close = async () => {
    await context.close()
    expect(refused).toEqual([])
  }
  return { page, sent, complaints, close }
}

export async function enterCard(page: Page | FrameLocator, number: string): Promise<void> {
  const form = page.frameLocator('#card-form iframe')
  await form.getByLabel('Card number').fill(number)
  await form.getByLabel('Expiration date').fill('12 / 34')
  await form.getByLabel('Security code').fill('123')
}

export const choose = (page: Page, method: 'Card' | 'PayPal') =>
  page.getByRole('group', { name: 'Payment method' }).getByLabel(method).check()

export const pay = (page: Page) => page.getByRole('button', { name: 'Pay $15.00 and finish' }).click()

/** Goes to PayPal, which is chosen. */
export const continueToPayPal = (page: Page) => page.getByRole('button', { name: 'Continue to PayPal' }).click()

export const isDone = (page: Page | FrameLocator) => page.getByRole('heading', { name: 'You are all set' }).waitFor()

/** Waits until the page shows this text as an alert. */
export const isTold = (page: Page, words: string) => page.getByRole('alert').filter({ hasText: words }).waitFor()

/** Submits a card that is declined, then pays with another. */
export async function payAfterDecline(page: Page): Promise<void> {
  await enterCard(page, '4000000000009995')
  await pay(page)
  await isTold(page, 'insufficient funds. You have not been charged')
  await enterCard(page, '4242424242424242')
  await pay(page)
  await isDone(page)
}
