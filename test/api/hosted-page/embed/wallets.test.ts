import type { FrameLocator } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isDone, pageWorld } from '../../../support/phone.ts'
import { openParentSite, openVisit, type ParentSite, type Visit } from '../../../support/servers/parent-site.ts'

// Wallets on the page in the frame of another site: the browser must be told that payments are allowed there.

let site: ParentSite
beforeAll(async () => {
  site = await openParentSite(() => own.world.apiUrl)
})
afterAll(() => site.close())

const own = pageWorld(() => ({ settings: { embedOrigins: [site.origin] } }))

async function visit(script = ''): Promise<Visit & { bc: string }> {
  await own.world.simulate('settings', { wallets: ['google_pay', 'link'] })
  const { bc, page: setup } = await own.world.openSetup()
  const visit = await openVisit(own.browser, script)
  await visit.page.goto(`${site.origin}/?url=${encodeURIComponent(setup.url.href)}`)
  await visit.framed.getByRole('button', { name: 'Pay $15.00 and finish', disabled: false }).waitFor()
  return { ...visit, bc }
}

async function offered(framed: FrameLocator): Promise<string[]> {
  const buttons = framed.frameLocator('#wallets iframe').getByRole('button')
  await buttons.first().waitFor()
  return buttons.allTextContents()
}

test('embed.js allows payments in its frame: a wallet is offered and pays', async () => {
  const { bc, context, framed, complaints } = await visit()
  expect(await offered(framed)).toEqual(['Google Pay', 'Link'])
  await framed.frameLocator('#wallets iframe').getByRole('button', { name: 'Pay with Google Pay' }).click()
  await framed.frameLocator('iframe[title="Google Pay"]').getByRole('button', { name: 'Pay with Visa 4242' }).click()
  await isDone(framed)
  expect((await own.world.ledger(bc)).charges).toHaveLength(1)
  expect(complaints).toEqual([])
  await context.close()
})

test('in a frame that does not allow payments, only the wallet that needs no permission is offered', async () => {
  const { context, framed } = await visit("Object.defineProperty(HTMLIFrameElement.prototype, 'allow', { set() {} })")
  expect(await offered(framed)).toEqual(['Link'])
  await context.close()
})
