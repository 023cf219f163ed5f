import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { pageDataIn } from '../../support/world/page-data.ts'
import { enterCard, isDone, openOnPhone, pageWorld } from '../../support/phone.ts'

// An active customer saves another payment method: nothing is set up, and nothing is charged.

const own = pageWorld()

/** The link on which an active customer replaces the payment method. */
async function begin() {
  const { bc, page } = await own.world.openSetup()
  await page.submitCard()
  await own.world.ended(bc)
  const { body } = await own.world.asNative('POST', `/v1/billing_customers/${bc}/payment_method`, {})
  return { bc, link: own.world.pageOf(body.replacement.setup_url).url.href }
}

const save = (page: Page) => page.getByRole('button', { name: 'Save payment method' }).click()
const headed = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor()
const says = (page: Page, hasText: string) => page.getByRole('status').filter({ hasText }).waitFor()
const cancel = (bc: string) =>
  own.world.asNative('POST', `/v1/billing_customers/${bc}/cancel`, { reason: 'asked to by phone' })
const replacement = async (bc: string) => (await own.world.billingCustomer(bc)).replacement.status

test('shows the form and the result: another card is saved, nothing is charged', async () => {
  const { bc, link } = await begin()
  const { page, complaints, close } = await openOnPhone(own.browser, link)
  await headed(page, 'Replace your payment method')
  expect(await page.textContent('#summary')).toContain('Nothing is charged now')
  await enterCard(page, '5555555555554444')
  await save(page)
  for (const look of ['first', 'again']) {
    if (look === 'again') await page.reload()
    await isDone(page)
    expect(await page.getByRole('status').textContent()).toBe(
      'Your new payment method is saved. You can close this page.',
    )
  }
  const steps = page.getByRole('list', { name: 'Progress' }).getByRole('listitem')
  expect(await steps.allTextContents()).toEqual(['Payment method done'])
  expect(complaints).toEqual([])
  await close()
  expect((await own.world.billingCustomer(bc)).payment_method.label).toBe('Mastercard •••• 4444')
  expect((await own.world.ledger(bc)).charges).toHaveLength(1)
})

test('shows progress, the wait for the bank, and another card chosen instead', async () => {
  const { link } = await begin()
  const { page, close } = await openOnPhone(own.browser, link)
  await own.world.stopWorker()
  await enterCard(page, '4000002760003184')
  await save(page)
  for (const look of ['first', 'again']) {
    if (look === 'again') await page.reload()
    await headed(page, 'Saving your new payment method')
    await says(page, 'Nothing is charged')
  }
  await own.world.startWorker()
  await headed(page, 'Confirm with your bank')
  await says(page, 'Your bank wants to make sure that it is you. Nothing is charged.')
  await page.reload()
  await headed(page, 'Confirm with your bank')
  await says(page, 'Your bank wants to make sure that it is you. Nothing is charged.')
  await page.getByRole('button', { name: 'Use another card' }).click()
  await headed(page, 'Replace your payment method')
  await close()
})

test('a browser that returns from elsewhere only shows progress', async () => {
  const { link } = await begin()
  const first = await openOnPhone(own.browser, link)
  const { returnUrl } = pageDataIn(await first.page.content())
  await first.close()
  // In another browser, whose tab keeps no token.
  const { page, close } = await openOnPhone(own.browser, returnUrl)
  await headed(page, 'Replace your payment method')
  await says(page, 'please open the link that was sent to you')
  await close()
})

test('during and after a cancellation the payment method stays as it was', async () => {
  const { bc, link } = await begin()
  await own.world.stopWorker()
  await cancel(bc)
  const { page, close } = await openOnPhone(own.browser, link)
  await headed(page, 'This replacement is closing')
  await says(page, 'you keep your current payment method')
  expect(await page.textContent('main')).not.toMatch(/billing|paid/)
  await own.world.startWorker()
  await headed(page, 'This replacement was canceled')
  expect(await page.textContent('main')).toContain(
    'Your current payment method stays as it was, and nothing was charged.',
  )
  expect(await replacement(bc)).toBe('canceled')
  await close()
})

test('an expired link says so, and can request a new one', async () => {
  const { bc, link } = await begin()
  await own.world.sql`
    update onboardings set expires_at = now(), wake_at = now() where billing_customer_id = ${bc} and ended_at is null`
  await expect.poll(() => replacement(bc)).toBe('expired')
  const { page, close } = await openOnPhone(own.browser, link)
  await headed(page, 'This link has expired')
  expect(await page.textContent('main')).toContain('Your current payment method stays as it was.')
  await page.getByRole('button', { name: 'Ask for a new link' }).click()
  await says(page, 'has been told that you need a new link')
  await close()
})

test('an onboarding that is being canceled says so, and no longer that it is being set up', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  await own.world.stopWorker()
  await cancel(bc)
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  await headed(page, 'This setup is closing')
  // Nothing was submitted.
  await says(page, 'You have not been charged.')
  await page.waitForTimeout(1_000)
  await says(page, 'You have not been charged.')
  await headed(page, 'This setup is closing')
  await own.world.startWorker()
  await headed(page, 'This setup was canceled')
  await close()
})
