import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { pageWorld } from '../../../support/phone.ts'
import { isReady, onDevice, overflowing } from '../../../support/documented/themed-page.ts'

const own = pageWorld(() => ({ worker: false }))

const longWord = 'Donaudampfschifffahrtsgesellschaftskapitaenskajuetenschluessel'

/** A brand and an item with long names, a wide logo, and all that a footer can have. */
async function longSetup(locale: string): Promise<string> {
  const { seeds, asNative } = own.world
  const brand = await asNative('PATCH', `/v1/brands/${seeds.brand_id}`, {
    name: longWord,
    logo_url: 'https://cdn.example.com/logo.svg',
    colour: '#ffff00',
    legal_name: `${longWord} GmbH & Co. KG`,
    support_email: `${longWord.slice(0, 40)}@example.com`,
    support_phone: '+4930123456789',
    support_url: `https://example.com/${longWord}`,
    terms_url: 'https://example.com/terms',
    privacy_url: 'https://example.com/privacy',
  })
  expect(brand.status).toBe(200)
  const item = await asNative('POST', '/v1/billable_items', {
    type: 'trigger',
    name: longWord,
    amount: 1500,
    currency: 'USD',
  })
  expect(item.status).toBe(201)
  const { bc, page } = await own.world.openSetup(undefined, { bi_id: item.body.id })
  const options = { locale, cancel_url: 'https://example.com/back' }
  expect((await asNative('POST', `/v1/billing_customers/${bc}/setup_link`, { page: options })).status).toBe(200)
  return page.url.href
}

/** As a browser shows it with a root font of twice the size. */
const doubleText = (page: Page) => page.evaluate(() => (document.documentElement.style.fontSize = '200%'))
/** Shows what only later states show. */
const showAll = (page: Page) =>
  page.evaluate(() => document.querySelectorAll<HTMLElement>('[hidden]').forEach((part) => (part.hidden = false)))

test.each(['en', 'ar'])(
  'nothing of the page in %s is cut off, from 320 to 1280 pixels and with large text',
  async (locale) => {
    const url = await longSetup(locale)
    await onDevice(own.browser, { viewport: { width: 320, height: 700 } }, url, async (page) => {
      await isReady(page)
      await showAll(page)
      for (const width of [320, 390, 1280]) {
        await page.setViewportSize({ width, height: 700 })
        expect([width, await overflowing(page)]).toEqual([width, []])
      }
      await doubleText(page)
      for (const width of [320, 1280]) {
        await page.setViewportSize({ width, height: 700 })
        expect([width, '200 %', await overflowing(page)]).toEqual([width, '200 %', []])
      }
    })
  },
)

test('in forced colors all controls have an edge, and the focus is visible', async () => {
  const { page: setup } = await own.world.openSetup()
  const options = { forcedColors: 'active', reducedMotion: 'reduce' } as const
  await onDevice(own.browser, options, setup.url.href, async (page) => {
    await isReady(page)
    await showAll(page)
    const without = await page.evaluate(() => {
      const canvas = getComputedStyle(document.querySelector('main')!).backgroundColor
      const controls = [...document.querySelectorAll('button, a.button, .choice, main, .badge')]
      return controls
        .filter((control) => {
          const { borderTopWidth, borderTopStyle, borderTopColor, opacity } = getComputedStyle(control)
          return borderTopWidth === '0px' || borderTopStyle === 'none' || borderTopColor === canvas || opacity !== '1'
        })
        .map(({ outerHTML }) => outerHTML)
    })
    expect(without).toEqual([])
    await page.keyboard.press('Tab')
    const ring = await page.evaluate(() => {
      const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement!)
      return { outlineStyle, outlineWidth }
    })
    expect(ring).toEqual({ outlineStyle: 'solid', outlineWidth: '3px' })
    // Nothing moves.
    const moving = await page.evaluate(
      () => document.getAnimations().filter(({ playState }) => playState === 'running').length,
    )
    expect(moving).toBe(0)
  })
})
