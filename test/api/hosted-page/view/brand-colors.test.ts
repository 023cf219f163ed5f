import { expect, test } from 'vitest'
import { lowContrasts } from '../../../support/documented/contrast.ts'
import { openOnPhone, pageWorld } from '../../../support/phone.ts'

const own = pageWorld()

async function openWith(colour: string) {
  const { brand_id } = own.world.seeds
  expect((await own.world.asNative('PATCH', `/v1/brands/${brand_id}`, { colour })).status).toBe(200)
  const { page: setup } = await own.world.openSetup()
  const phone = await openOnPhone(own.browser, setup.url.href)
  const button = phone.page.getByRole('button', { name: 'Pay $15.00 and finish' })
  // A disabled button is pale, which is not measured.
  await phone.page.frameLocator('#card-form iframe').getByLabel('Card number').waitFor()
  await phone.page.locator('button.primary:not([aria-disabled="true"])').first().waitFor()
  return { ...phone, button }
}

test.each(['#ffff00', '#ffffff', '#ff9900', '#00c2a8', '#1c2430'])(
  'all text of a page with the brand color %s can be read',
  async (colour) => {
    const { page, button, close } = await openWith(colour)
    expect(await lowContrasts(page)).toEqual([])
    const hex = await button.evaluate((element) => getComputedStyle(element).backgroundColor)
    expect(hex).toBe(`rgb(${[1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16)).join(', ')})`)
    await close()
  },
)

test('a button of the color of the page has a visible edge, also in forced colors', async () => {
  const { page, button, close } = await openWith('#ffffff')
  const edge = () =>
    button.evaluate((element) => {
      const { borderTopWidth, borderTopStyle, borderTopColor, backgroundColor } = getComputedStyle(element)
      return { borderTopWidth, borderTopStyle, differs: borderTopColor !== backgroundColor }
    })
  const visible = { borderTopWidth: '1px', borderTopStyle: 'solid', differs: true }
  expect(await edge()).toEqual(visible)
  await page.emulateMedia({ forcedColors: 'active' })
  expect(await edge()).toEqual(visible)
  await close()
})
