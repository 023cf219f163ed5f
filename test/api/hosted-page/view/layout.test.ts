import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { openPreviews } from '../../../support/documented/previews.ts'
import { isReady, onDevice } from '../../../support/documented/themed-page.ts'
import { pageWorld } from '../../../support/phone.ts'

const own = pageWorld(() => ({ worker: false }))

const boxOf = async (page: Page, selector: string) => (await page.locator(selector).boundingBox())!
const payButton = 'form#payment button[type="submit"]'

test.each([
  ['ltr', 'en'],
  ['rtl', 'ar'],
])(
  'on a wide screen the form is beside what the customer agrees to, also from right to left (%s)',
  async (_, locale) => {
    const tab = await openPreviews(own.browser, own.world, { locale, width: 1280, colors: 'light' })
    await tab.show('form')
    const [summary, form] = [await boxOf(tab.page, '#summary'), await boxOf(tab.page, '#payment')]
    const [first, second] = locale === 'ar' ? [form, summary] : [summary, form]
    expect(second.x).toBeGreaterThan(first.x + first.width)
    expect(form.y).toBeLessThan(summary.y)
    // A phone on its side has no room for one above the other.
    await tab.page.setViewportSize({ width: 740, height: 360 })
    expect((await boxOf(tab.page, '#payment')).y).toBeLessThan((await boxOf(tab.page, '#summary')).y)
    await tab.page.setViewportSize({ width: 700, height: 740 })
    expect((await boxOf(tab.page, '#payment')).y).toBeGreaterThan((await boxOf(tab.page, '#summary')).y + 20)
    await tab.close()
  },
)

test('on a low screen the button stays in view, and does not cover the field that has the focus', async () => {
  const { page: setup } = await own.world.openSetup()
  const viewport = { width: 360, height: 560 }
  await onDevice(own.browser, { viewport }, setup.url.href, async (page) => {
    await isReady(page)
    await page.locator('#card-form').scrollIntoViewIfNeeded()
    const cardForm = page.frameLocator('#card-form iframe')
    for (const field of ['Card number', 'Expiration date', 'Security code']) {
      await cardForm.getByLabel(field).focus()
      const [input, button] = [await cardForm.getByLabel(field).boundingBox(), await boxOf(page, payButton)]
      expect(button.y + button.height, field).toBeLessThanOrEqual(viewport.height)
      expect(input!.y, field).toBeGreaterThanOrEqual(0)
      expect(input!.y + input!.height, field).toBeLessThanOrEqual(button.y)
    }
  })
})

test('what the bank asks for is explained above the button that leads there', async () => {
  const tab = await openPreviews(own.browser, own.world, { locale: 'en', width: 390, colors: 'light' })
  await tab.show('confirm')
  const [status, button] = [await boxOf(tab.page, '#status'), await boxOf(tab.page, '#confirm')]
  expect(await tab.page.locator('#status').innerText()).toContain('Your bank wants to make sure that it is you')
  expect(status.y + status.height).toBeLessThanOrEqual(button.y)
  await tab.close()
})
