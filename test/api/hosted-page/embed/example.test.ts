import { spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type { FrameLocator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '../../../../tools/local/ports.ts'
import { blockStorage, openVisit, type Visit } from '../../../support/servers/parent-site.ts'
import { enterCard, isDone, pageWorld } from '../../../support/phone.ts'
import { until } from '../../../support/until.ts'

// docs/examples/embedding on an origin of its own, as a customer uses it: signup, frame, completion, return.

const own = pageWorld()
const root = fileURLToPath(new URL('../../../../', import.meta.url))
let app: ChildProcess
let origin: string
beforeAll(async () => {
  const { apiUrl, seeds } = own.world
  const script = await (await fetch(`${apiUrl}/embed.js`)).text()
  const EMBED_INTEGRITY = `sha384-${createHash('sha384').update(script).digest('base64')}`
  const PORT = String(await freePort())
  origin = `http://localhost:${PORT}`
  app = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), 'docs/examples/embedding/main.ts'], {
    cwd: root,
    env: { ...process.env, API_URL: apiUrl, API_KEY: seeds.secret_key, PORT, EMBED_INTEGRITY },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const { status } = await own.world.asNative('PATCH', '/v1/settings', { embed_origins: [origin] })
  expect(status).toBe(200)
  await until(async () => (await fetch(origin).catch(() => undefined))?.ok ?? false)
})
afterAll(() => void app.kill())

/** Signs a new customer up, who then goes on in one of the ways. */
async function signUp(way: string, script = ''): Promise<Visit> {
  const visit = await openVisit(own.browser, script)
  const { page } = visit
  await page.goto(origin)
  await page.getByLabel('Name').fill('Ada Example')
  await page.getByLabel('Email').fill('ada@example.com')
  await page.getByRole('button', { name: way }).click()
  return visit
}

/** Returns the one billing customer of the database, and forgets it for the next test. */
let known: string[] = []
async function newCustomer(): Promise<string> {
  const rows = await own.world.sql<{ id: string }[]>`select id from billing_customers`
  const found = rows.map(({ id }) => id).filter((id) => !known.includes(id))
  known = rows.map(({ id }) => id)
  expect(found).toHaveLength(1)
  return found[0]!
}

const pay = (where: Page | FrameLocator) => where.getByRole('button', { name: 'Pay $15.00 and finish' }).click()
const isActive = (page: Page) => page.getByText('Your account is active.').waitFor()
const chargesOf = async (bc: string) =>
  (await own.world.ledger(bc)).charges.map(({ status, amount }: { status: string; amount: number }) => [status, amount])

test('in a frame: a decline, then a payment, and the application knows of both', async () => {
  const { page, framed, context, complaints } = await signUp('Continue here')
  await enterCard(framed, '4000000000009995')
  await pay(framed)
  await page.getByRole('status').filter({ hasText: 'Not accepted. 4 more can be tried.' }).waitFor()
  await enterCard(framed, '4242424242424242')
  await pay(framed)
  await page.getByRole('link', { name: 'Continue', exact: true }).click()
  await isActive(page)
  expect(await chargesOf(await newCustomer())).toEqual([['succeeded', 1500]])
  expect(complaints).toEqual([])
  await context.close()
})

test('on the page itself: the customer comes back by the return URL', async () => {
  const { page, context } = await signUp('Continue on the payment page')
  await enterCard(page, '4242424242424242')
  await page.clock.install()
  await pay(page)
  await page.getByRole('button', { name: 'Stay here' }).waitFor()
  await page.clock.fastForward(5_001)
  await isActive(page)
  const bc = await newCustomer()
  expect(page.url()).toBe(`${origin}/billing?billing_customer_id=${bc}&status=completed`)
  expect(await chargesOf(bc)).toEqual([['succeeded', 1500]])
  await context.close()
})

test('PayPal where windows are blocked: the application goes there, and the customer comes back to it', async () => {
  const { page, framed, context } = await signUp('Continue here', `window.open = () => null; ${blockStorage}`)
  const toPayPal = async () => {
    await framed.getByLabel('PayPal').check()
    await framed.getByRole('button', { name: 'Continue to PayPal' }).click()
    await page.getByRole('button', { name: 'Agree and continue' }).waitFor()
  }
  await toPayPal()
  const bc = await newCustomer()
  await page.getByRole('button', { name: 'Cancel' }).click()
  // Without the link's token, which only the frame had. The way on is the application, which shows the page again.
  await page.getByRole('status').filter({ hasText: 'You did not approve this at PayPal' }).waitFor()
  expect(await page.getByRole('button').count()).toBe(0)
  await page.getByRole('link', { name: 'Back to Northwind Fitness' }).click()
  await framed.getByLabel('PayPal').waitFor()
  expect(page.url()).toBe(`${origin}/billing?billing_customer_id=${bc}&status=pending`)

  await toPayPal()
  await page.getByRole('button', { name: 'Agree and continue' }).click()
  await isDone(page)
  await isActive(page)
  expect(page.url()).toBe(`${origin}/billing?billing_customer_id=${bc}&status=completed`)
  expect(await own.world.payPalCharges(bc)).toHaveLength(1)
  expect(await chargesOf(bc)).toEqual([])
  await context.close()
})

test('in an overlay: it keeps the focus, and Esc closes it unless a payment is under way', async () => {
  const { page, framed, context, complaints } = await signUp('Continue in an overlay')
  // Until its scripts have run, the button does nothing.
  await page.waitForURL('**/billing?open=overlay')
  const opens = page.getByRole('button', { name: 'Add a payment method' })
  const dialog = page.getByRole('dialog', { name: 'Billing setup' })
  const note = page.getByRole('status').filter({ hasText: 'You can add the payment method later.' })
  await opens.press('Enter')
  await framed.getByRole('button', { name: 'Pay $15.00 and finish' }).waitFor()
  await page.keyboard.press('Escape')
  await note.waitFor()
  expect(await dialog.count()).toBe(0)
  expect(await opens.evaluate((button) => button === document.activeElement)).toBe(true)

  await opens.press('Enter')
  await framed.locator('h1').click()
  await framed.locator('body').press('Escape')
  await dialog.waitFor({ state: 'detached' })

  await opens.press('Enter')
  await enterCard(framed, '4000002760003184')
  await pay(framed)
  const bank = framed.frameLocator('iframe[title="Your bank\'s page"]')
  await bank.getByRole('button', { name: 'Complete' }).waitFor()
  await page.getByRole('button', { name: 'Close' }).focus()
  await page.keyboard.press('Escape')
  await bank.getByRole('button', { name: 'Complete' }).click()
  await isDone(framed)
  await page.getByRole('button', { name: 'Close' }).click()
  await dialog.waitFor({ state: 'detached' })
  const bc = await newCustomer()
  await until(async () => (await chargesOf(bc)).length === 1)
  expect(complaints).toEqual([])
  await context.close()
})
