import { expect, test } from 'vitest'
import { openOnPhone, pageWorld } from '../../../support/phone.ts'
import { pageDataIn } from '../../../support/world/page-data.ts'

const own = pageWorld()

test('an expired return URL offers nothing that its token may not do, and says where to go', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  const returned = pageDataIn((await setup.open()).body).returnUrl
  await own.world.admin('extend', { 'billing-customer': bc, seconds: '1' })
  await own.world.ended(bc)
  const { page, close } = await openOnPhone(own.browser, returned)
  await page.getByRole('heading', { name: 'This link has expired' }).waitFor()
  await page.getByText('please open the link that was sent to you').waitFor()
  expect(await page.getByRole('button').count()).toBe(0)
  await close()
  expect((await own.world.pageOf(returned).askForNewLink()).status).toBe(404)
  expect((await setup.askForNewLink()).status).toBe(202)
})
