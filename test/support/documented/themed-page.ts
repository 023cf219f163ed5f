import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { expect } from 'vitest'
import { isolatedContext } from '../../../tools/scripts/browser.ts'

/** A logo of 1200 by 60 pixels, for every URL of `cdn.example.com`. */
const wideLogo = '<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="60"><path d="M0 0h1200v60H0z"/></svg>'

/** Opens a page on a device with these preferences. Calls `then` with it, and closes it. */
export async function onDevice<Result>(
  browser: Browser,
  options: BrowserContextOptions,
  url: string,
  then: (page: Page) => Promise<Result>,
): Promise<Result> {
  const { context, refused } = await isolatedContext(browser, { locale: 'en-US', ...options })
  await context.route('https://cdn.example.com/**', (route) =>
    route.fulfill({ contentType: 'image/svg+xml', body: wideLogo }),
  )
  try {
    const page = await context.newPage()
    await page.goto(url)
    return await then(page)
  } finally {
    await context.close()
    expect(refused).toEqual([])
  }
}

/** Waits until the card form has loaded and the button is enabled: no text is pale then. */
export async function isReady(page: Page): Promise<void> {
  await page.locator('form#payment button[type="submit"][aria-disabled="false"]').waitFor()
}

/** Returns the value of a token of the page's style. */
export const tokenOf = (page: Page, name: string): Promise<string> =>
  page.evaluate((token) => getComputedStyle(document.documentElement).getPropertyValue(`--${token}`).trim(), name)

/** Returns the elements that are wider than the window, or whose text is cut off; empty if all can be read. */
export const overflowing = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement
    const tooWide = [...document.body.querySelectorAll<HTMLElement>('*')].filter((element) => {
      if (!element.checkVisibility() || element.closest('[type="radio"]')) return false
      const { left, right } = element.getBoundingClientRect()
      const isCut = element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== 'inline'
      return right > clientWidth + 1 || left < -1 || isCut
    })
    const names = tooWide.map(({ tagName, id, className }) => `${tagName}#${id}.${className}`)
    return scrollWidth > clientWidth ? [`page: ${scrollWidth} of ${clientWidth}`, ...names] : names
  })
