import { expect, test } from 'vitest'
import {
  linkNotices,
  noticesOfNobody,
  previewStates,
  type PreviewState,
} from '../../../../domain/tenant/page-previews.ts'
import { english } from '../../../../api/hosted-page/words/en.ts'
import { openPreviews, overflowing, untranslated, violations, type Look } from '../../../support/documented/previews.ts'
import { openOnPhone, pageWorld } from '../../../support/phone.ts'

// The whole matrix: `npm run page-matrix`. Without it, each state in one look, and a few of them in every look.

const own = pageWorld(() => ({ worker: false }))
const isWhole = process.env.MATRIX === 'whole'

const phone: Look = { locale: 'en', width: 390, colors: 'light' }
const preview = (query: string, headers = { Authorization: `Bearer ${own.world.seeds.secret_key}` }) =>
  own.world.request(`/v1/brands/${own.world.seeds.brand_id}/preview${query}`, { headers })

test('every state is drawn with its headline, and requests nothing', async () => {
  const tab = await openPreviews(own.browser, own.world, phone)
  const shown: Partial<Record<PreviewState, string>> = {}
  for (const state of previewStates) {
    await tab.show(state)
    const alert = tab.page.locator('#alert:not(:empty)')
    if (state === 'card_not_loaded') await alert.waitFor()
    const said = [tab.page.locator('h1'), tab.page.getByRole('status'), alert].map((each) => each.allInnerTexts())
    shown[state] = (await Promise.all(said)).flat().join(' | ')
  }
  expect(shown).toMatchObject({
    form: expect.stringMatching(/^Set up billing/),
    submitting: expect.stringMatching(/Sending your card/),
    offline: expect.stringMatching(/You are offline/),
    working: expect.stringMatching(/^Setting up billing/),
    action: expect.stringMatching(/confirm on the page of your bank/),
    declined: expect.stringMatching(/^Set up billing.*insufficient funds/),
    price_changed: expect.stringMatching(/\$15\.00.*\$20\.00/),
    done: expect.stringMatching(/^You are all set/),
    confirm: expect.stringMatching(/^Confirm with your bank/),
    closing: expect.stringMatching(/^This setup is closing/),
    card_not_loaded: expect.stringMatching(/^Set up billing.*could not be loaded/),
    cool_down: expect.stringMatching(/accepts the next one at/),
    asked: expect.stringMatching(/^Confirm with your bank.*the link that was sent/),
    watching: expect.stringMatching(/^Set up billing.*the link that was sent/),
    active: expect.stringMatching(/^Billing is set up/),
    suspended: expect.stringMatching(/^Billing is paused/),
  })
  for (const notice of [...linkNotices, ...noticesOfNobody])
    expect(shown[notice]).toContain(english.notices[notice].title)
  expect(tab.complaints.filter((text) => !/preview shows/.test(text))).toEqual([])
  expect(tab.sent.filter(({ url }) => !url.includes('/preview?'))).toEqual([])
  await tab.close()
})

test('a replacement has its own words, without a price', async () => {
  const tab = await openPreviews(own.browser, own.world, phone)
  await tab.show('form', 'replacement')
  expect(await tab.page.locator('h1').innerText()).toBe('Replace your payment method')
  expect(await tab.page.locator('main').innerText()).not.toContain('$')
  await tab.close()
})

test('previews show what the customer agrees to, also by the box of the setting', async () => {
  const tab = await openPreviews(own.browser, own.world, phone)
  const { page } = tab
  await tab.show('form')
  const lately = /charges \$49\.00 for Monthly visit each time payment is due\./
  expect(await page.locator('#summary').innerText()).toMatch(lately)
  expect(await page.locator('#consent').innerText()).toMatch(lately)
  expect(await page.locator('#consent').innerText()).toMatch(/you agree to the following: .* charges \$15\.00 now\./)
  const set = async (consent: string | null) =>
    expect((await own.world.asNative('PATCH', '/v1/settings', { consent })).status).toBe(200)
  await set('checkbox')
  for (const state of isWhole ? previewStates : few) await tab.show(state)
  await tab.show('price_changed')
  const box = page.getByRole('checkbox', { name: 'I agree to the following' })
  expect(await box.isChecked()).toBe(false)
  await page.getByRole('button', { name: 'Pay $20.00 and finish' }).click()
  await page.getByRole('alert').filter({ hasText: 'Please agree to this' }).waitFor()
  expect([await violations(page), await overflowing(page)]).toEqual([[], []])
  await set(null)
  await tab.close()
})

test('a preview offers no language that it is not in, and its list is as wide as on the page', async () => {
  const tab = await openPreviews(own.browser, own.world, phone)
  await tab.show('form')
  const list = tab.page.getByRole('combobox', { name: 'Language' })
  expect(await list.locator('option').allTextContents()).toEqual(['English'])
  const width = async (page = tab.page) => (await page.locator('#language').boundingBox())!.width
  const ofPreview = await width()
  const { page: setup } = await own.world.openSetup()
  const phoneOfCustomer = await openOnPhone(own.browser, setup.url.href)
  expect(await width(phoneOfCustomer.page)).toBe(ofPreview)
  await phoneOfCustomer.close()
  await tab.close()
})

test('in Arabic, the symbol of a currency is left of the amount and in its own order', async () => {
  const tab = await openPreviews(own.browser, own.world, { ...phone, locale: 'ar' })
  await tab.show('form')
  const order = await tab.page.locator('#today').evaluate((element) => {
    const text = element.firstChild!
    const leftOf = (part: string) => {
      const range = document.createRange()
      range.setStart(text, text.textContent!.indexOf(part))
      range.setEnd(text, text.textContent!.indexOf(part) + 1)
      return range.getBoundingClientRect().left
    }
    return ['U', 'S', '$', '1', '5'].sort((a, b) => leftOf(a) - leftOf(b)).join('')
  })
  expect(order).toBe('US$15')
  await tab.close()
})

test('a preview is one file for the callers of the organization, and no page of a customer', async () => {
  const { status, headers } = await preview('?state=declined&locale=de&theme=dark')
  expect([status, headers.get('Content-Type'), headers.get('Cache-Control')]).toEqual([
    200,
    'text/html; charset=UTF-8',
    'no-store',
  ])
  expect(headers.get('Content-Security-Policy')).toContain("default-src 'none'; script-src data:;")
  expect((await preview('?state=paid')).body).toMatchObject({ status: 400, param: 'state' })
  expect((await preview('?locale=xx')).body).toMatchObject({ status: 400, param: 'locale' })
  expect((await preview('?color=red')).body).toMatchObject({ status: 400, param: 'color' })
  const other = { Authorization: `Bearer ${own.world.seeds.other_org.secret_key}` }
  expect((await preview('', other)).status).toBe(404)
  expect((await own.world.request(`/v1/brands/${own.world.seeds.brand_id}/preview`)).status).toBe(401)
})

/** What no language translates. */
const names = ['Northwind Fitness', 'Monthly visit', 'PayPal', 'help@example.com', 'onb_preview']
const few: PreviewState[] = ['form', 'declined', 'working', 'action', 'done', 'expired']
const locales = ['en', 'de', 'ar', 'en-XA']
const looks = locales.flatMap((locale) =>
  [320, 390, 1280].flatMap((width) =>
    (['light', 'dark', 'forced'] as const).map((colors): Look => ({ locale, width, colors })),
  ),
)
// Each locale, width and colors at least once.
const fewLooks: Look[] = [
  { locale: 'en', width: 320, colors: 'light' },
  { locale: 'ar', width: 390, colors: 'dark' },
  { locale: 'de', width: 1280, colors: 'forced' },
  { locale: 'en-XA', width: 320, colors: 'dark' },
]

test.each(isWhole ? looks : fewLooks)('no state violates WCAG 2.2 AA or overflows: %o', async (look) => {
  const tab = await openPreviews(own.browser, own.world, look)
  const found: Record<string, string[]> = {}
  for (const kind of isWhole ? ['onboarding', 'replacement'] : ['onboarding'])
    for (const state of isWhole ? previewStates : few) {
      await tab.show(state, kind)
      const wrong = [...(await violations(tab.page)), ...(await overflowing(tab.page))]
      if (look.locale === 'en-XA') wrong.push(...(await untranslated(tab.page, names)))
      if (wrong.length > 0) found[`${state} ${kind}`] = wrong
    }
  expect(found).toEqual({})
  await tab.close()
})
