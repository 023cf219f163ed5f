import type { Page } from 'playwright-core'
import { afterEach, describe, expect, test } from 'vitest'
import { connectOwner } from '../../../support/gateways/connected-account.ts'
import {
  chargedAt,
  command,
  connectAccount,
  payPalKeys,
  refuseCrossAccount,
  stripeKeys,
  useAccounts,
} from '../../../support/gateways/own-accounts.ts'
import {
  choose,
  continueToPayPal,
  enterCard,
  isDone,
  isTold,
  openOnPhone,
  pageWorld,
  pay,
} from '../../../support/phone.ts'

// What begins at one gateway account is finished there, whatever account the organization uses by then.

const own = pageWorld(() => ({ listen: true }))

afterEach(() => refuseCrossAccount(own.world))

const asksAlways = '4000002760003184'
const bank = (page: Page) => page.frameLocator('iframe[title="Your bank\'s page"]')
let accounts = 0

/** How accounts at Stripe are connected: with keys of their own, or to the installation's as a platform. */
const kinds = {
  'with keys': () => connectAccount(own.world, 'stripe', stripeKeys(`shop${++accounts}`)),
  'of a platform': async () => (await connectOwner(own.world)).id as string,
}
type Kind = keyof typeof kinds

/** Connects an account at Stripe in place of the one before, at which customers pay from now on. */
async function switchTo(kind: Kind): Promise<string> {
  const { body } = await own.world.asNative('GET', '/v1/gateway_accounts')
  for (const { id, status, gateway } of body.data)
    if (status === 'active' && gateway === 'stripe') await command(own.world, id, 'drain')
  const id = await kinds[kind]()
  await useAccounts(own.world, 'own_or_shared')
  return id
}

/** Opens a setup on a phone and pays with a card whose bank asks. */
async function payUntilBankAsks() {
  const { bc, page: setup } = await own.world.openSetup()
  const phone = await openOnPhone(own.browser, setup.url.href)
  await enterCard(phone.page, asksAlways)
  await pay(phone.page)
  await bank(phone.page).getByRole('button', { name: 'Complete' }).waitFor()
  return { bc, setup, ...phone }
}

describe.each(Object.keys(kinds) as Kind[])('accounts %s:', (kind) => {
  test('the bank asks, and another account is connected: the same tab and a new one confirm at the first', async () => {
    const first = await switchTo(kind)
    const same = await payUntilBankAsks()
    const again = await payUntilBankAsks()
    await again.close()
    await switchTo(kind)
    await bank(same.page).getByRole('button', { name: 'Complete' }).click()
    await isDone(same.page)
    const { page, close } = await openOnPhone(own.browser, again.setup.url.href)
    await page.getByRole('button', { name: 'Confirm with your bank' }).click()
    await bank(page).getByRole('button', { name: 'Complete' }).click()
    await isDone(page)
    for (const { bc } of [same, again]) expect(await chargedAt(own.world, bc)).toEqual([{ accountId: first }])
    await same.close()
    await close()
  })

  test('the bank asks, and Stripe is not offered any more: the link only confirms, at its own account', async () => {
    const first = await switchTo(kind)
    const { bc, setup, close: closeFirst } = await payUntilBankAsks()
    await closeFirst()
    await command(own.world, first, 'disable')
    await useAccounts(own.world, 'own')
    const { page, complaints, close } = await openOnPhone(own.browser, setup.url.href)
    await page.getByRole('button', { name: 'Confirm with your bank' }).waitFor()
    expect(await page.getByRole('button', { name: 'Use another card' }).count()).toBe(0)
    expect(await page.getByRole('alert').filter({ hasText: 'cannot accept' }).isVisible()).toBe(false)
    await page.getByRole('button', { name: 'Confirm with your bank' }).click()
    await bank(page).getByRole('button', { name: 'Complete' }).click()
    await isDone(page)
    expect(await chargedAt(own.world, bc)).toEqual([{ accountId: first }])
    expect(complaints).toEqual([])
    await close()
    await useAccounts(own.world, 'own_or_shared')
  })

  test('another card while the bank asks is charged at the account that is used now', async () => {
    await switchTo(kind)
    const { bc, setup, close: closeFirst } = await payUntilBankAsks()
    await closeFirst()
    const second = await switchTo(kind)
    const { page, close } = await openOnPhone(own.browser, setup.url.href)
    await page.getByRole('button', { name: 'Use another card' }).click()
    await enterCard(page, '4242424242424242')
    await pay(page)
    await isDone(page)
    expect(await chargedAt(own.world, bc)).toEqual([{ accountId: second }])
    await close()
  })

  test('a card entered in the form of the account before is refused; the page shows the new form', async () => {
    await switchTo(kind)
    const { bc, page: setup } = await own.world.openSetup()
    const { page, close } = await openOnPhone(own.browser, setup.url.href)
    await enterCard(page, '4242424242424242')
    const second = await switchTo(kind)
    await pay(page)
    await isTold(page, 'This payment method could not be submitted. You have not been charged.')
    expect(await chargedAt(own.world, bc)).toEqual([])
    expect((await own.world.billingCustomer(bc)).onboarding.steps[1].attempts).toBe(0)
    await enterCard(page, '4242424242424242')
    await pay(page)
    await isDone(page)
    expect(await chargedAt(own.world, bc)).toEqual([{ accountId: second }])
    await close()
  })
})

test('what is approved at PayPal is finished at its account; an older page is loaded again', async () => {
  await useAccounts(own.world, 'own_or_shared')
  const { bc, page: setup } = await own.world.openSetup()
  const late = await own.world.openSetup()
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  const other = await openOnPhone(own.browser, late.page.url.href)
  await choose(page, 'PayPal')
  const [popup] = await Promise.all([page.waitForEvent('popup'), continueToPayPal(page)])
  await popup.getByRole('button', { name: 'Agree and continue' }).waitFor()
  const second = await connectAccount(own.world, 'paypal', payPalKeys('wallet-shop'))
  await useAccounts(own.world, 'own_or_shared')
  await popup.getByRole('button', { name: 'Agree and continue' }).click()
  await isDone(page)
  expect(await chargedAt(own.world, bc)).toEqual([{ accountId: 'ga_paypal_sandbox' }])
  await close()

  await choose(other.page, 'PayPal')
  await continueToPayPal(other.page)
  await isTold(other.page, 'This payment method could not be submitted. You have not been charged.')
  await choose(other.page, 'PayPal')
  const [again] = await Promise.all([other.page.waitForEvent('popup'), continueToPayPal(other.page)])
  await again.getByRole('button', { name: 'Agree and continue' }).click()
  await isDone(other.page)
  expect(await chargedAt(own.world, late.bc)).toEqual([{ accountId: second }])
  await other.close()
})
