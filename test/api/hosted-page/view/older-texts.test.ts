import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { pageLocales } from '../../../../domain/hosted-page.ts'
import { isReady, onDevice, overflowing } from '../../../support/documented/themed-page.ts'
import { pageWorld } from '../../../support/phone.ts'
import { pageDataIn } from '../../../support/world/page-data.ts'

// Texts and addresses that were stored before the rules for them, and that no call accepts any more.

const own = pageWorld(() => ({ worker: false }))

const script = '</script><script>window.ran=1</script><img src=x onerror=window.ran=1>"\'-->{price}{{7*7}}'
/** Ends an isolation and an embedding, and begins an override: `$15.00` beside it would become `00.51$`. */
const override = '\u2069\u202c\u202e'
const longWord = 'W'.repeat(200)
const run = 'javascript:window.ran=1'

/** Stores a brand, an item and the URLs of the page with hostile texts, and opens the link. */
async function openOlder(text: string, locale: string): Promise<string> {
  const { sql, seeds, asNative, openSetup } = own.world
  const { bc } = await openSetup()
  const { body } = await asNative('POST', `/v1/billing_customers/${bc}/setup_link`, { page: { locale } })
  await sql`
    update brands set name = ${text}, legal_name = ${text}, statement_name = ${text}, support_contact = ${text},
      support_email = null, support_phone = ${null}, support_url = ${null}, logo_url = ${run}, logo_dark_url = ${text},
      terms_url = ${run}, privacy_url = ${text}
    where id = ${seeds.brand_id}`
  await sql`update billable_items set name = ${text} where id = ${seeds.item_id}`
  await sql`
    update onboardings set return_url = ${run}, cancel_url = ${text}, on_completion = 'redirect'
    where billing_customer_id = ${bc}`
  return body.setup_url as string
}

/** Returns the characters of the price in the order in which they are painted, from left to right. */
const paintedPrice = (page: Page) =>
  page.evaluate(() => {
    const text = document.getElementById('today')!.firstChild!
    const found = /\d+[.,]\d\d/.exec(text.textContent!)!
    const places = [...found[0]].map((character, i) => {
      const range = document.createRange()
      range.setStart(text, found.index + i)
      range.setEnd(text, found.index + i + 1)
      return { character, left: range.getBoundingClientRect().left }
    })
    return places
      .sort((one, other) => one.left - other.left)
      .map(({ character }) => character)
      .join('')
  })

const showAll = (page: Page) =>
  page.evaluate(() => document.querySelectorAll<HTMLElement>('[hidden]').forEach((part) => (part.hidden = false)))

test.each(pageLocales)('in %s they neither run, nor reorder the price, nor make the page wider', async (locale) => {
  const colorScheme = locale.length === 2 ? 'light' : 'dark'
  for (const text of [`${override}${script}`, `${override}${longWord}\u200b`]) {
    const url = await openOlder(text, locale)
    await onDevice(own.browser, { viewport: { width: 360, height: 740 }, colorScheme }, url, async (page) => {
      const complaints: string[] = []
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
      page.on('pageerror', (error) => complaints.push(error.message))
      await isReady(page)
      expect(await paintedPrice(page)).toMatch(/^15[.,]00$/)
      await showAll(page)
      expect(await overflowing(page)).toEqual([])
      const found = await page.evaluate(() => ({
        ran: (window as unknown as { ran?: number }).ran,
        scripts: [...document.scripts].filter(({ src, type }) => src === '' && type !== 'application/json').length,
        // Without the mark of PayPal, which is ours.
        images: [...document.images].filter(({ src }) => !src.endsWith('/paypal.svg')).length,
        links: [...document.links].map(({ href }) => href),
        title: document.title,
      }))
      expect(found).toMatchObject({ ran: undefined, scripts: 0, images: 0, links: [] })
      expect(`${await page.content()}${found.title}`).not.toMatch(/[\u202a-\u202e\u2066\u2067\u200b]/)
      expect(complaints).toEqual([])
    })
  }
})

test('the data for the script and a preview have the same texts, and no address that could run', async () => {
  const url = await openOlder(`${override}Acme${script}`, 'en')
  const data = pageDataIn(await (await fetch(url)).text())
  expect(data).toMatchObject({ brand: `Acme${script}`, itemName: `Acme${script}`, returnTo: null })
  const { seeds, asNative } = own.world
  for (const state of ['form', 'done', 'expired']) {
    const { status, body } = await asNative('GET', `/v1/brands/${seeds.brand_id}/preview?state=${state}`)
    expect(status).toBe(200)
    expect(body).not.toMatch(/javascript:|\u202e|<img src=x/)
  }
})

test.each([
  [`${override}Acme`, 'Acme'],
  [longWord.repeat(10), 'W'.repeat(300)],
  ['\u200b', null],
])('PayPal gets a brand name that it accepts', async (name, accepted) => {
  const { sql, seeds, openSetup, simulatePayPal } = own.world
  const { page } = await openSetup()
  await sql`update brands set name = ${name} where id = ${seeds.brand_id}`
  const { status, body } = await page.openPayPal()
  expect(status).toBe(200)
  expect((await simulatePayPal(`approval?setup_token=${body.setup_token}`)).body.brand_name).toBe(accepted)
})
