import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { findLanguage } from '../../../api/hosted-page/words/languages.ts'
import { enterCard, isTold, openOnPhone, pageWorld, pay } from '../../support/phone.ts'
import { until } from '../../support/until.ts'

const own = pageWorld()
const german = findLanguage('de')!.words
const arabic = findLanguage('ar')!.words

const headed = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor()
const choose = (page: Page, from: string, tag: string) => page.getByRole('combobox', { name: from }).selectOption(tag)
const cardFrame = (page: Page) => page.frameLocator('#card-form iframe')

/** Counts how often the tab loads the page. */
function countLoads(page: Page): () => number {
  let loads = 0
  page.on('framenavigated', (frame) => void (frame === page.mainFrame() && loads++))
  return () => loads
}

test('another language is shown in place: the typed card stays, and the card form follows', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  const { page, complaints, close } = await openOnPhone(own.browser, setup.url.href)
  await enterCard(page, '4242424242424242')
  const loads = countLoads(page)
  await choose(page, 'Language', 'de')
  await headed(page, german.headlines.setUp)
  expect(loads()).toBe(0)
  expect(await page.title()).toContain(german.headlines.setUp)
  expect(await page.evaluate(() => [document.documentElement.lang, document.activeElement?.id])).toEqual([
    'de',
    'language',
  ])
  await page.getByRole('group', { name: german.form.paymentMethod }).getByLabel(german.form.card).waitFor()
  await expect.poll(() => cardFrame(page).locator('html').getAttribute('data-locale')).toBe('de')
  expect(await cardFrame(page).getByLabel('Card number').inputValue()).toBe('4242424242424242')
  // All of the page: nothing is left in English.
  expect(await page.locator('body').innerText()).not.toMatch(/Set up|payment method|finish|Test mode|Questions/)
  await page.getByRole('button', { name: /15,00\s\$/ }).click()
  await headed(page, german.headlines.done)
  // At the end as well.
  expect(await page.locator('#language').evaluate((select: HTMLSelectElement) => select.inert)).toBe(false)
  await choose(page, german.page.language, 'ar')
  await headed(page, arabic.headlines.done)
  await page.reload()
  await headed(page, arabic.headlines.done)
  expect((await own.world.ledger(bc)).charges).toHaveLength(1)
  expect(complaints).toEqual([])
  await close()
})

test('the words between the wallets and the card form follow the language', async () => {
  await own.world.simulate('settings', { wallets: ['google_pay'] })
  const { page: setup } = await own.world.openSetup()
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  await page.getByText('Or with a card').waitFor()
  await choose(page, 'Language', 'de')
  await page.getByText(german.form.orCard).waitFor()
  expect(await page.getByText('Or with a card').count()).toBe(0)
  await own.world.simulate('settings', { wallets: [] })
  await close()
})

test('the choice holds in this tab only; a decline is said in the language that is chosen after it', async () => {
  const { page: setup } = await own.world.openSetup()
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  await enterCard(page, '4000000000009995')
  await pay(page)
  await isTold(page, 'insufficient funds')
  await choose(page, 'Language', 'ar')
  await isTold(page, arabic.declines.insufficient_funds)
  for (const look of ['first', 'again']) {
    if (look === 'again') await page.reload()
    await headed(page, arabic.headlines.setUp)
    expect(await page.evaluate(() => document.documentElement.dir)).toBe('rtl')
  }
  expect(page.url()).not.toContain('token')
  const other = await openOnPhone(own.browser, setup.url.href)
  await headed(other.page, 'Set up billing')
  await other.close()
  await close()
})

test('pages without a form are loaded again in the language', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  await own.world.asNative('POST', `/v1/billing_customers/${bc}/setup_link`, { replace: true })
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  await headed(page, 'There is a newer link')
  await choose(page, 'Language', 'de')
  await headed(page, german.notices.replaced.title)
  await close()
})

test('no other language can be chosen during a submission; without a network the page stays as it is', async () => {
  const { page: setup } = await own.world.openSetup()
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  await enterCard(page, '4242424242424242')
  const language = page.locator('select#language')
  await page.context().setOffline(true)
  await choose(page, 'Language', 'de')
  await expect.poll(() => language.inputValue()).toBe('en')
  await headed(page, 'Set up billing')
  await page.context().setOffline(false)
  let release = () => {}
  const held = new Promise<void>((resolve) => (release = resolve))
  await page.route('**/setup-completed', async (route) => {
    await held
    await route.continue()
  })
  await pay(page)
  await page.getByRole('button', { name: 'Paying $15.00…' }).waitFor()
  expect(await language.evaluate((select: HTMLSelectElement) => select.inert)).toBe(true)
  release()
  await headed(page, 'You are all set')
  await choose(page, 'Language', 'de')
  await headed(page, german.headlines.done)
  await close()
})

test('a language that arrives after the click does not bring the form back', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  await enterCard(page, '4242424242424242')
  const releases: (() => void)[] = []
  const hold = () => new Promise<void>((resolve) => releases.push(resolve))
  await page.route(/locale=de|setup-completed/, async (route) => {
    await hold()
    await route.continue()
  })
  await choose(page, 'Language', 'de')
  await until(async () => releases.length === 1)
  await pay(page)
  await until(async () => releases.length === 2)
  releases[0]!()
  await expect.poll(() => page.locator('select#language').inputValue()).toBe('en')
  expect(await page.locator('form#payment').getAttribute('aria-busy')).toBe('true')
  releases[1]!()
  await headed(page, 'You are all set')
  expect((await own.world.ledger(bc)).charges).toHaveLength(1)
  await close()
})
