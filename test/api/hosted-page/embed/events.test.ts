import type { FrameLocator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  blockStorage,
  eventsOf,
  openParentSite,
  openVisit,
  type ParentSite,
  type Visit,
} from '../../../support/servers/parent-site.ts'
import { enterCard, isDone, pageWorld } from '../../../support/phone.ts'
import { until } from '../../../support/until.ts'

// The page in the frame of a listed origin, mounted by /embed.js: events, height, and nothing for anybody else.

let site: ParentSite
beforeAll(async () => {
  site = await openParentSite(() => own.world.apiUrl)
})
afterAll(() => site.close())

const own = pageWorld(() => ({ settings: { embedOrigins: [site.origin, 'https://other.example'] } }))

/** Opens the site, which shows the page. */
async function visit(url: string, { script = '' } = {}): Promise<Visit> {
  const visit = await openVisit(own.browser, script)
  await visit.page.goto(`${site.origin}/?url=${encodeURIComponent(url)}`)
  return visit
}

const typesOf = async (page: Page) => (await eventsOf(page)).map(({ type }) => type)
const pay = (framed: FrameLocator) => framed.getByRole('button', { name: 'Pay $15.00 and finish' }).click()
const height = async (page: Page) => (await page.locator('iframe').boundingBox())!.height

/** Returns whether the frame shows all of the page, and nothing below it. */
const fits = async (page: Page, framed: FrameLocator) => {
  const needed = await framed.locator('html').evaluate((root) => Math.ceil(root.getBoundingClientRect().height))
  return (await height(page)) === needed
}

test.each([
  { storage: 'allowed', script: '' },
  { storage: 'blocked', script: blockStorage },
])('with storage $storage: the site gets each event once, and the frame fits', async ({ script }) => {
  const { bc, page: setup } = await own.world.openSetup()
  const { context, page, framed, complaints } = await visit(setup.url.href, { script })
  await enterCard(framed, '4000000000009995')
  expect(await framed.locator('#not-kept').isVisible()).toBe(false)
  await until(() => fits(page, framed))
  const ofForm = await height(page)
  await pay(framed)
  await until(async () => (await typesOf(page)).includes('declined'))
  await until(() => fits(page, framed))
  await enterCard(framed, '4242424242424242')
  await pay(framed)
  await isDone(framed)
  await until(async () => (await typesOf(page)).includes('completed'))
  const always = { v: 1, billing_customer_id: bc }
  expect(await eventsOf(page)).toEqual([
    { ...always, type: 'ready' },
    { ...always, type: 'submitted', gateway: 'stripe' },
    { ...always, type: 'declined', code: 'insufficient_funds', attempts_left: 4 },
    { ...always, type: 'submitted', gateway: 'stripe' },
    { ...always, type: 'completed' },
  ])
  await until(() => fits(page, framed))
  expect(await height(page)).toBeLessThan(ofForm)
  expect(complaints).toEqual([])
  expect((await own.world.ledger(bc)).charges.map(({ status }) => status)).toEqual(['succeeded'])
  await context.close()
})

test('a link that was used up, or whose onboarding was canceled, says so', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  await own.world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'test' })
  await own.world.ended(bc)
  const canceled = await visit(setup.url.href)
  await until(async () => (await typesOf(canceled.page)).join() === 'ready,canceled')
  await canceled.context.close()

  const other = await own.world.openSetup()
  const replaced = await own.world.asNative('POST', `/v1/billing_customers/${other.bc}/setup_link`, { replace: true })
  expect(replaced.status).toBe(200)
  const old = await visit(other.page.url.href)
  await until(async () => (await typesOf(old.page)).join() === 'ready,expired')
  expect((await eventsOf(old.page)).at(-1)).toEqual({
    v: 1,
    billing_customer_id: other.bc,
    type: 'expired',
    reason: 'replaced',
  })
  await old.context.close()
})

test('the bank’s page fits into the frame, and the payment is completed there', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  const { context, page, framed } = await visit(setup.url.href)
  await framed.getByLabel('PayPal').check()
  await framed.getByLabel('Card').check()
  await enterCard(framed, '4000002760003184')
  await pay(framed)
  const bank = framed.frameLocator('iframe[title="Your bank\'s page"]')
  await bank.getByRole('button', { name: 'Complete' }).waitFor()
  await until(async () => (await height(page)) >= 640)
  await bank.getByRole('button', { name: 'Complete' }).click()
  await isDone(framed)
  await until(async () => (await typesOf(page)).includes('completed'))
  expect((await eventsOf(page)).slice(1).map(({ type, gateway, kind }) => [type, gateway ?? kind])).toEqual([
    ['method_selected', 'paypal'],
    ['method_selected', 'stripe'],
    ['submitted', 'stripe'],
    ['action_required', 'challenge'],
    ['completed', undefined],
  ])
  expect((await own.world.ledger(bc)).charges).toHaveLength(1)
  await context.close()
})
