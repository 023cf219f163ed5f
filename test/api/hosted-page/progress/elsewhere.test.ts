import { expect, test } from 'vitest'
import { enterCard, isDone, isTold, openOnPhone, pageWorld, pay } from '../../../support/phone.ts'
import { until } from '../../../support/until.ts'

// What happens while the page waits for the customer: in another tab, or by a call that a reload left.

const own = pageWorld()
const asksAlways = '4000002760003184'
const open = async () => {
  const made = await own.world.openSetup()
  return { ...made, phone: await openOnPhone(own.browser, made.page.url.href) }
}
const formIsReady = ({ page }: Awaited<ReturnType<typeof open>>['phone']) =>
  page.getByRole('button', { name: 'Pay $15.00 and finish', disabled: false }).waitFor()

test('a submission that arrives after the reload of its page: the page ends by itself, and is paid once', async () => {
  const { bc, phone } = await open()
  const { page, close } = phone
  let release = () => {}
  const released = new Promise<void>((resolve) => (release = resolve))
  let arrived: Promise<unknown> | undefined
  await page.route('**/setup-completed', (route) => {
    arrived ??= released.then(() => route.fetch())
  })
  await enterCard(page, '4242424242424242')
  await pay(page)
  await until(async () => arrived !== undefined)
  await page.reload()
  await formIsReady(phone)
  release()
  await arrived
  await isDone(page)
  expect((await own.world.ledger(bc)).charges).toHaveLength(1)
  expect(phone.sent.filter(({ url }) => url.endsWith('/setup-completed'))).toEqual([])
  await close()
})

test('another tab pays: the form ends by itself, also after a decline in it', async () => {
  const { bc, phone, page: setup } = await open()
  await formIsReady(phone)
  await setup.submitCard('4000000000009995')
  await phone.page.getByRole('alert').filter({ hasText: 'insufficient funds' }).waitFor()
  await formIsReady(phone)
  await setup.submitCard()
  await isDone(phone.page)
  expect((await own.world.ledger(bc)).charges).toHaveLength(1)
  await phone.close()
})

test('the link is replaced while the form is open: the page says so', async () => {
  const { bc, phone } = await open()
  await formIsReady(phone)
  await own.world.asNative('POST', `/v1/billing_customers/${bc}/setup_link`, { replace: true })
  await phone.page.getByRole('heading', { name: 'There is a newer link' }).waitFor()
  await phone.close()
})

test('a customer who enters another card while the bank waits keeps the form', async () => {
  const { bc, phone, page: setup } = await open()
  await setup.submitCard(asksAlways)
  await until(async () => (await setup.progress()).body.action !== undefined)
  await phone.page.getByRole('button', { name: 'Use another card' }).click()
  await enterCard(phone.page, '4242424242424242')
  await pay(phone.page)
  await isDone(phone.page)
  expect((await own.world.ledger(bc)).charges).toHaveLength(1)
  await phone.close()
})

test('after a decline that was too fast to be seen, the page has one call waiting, not two', async () => {
  const { phone } = await open()
  const { page, close } = phone
  const waiting = new Set<object>()
  page.on('requestfailed', (request) => waiting.delete(request))
  // As if the network kept back what happens while the customer is at the form.
  await page.route(/progress\?wait=/, async (route) => {
    if ((await page.locator('#setup').getAttribute('data-state')) !== 'ready') return route.continue()
    waiting.add(route.request())
  })
  await formIsReady(phone)
  await until(async () => waiting.size === 1)
  await enterCard(page, '4000000000009995')
  await pay(page)
  await isTold(page, 'insufficient funds')
  await until(async () => waiting.size === 0)
  await close()
})
