import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { consentVersion } from '../../../../api/hosted-page/words/consent-versions.ts'
import { brand, consentWorld } from '../../../support/documented/consent.ts'
import { choose, continueToPayPal, enterCard, isDone, isTold, openOnPhone, pay } from '../../../support/phone.ts'

// What the page says that the customer agrees to, and when it asks again.

const { own, rows, withBox } = consentWorld()
const later = 'This payment method is saved with the payment provider for later charges by Northwind Fitness Ltd.,'
const withdrawal = 'until you withdraw this consent. Contact Northwind Fitness Ltd. to withdraw it.'
const documents =
  'The terms (https://northwind.example/terms) apply. ' +
  'How personal data is used: privacy policy (https://northwind.example/privacy).'
const agree = (page: Page) => page.getByRole('checkbox', { name: 'I agree to the following' })

test('the page says what is charged now and later and how to stop it; the consent is recorded', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  const block = await page.locator('#summary dl > *').allInnerTexts()
  expect(block).toEqual([
    'Today',
    '$15.00 Once, to check the payment method. Northwind Fitness Ltd. keeps this amount.',
    'Later',
    expect.stringMatching(/^Northwind Fitness Ltd\. charges \$\d+\.\d\d for .+ each time payment is due\.$/),
    'To stop later charges',
    'help@northwind.example',
  ])
  const sentence = (await page.locator('#consent').innerText()).trim()
  expect(sentence).toContain(`you agree to the following: Northwind Fitness Ltd. charges $15.00 now. ${later}`)
  expect(sentence).toContain(block[3])
  // The vendor's form names the company too, not the account.
  const form = await page.locator('#card-form iframe').getAttribute('src')
  expect(new URLSearchParams(form!.split('?')[1]).get('business')).toBe(brand.legal_name)
  const links = page.locator('#consent a')
  expect(await links.evaluateAll((all) => all.map((link) => link.getAttribute('href')))).toEqual([
    brand.terms_url,
    brand.privacy_url,
  ])
  await enterCard(page, '4242424242424242')
  await pay(page)
  await isDone(page)
  await close()
  const recorded = sentence.replace(/The terms apply.*$/, documents)
  expect(await rows(bc)).toMatchObject([
    { way: 'text', language: 'en', version: consentVersion, sentences: recorded, number: 1 },
  ])
  const { consent } = (await own.world.billingCustomer(bc)).onboarding
  expect(consent).toEqual({
    version: consentVersion,
    language: 'en',
    way: 'text',
    text: recorded,
    address_hash: null,
    given_at: expect.stringMatching(/^\d{4}-.*Z$/),
  })
  const shown = await own.world.admin('show-billing-customer', { 'billing-customer': bc })
  expect(shown).toMatchObject({ consent: { ...consent, given_at: new Date(consent.given_at) } })
})

test('a box that must be checked: without it nothing is sent, and the page says so at the box', async () => {
  await withBox(async () => {
    const { bc, page: setup } = await own.world.openSetup()
    const { page, sent, complaints, close } = await openOnPhone(own.browser, setup.url.href)
    await enterCard(page, '4000000000009995')
    await pay(page)
    await isTold(page, 'Please agree to this before you continue.')
    expect(await agree(page).evaluate((box) => box === document.activeElement)).toBe(true)
    expect(await agree(page).getAttribute('aria-invalid')).toBe('true')
    expect(sent.filter(({ url }) => url.includes('confirmation_tokens') || url.includes('setup-completed'))).toEqual([])
    await agree(page).check()
    expect(await page.locator('#agree-missing').isVisible()).toBe(false)
    await pay(page)
    await isTold(page, 'insufficient funds')
    // What was agreed to still is.
    expect(await agree(page).isChecked()).toBe(true)
    await enterCard(page, '4242424242424242')
    await pay(page)
    await isDone(page)
    expect(complaints).toEqual([])
    await close()
    expect(await rows(bc)).toMatchObject([
      { way: 'checkbox', number: 1 },
      { way: 'checkbox', number: 2, sentences: expect.stringMatching(/^I agree to the following: /) },
    ])
  })
})

test('after a change of the price the sentence has the new one, and must be agreed to again', async () => {
  await withBox(async () => {
    const { contact, bc, page: setup } = await own.world.openSetup()
    const { page, close } = await openOnPhone(own.browser, setup.url.href)
    await enterCard(page, '4242424242424242')
    await agree(page).check()
    await own.world.edge('createCustomer', { contact_id: contact, initial_amount: 20 })
    await pay(page)
    await isTold(page, 'The price changed from $15.00 to $20.00')
    expect(await page.locator('#consent').innerText()).toContain('Northwind Fitness Ltd. charges $20.00 now.')
    expect(await page.locator('#today').innerText()).toBe('$20.00')
    expect(await agree(page).isChecked()).toBe(false)
    await agree(page).check()
    await page.getByRole('button', { name: 'Pay $20.00 and finish' }).click()
    await isDone(page)
    await close()
    expect(await rows(bc)).toMatchObject([{ sentences: expect.stringContaining('Ltd. charges $20.00 now.') }])
    expect((await own.world.ledger(bc)).charges.map(({ amount }) => amount)).toEqual([2000])
  })
})

test('PayPal: after a change of the price nothing can be approved until the new one was agreed to', async () => {
  await withBox(async () => {
    const { contact, bc, page: setup } = await own.world.openSetup()
    const { page, close } = await openOnPhone(own.browser, setup.url.href)
    await page.evaluate(() => (window.open = () => null))
    await choose(page, 'PayPal')
    await agree(page).check()
    await own.world.edge('createCustomer', { contact_id: contact, initial_amount: 20 })
    await continueToPayPal(page)
    await isTold(page, 'The price changed from $15.00 to $20.00')
    expect(await agree(page).isChecked()).toBe(false)
    expect(await rows(bc)).toEqual([])
    await agree(page).check()
    await continueToPayPal(page)
    await page.getByRole('button', { name: 'Agree and continue' }).click()
    await isDone(page)
    await close()
    expect(await rows(bc)).toMatchObject([{ sentences: expect.stringContaining('Ltd. charges $20.00 now.') }])
    expect((await own.world.payPalCharges(bc)).map(({ amount }) => amount)).toEqual([2000])
  })
})

test('PayPal: the consent is recorded before the customer approves, also if the page does not submit it', async () => {
  await withBox(async () => {
    const { bc, page: setup } = await own.world.openSetup()
    const { page, close } = await openOnPhone(own.browser, setup.url.href)
    await page.evaluate(() => (window.open = () => null))
    await choose(page, 'PayPal')
    await continueToPayPal(page)
    await isTold(page, 'Please agree to this before you continue.')
    await agree(page).check()
    await continueToPayPal(page)
    const approve = page.getByRole('button', { name: 'Agree and continue' })
    await approve.waitFor()
    expect(await rows(bc)).toMatchObject([{ way: 'checkbox', number: null }])
    expect((await own.world.billingCustomer(bc)).onboarding.consent).toBe(null)
    await approve.click()
    await isDone(page)
    await close()
    expect(await rows(bc)).toMatchObject([{ way: 'checkbox', number: 1 }])
    expect((await own.world.billingCustomer(bc)).onboarding.consent).toMatchObject({
      way: 'checkbox',
      version: consentVersion,
    })
  })
})

test('a replacement has a sentence without a price of today', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  await setup.submitCard()
  await own.world.ended(bc)
  const { body } = await own.world.asNative('POST', `/v1/billing_customers/${bc}/payment_method`, {})
  const { page, close } = await openOnPhone(own.browser, own.world.pageOf(body.replacement.setup_url).url.href)
  expect(await page.locator('#summary').innerText()).not.toContain('$')
  await enterCard(page, '5555555555554444')
  await page.getByRole('button', { name: 'Save payment method' }).click()
  await isDone(page)
  await close()
  const { replacement, onboarding } = await own.world.billingCustomer(bc)
  expect(replacement.consent.text).toBe(
    `By continuing, you agree to the following: Nothing is charged now. ${later} ${withdrawal} ` +
      `What was agreed with Northwind Fitness Ltd. applies to later charges. ${documents}`,
  )
  // Submitted without the page's sentences.
  expect(onboarding.consent).toBe(null)
})

test('a page that showed no box gets one, if the setting changed while it was open', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  await enterCard(page, '4242424242424242')
  await withBox(async () => {
    await pay(page)
    await agree(page).check()
    expect((await own.world.ledger(bc)).charges).toEqual([])
    await enterCard(page, '4242424242424242')
    await pay(page)
    await isDone(page)
  })
  await close()
  expect(await rows(bc)).toMatchObject([{ way: 'checkbox', number: 1 }])
})

test('if what is charged later changes while the page is open, the customer must agree to that', async () => {
  const id = own.world.newContact()
  const item = { id, organization_id: own.world.seeds.org_id, environment: 'sandbox', name: 'Visits', type: 'trigger' }
  await own.world.sql`insert into billable_items ${own.world.sql({ ...item, amount: 700, currency: 'USD' })}`
  const { bc, page: setup } = await own.world.openSetup(own.world.newContact(), { bi_id: id })
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  await page.locator('#consent').filter({ hasText: 'charges $7.00 for Visits' }).waitFor()
  await enterCard(page, '4242424242424242')
  await own.world.sql`update billable_items set amount = 900 where id = ${id}`
  await pay(page)
  await page.locator('#consent').filter({ hasText: 'charges $9.00 for Visits' }).waitFor()
  expect((await own.world.ledger(bc)).charges).toEqual([])
  await enterCard(page, '4242424242424242')
  await pay(page)
  await isDone(page)
  await close()
  expect(await rows(bc)).toMatchObject([{ sentences: expect.stringContaining('charges $9.00 for Visits'), number: 1 }])
})
