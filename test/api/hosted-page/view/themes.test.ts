import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { contrastBetween } from '../../../../domain/tenant/brand-contrast.ts'
import { pageColors, schemes, type Scheme } from '../../../../domain/tenant/page-colors.ts'
import { lowContrasts } from '../../../support/documented/contrast.ts'
import { enterCard, pageWorld } from '../../../support/phone.ts'
import { isReady, onDevice, tokenOf } from '../../../support/documented/themed-page.ts'

const own = pageWorld(() => ({ worker: false }))

const hexOf = (rgb: string) =>
  `#${(rgb.match(/\d+/g) ?? []).map((part) => Number(part).toString(16).padStart(2, '0')).join('')}`
const cardFrame = (page: Page) => page.frameLocator('#card-form iframe')
const inFrame = (page: Page, selector: string, property: 'color' | 'backgroundColor' | 'borderTopColor') =>
  cardFrame(page)
    .locator(selector)
    .first()
    .evaluate((element, name) => getComputedStyle(element)[name], property)
    .then(hexOf)

/** What the vendor's frame shows. */
const frameColors = async (page: Page) => ({
  theme: await cardFrame(page).locator('html').getAttribute('data-theme'),
  text: await inFrame(page, '.Label', 'color'),
  field: await inFrame(page, '.Input', 'backgroundColor'),
  line: await inFrame(page, '.Input', 'borderTopColor'),
})
const colorsOf = (scheme: Scheme) => ({
  theme: scheme === 'dark' ? 'night' : 'stripe',
  text: pageColors[scheme].text,
  field: pageColors[scheme].card,
  line: pageColors[scheme].line,
})
const groundOf = (page: Page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor).then(hexOf)

async function setBrand(fields: object): Promise<void> {
  const { brand_id } = own.world.seeds
  expect((await own.world.asNative('PATCH', `/v1/brands/${brand_id}`, fields)).status).toBe(200)
}

test.each(schemes)('on a %s device the page and the card form in it can be read', async (colorScheme) => {
  await setBrand({ colour: '#1c2430', theme: null })
  const { page: setup } = await own.world.openSetup()
  await onDevice(own.browser, { colorScheme }, setup.url.href, async (page) => {
    await isReady(page)
    expect(await lowContrasts(page)).toEqual([])
    expect(await groundOf(page)).toBe(pageColors[colorScheme].ground)
    expect(await frameColors(page)).toEqual(colorsOf(colorScheme))
    expect(await tokenOf(page, 'brand')).toBe('#1c2430')
  })
})

/** Returns the color of the page in the lower left corner of an element, as it is drawn. */
async function drawnAt(page: Page, selector: string): Promise<string> {
  const png = (await page.locator(selector).screenshot()).toString('base64')
  const reader = await page.context().newPage()
  const color = await reader.evaluate(async (data) => {
    const image = new Image()
    image.src = `data:image/png;base64,${data}`
    await image.decode()
    const { width, height } = image
    const canvas = Object.assign(document.createElement('canvas'), { width, height }).getContext('2d')!
    canvas.drawImage(image, 0, 0)
    return `rgb(${[...canvas.getImageData(1, height - 2, 1, 1).data].slice(0, 3).join(',')})`
  }, png)
  await reader.close()
  return hexOf(color)
}

test('the frame of the vendor has no background of its own, and follows the device while it is open', async () => {
  await setBrand({ colour: '#ff9900', theme: null })
  const { page: setup } = await own.world.openSetup()
  await onDevice(own.browser, { colorScheme: 'dark' }, setup.url.href, async (page) => {
    await isReady(page)
    expect(await drawnAt(page, '#card-form iframe')).toBe(pageColors.dark.card)
    await enterCard(page, '4242424242424242')
    await page.emulateMedia({ colorScheme: 'light' })
    await expect.poll(() => frameColors(page)).toEqual(colorsOf('light'))
    expect(await drawnAt(page, '#card-form iframe')).toBe(pageColors.light.card)
    expect(await cardFrame(page).getByLabel('Card number').inputValue()).toBe('4242424242424242')
    expect(await lowContrasts(page)).toEqual([])
  })
})

// The onboarding's own theme precedes that of the brand, and that precedes the device.
test.each([
  ['light', 'dark', undefined, 'dark'],
  ['dark', 'light', undefined, 'light'],
  ['dark', 'dark', 'light', 'light'],
  ['light', 'light', 'dark', 'dark'],
  ['dark', 'light', 'auto', 'dark'],
] as const)('on a %s device, with a brand that is %s and the option %s, the page is %s', async (...row) => {
  const [device, brandTheme, theme, expected] = row
  await setBrand({ colour: '#2f5bd7', theme: brandTheme })
  const { bc, page: setup } = await own.world.openSetup()
  if (theme)
    expect(
      (await own.world.asNative('POST', `/v1/billing_customers/${bc}/setup_link`, { page: { theme } })).status,
    ).toBe(200)
  await onDevice(own.browser, { colorScheme: device }, setup.url.href, async (page) => {
    await isReady(page)
    expect(await groundOf(page)).toBe(pageColors[expected].ground)
    expect(await frameColors(page)).toEqual(colorsOf(expected))
    expect(await lowContrasts(page)).toEqual([])
    const bar = page.locator('meta[name="theme-color"]')
    const browserBar = await bar.evaluateAll((metas) =>
      metas.find((meta) => matchMedia((meta as HTMLMetaElement).media || 'all').matches)!.getAttribute('content'),
    )
    expect(browserBar).toBe(expected === 'dark' ? pageColors.dark.ground : '#2f5bd7')
    // Printers omit backgrounds.
    await page.emulateMedia({ media: 'print', colorScheme: 'light' })
    expect(await tokenOf(page, 'text')).toBe(pageColors.light.text)
  })
})

const shownLogo = (page: Page) =>
  page.locator('header img').evaluate((image: HTMLImageElement) => ({
    url: image.currentSrc,
    behind: getComputedStyle(image).backgroundColor,
  }))

test('a dark page shows the logo for it, or the other one on a white plate', async () => {
  const [logo_url, logo_dark_url] = ['https://cdn.example.com/logo.svg', 'https://cdn.example.com/dark.svg']
  const none = 'rgba(0, 0, 0, 0)'
  const { page: setup } = await own.world.openSetup()
  const shownIn = (colorScheme: Scheme) => onDevice(own.browser, { colorScheme }, setup.url.href, shownLogo)
  await setBrand({ logo_url, logo_dark_url, theme: null })
  expect(await shownIn('light')).toEqual({ url: logo_url, behind: none })
  expect(await shownIn('dark')).toEqual({ url: logo_dark_url, behind: none })
  await setBrand({ theme: 'dark' })
  expect(await shownIn('light')).toEqual({ url: logo_dark_url, behind: none })
  await setBrand({ theme: 'light' })
  expect(await shownIn('dark')).toEqual({ url: logo_url, behind: none })
  await setBrand({ logo_dark_url: null, theme: null })
  expect(await shownIn('light')).toEqual({ url: logo_url, behind: none })
  expect(await shownIn('dark')).toEqual({ url: logo_url, behind: 'rgb(255, 255, 255)' })
  await setBrand({ logo_url: null })
})

test('pages without a form are dark on a dark device, with and without a brand', async () => {
  await setBrand({ colour: '#7a1fa2', theme: null })
  const { bc, page: setup } = await own.world.openSetup()
  const { status } = await own.world.asNative('POST', `/v1/billing_customers/${bc}/setup_link`, { replace: true })
  expect(status).toBe(200)
  const nobody = `${setup.url.origin}${setup.url.pathname}?token=wrong`
  for (const [url, title] of [
    [setup.url.href, 'There is a newer link'],
    [nobody, 'This link does not work'],
  ] as const) {
    await onDevice(own.browser, { colorScheme: 'dark' }, url, async (page) => {
      await page.getByRole('heading', { name: title }).waitFor()
      expect(await groundOf(page)).toBe(pageColors.dark.ground)
      expect(await lowContrasts(page)).toEqual([])
      expect(await page.getByText('Test mode: no real money moves').count()).toBe(url === nobody ? 0 : 1)
    })
  }
})

test('the edges of controls can be seen on the dark page', async () => {
  await setBrand({ colour: '#101418', theme: 'dark' })
  const { page: setup } = await own.world.openSetup()
  await onDevice(own.browser, {}, setup.url.href, async (page) => {
    await isReady(page)
    for (const control of ['.choice', 'button.primary']) {
      const edge = await page
        .locator(control)
        .first()
        .evaluate((element) => getComputedStyle(element).borderTopColor)
      expect(contrastBetween(hexOf(edge), pageColors.dark.card)).toBeGreaterThanOrEqual(3)
    }
  })
})

test.each([
  [{ variables: { colorInk: '#000000' } }, '"colorInk" is not a supported variable'],
  [{ variables: { colorText: 'CanvasText' } }, 'invalid variable value "CanvasText" provided to "colorText"'],
  [{ rules: { 'input.Input': { color: '#000000' } } }, '"input.Input" is not a supported selector'],
  [{ rules: { '.Input': { opacity: '1' } } }, '"opacity" is not a supported property for ".Input"'],
  [{ theme: 'dark' }, 'invalid appearance.theme "dark"'],
])('the simulator refuses the appearance %j, about which Stripe.js warns', async (appearance, message) => {
  const { page: setup } = await own.world.openSetup()
  await onDevice(own.browser, {}, setup.url.href, async (page) => {
    await isReady(page)
    const answer = await page.evaluate((looks) => {
      try {
        window.Stripe!('pk_test_1').elements({ mode: 'setup', currency: 'usd', appearance: looks } as never)
        return ''
      } catch (error) {
        return String(error)
      }
    }, appearance)
    expect(answer).toContain(message)
  })
})
