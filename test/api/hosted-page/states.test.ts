import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { isolatedContext } from '../../../tools/scripts/browser.ts'
import { choose, enterCard, isDone, isTold, openOnPhone, pageWorld, pay } from '../../support/phone.ts'
import { until } from '../../support/until.ts'

// The states of the page follow each other in place.

const own = pageWorld()
const declined = '4000000000009995'
const payButton = (page: Page, disabled = false) =>
  page.getByRole('button', { name: 'Pay $15.00 and finish', disabled })
const cardField = (page: Page, name: string) => page.frameLocator('#card-form iframe').getByLabel(name)
const says = (page: Page, hasText: string) => page.getByRole('status').filter({ hasText }).waitFor()

/** Counts how often the tab loads the page. */
function countLoads(page: Page): () => number {
  let loads = 0
  page.on('framenavigated', (frame) => void (frame === page.mainFrame() && loads++))
  return () => loads
}

test('after a decline the typed card stays, and the message has the focus, directly above the button', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  await enterCard(page, declined)
  const loads = countLoads(page)
  await pay(page)
  await isTold(page, 'insufficient funds')
  await payButton(page).waitFor()
  expect(await cardField(page, 'Card number').inputValue()).toBe(declined)
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('alert')
  const [alert, button] = [await page.locator('#alert').boundingBox(), await payButton(page).boundingBox()]
  expect(button!.y - alert!.y - alert!.height).toBeGreaterThanOrEqual(0)
  expect(button!.y - alert!.y - alert!.height).toBeLessThan(40)
  expect(await page.title()).toContain('Set up billing')
  await cardField(page, 'Card number').fill('4242424242424242')
  await payButton(page).click()
  await isDone(page)
  expect(await page.title()).toContain('You are all set')
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('headline')
  expect(loads()).toBe(0)
  expect((await own.world.ledger(bc)).charges).toHaveLength(1)
  await close()
})

test('from the click on there are words, form and way back are inert, a second click submits nothing', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  const options = { cancel_url: 'https://example.com/back' }
  await own.world.asNative('POST', `/v1/billing_customers/${bc}/setup_link`, { page: options })
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  await enterCard(page, '4242424242424242')
  await payButton(page).waitFor()
  // In the same task as the click, before any response can arrive.
  const shown = await page.evaluate(() => {
    const button = document.querySelector<HTMLButtonElement>('button[type="submit"]')!
    button.focus()
    button.click()
    button.click()
    return {
      label: button.textContent,
      status: document.getElementById('status')!.textContent,
      isInert: ['inputs', 'consent', 'back', 'language'].every((id) => document.getElementById(id)!.inert),
      isBusy: document.querySelector('form')!.getAttribute('aria-busy'),
      hasFocus: document.activeElement === button,
    }
  })
  expect(shown).toEqual({
    label: 'Paying $15.00…',
    status: 'Sending your card to the payment provider…',
    isInert: true,
    isBusy: 'true',
    hasFocus: true,
  })
  await isDone(page)
  expect((await own.world.ledger(bc)).charges).toHaveLength(1)
  expect((await own.world.billingCustomer(bc)).onboarding.steps[1].attempts).toBe(1)
  await close()
})

test('a lost response is requested until it arrives; nothing says that the payment failed', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  await page.clock.install()
  let isBroken = true
  let lost = 0
  await page.route('**/setup-completed', async (route) => {
    if (!isBroken) return route.continue()
    await route.fetch()
    lost++
    return route.abort()
  })
  await enterCard(page, '4242424242424242')
  await pay(page)
  await says(page, 'The connection was lost, so the outcome is not known yet.')
  await until(async () => {
    await page.clock.runFor(16_000)
    return lost >= 8
  })
  expect(await page.getByRole('alert').allTextContents()).toEqual([''])
  isBroken = false
  await until(async () => {
    await page.clock.runFor(16_000)
    return page.getByRole('heading', { name: 'You are all set' }).isVisible()
  })
  expect((await own.world.ledger(bc)).charges).toHaveLength(1)
  await close()
})

test('what a firewall or a login page returns is no response: nothing says that nothing was charged', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  const foreign = [
    { status: 403, body: '<html>Blocked</html>' },
    { status: 200, contentType: 'text/html', body: '<html>Wi-Fi</html>' },
    { status: 429, contentType: 'application/json', body: '{"message":"Too many requests"}' },
  ]
  const alerts: string[] = []
  await page.exposeBinding('noteAlert', (_source, text: string) => void alerts.push(text))
  await page.evaluate(() => {
    const alert = document.getElementById('alert')!
    new MutationObserver(
      () => void (window as unknown as { noteAlert(text: string): void }).noteAlert(alert.textContent),
    ).observe(alert, { childList: true, characterData: true, subtree: true })
  })
  let isHeld = true
  await page.route('**/setup-completed', async (route) => {
    const other = foreign.shift()
    // The call arrived; only its response was replaced.
    if (other) await route.fetch()
    if (!other) await until(async () => !isHeld)
    return other ? route.fulfill(other) : route.continue()
  })
  await enterCard(page, '4242424242424242')
  await pay(page)
  await until(async () => foreign.length === 0)
  await says(page, 'The connection was lost, so the outcome is not known yet.')
  isHeld = false
  await isDone(page)
  expect(alerts.filter((text) => text !== '')).toEqual([])
  expect((await own.world.ledger(bc)).charges).toHaveLength(1)
  await close()
})

test('offline is said, and the page continues by itself', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  await enterCard(page, '4242424242424242')
  await payButton(page).waitFor()
  await page.route('**/setup-completed', async (route) => {
    await page.context().setOffline(true)
    await route.abort()
  })
  await pay(page)
  await says(page, 'You are offline. This page continues by itself')
  await page.unroute('**/setup-completed')
  await page.context().setOffline(false)
  await isDone(page)
  expect((await own.world.ledger(bc)).charges).toHaveLength(1)
  await close()
})

test('the fourth of five declines says that one attempt is left', async () => {
  const { page: setup } = await own.world.openSetup()
  for (let times = 0; times < 3; times++) {
    expect((await setup.submitCard(declined)).status).toBe(202)
    await until(async () => !(await setup.progress()).body.paying)
  }
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  await enterCard(page, declined)
  await pay(page)
  await isTold(page, 'One attempt is left with this link.')
  await page.reload()
  await isTold(page, 'One attempt is left with this link.')
  await enterCard(page, declined)
  await pay(page)
  await page.getByRole('heading', { name: 'This link can no longer be used' }).waitFor()
  await close()
})

test('during a cool-down the page says when it accepts a card, and accepts it then', async () => {
  const { page: setup } = await own.world.openSetup()
  expect((await setup.submitCard(declined)).status).toBe(202)
  await until(async () => !(await setup.progress()).body.paying)
  expect((await own.world.asNative('PATCH', '/v1/settings', { declines_per_window: 1 })).status).toBe(200)
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  await enterCard(page, '4242424242424242')
  await page.clock.install()
  await pay(page)
  await isTold(page, 'To protect you, this page accepts the next one at')
  // With the date in the hour before midnight.
  expect(await page.locator('#alert').textContent()).toMatch(/at (\w{3} \d?\d, \d{4}, )?\d?\d:\d\d\s[AP]M\.$/)
  const style = await payButton(page, true).evaluate((button) => getComputedStyle(button))
  expect([style.opacity, style.cursor]).toEqual(['0.55', 'default'])
  await own.world.asNative('PATCH', '/v1/settings', { declines_per_window: null })
  await page.clock.runFor(3_600_000)
  await payButton(page).click()
  await until(async () => {
    await page.clock.runFor(4_000)
    return page.getByRole('heading', { name: 'You are all set' }).isVisible()
  })
  await close()
})

test('a page that is reloaded during a cool-down says it again, and not after its end', async () => {
  const { page: setup } = await own.world.openSetup()
  expect((await setup.submitCard(declined)).status).toBe(202)
  await until(async () => !(await setup.progress()).body.paying)
  await own.world.asNative('PATCH', '/v1/settings', { declines_per_window: 1 })
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  await enterCard(page, '4242424242424242')
  await pay(page)
  await isTold(page, 'To protect you')
  const said = await page.locator('#alert').textContent()
  await page.reload()
  await isTold(page, 'To protect you')
  expect(await page.locator('#alert').textContent()).toBe(said)
  await payButton(page).waitFor()
  await page.clock.install({ time: Date.now() + 7_200_000 })
  await page.reload()
  await isTold(page, 'insufficient funds')
  await own.world.asNative('PATCH', '/v1/settings', { declines_per_window: null })
  await close()
})

test('the end of a cool-down does not offer the form during a submission', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  expect((await setup.submitCard(declined)).status).toBe(202)
  await until(async () => !(await setup.progress()).body.paying)
  await own.world.asNative('PATCH', '/v1/settings', { declines_per_window: 1 })
  const { page, close } = await openOnPhone(own.browser, setup.url.href)
  await enterCard(page, '4242424242424242')
  await page.clock.install()
  await pay(page)
  await isTold(page, 'To protect you')
  await own.world.asNative('PATCH', '/v1/settings', { declines_per_window: null })
  // Another choice may be tried before the time.
  await choose(page, 'PayPal')
  await choose(page, 'Card')
  let release = () => {}
  const held = new Promise<void>((resolve) => (release = resolve))
  await page.route('**/setup-completed', async (route) => {
    await held
    await route.continue()
  })
  await payButton(page).press('Enter')
  await page.getByRole('button', { name: 'Paying $15.00…' }).waitFor()
  await page.clock.fastForward(3_600_000)
  expect(await page.getByRole('button', { name: 'Paying $15.00…' }).isVisible()).toBe(true)
  expect(await page.evaluate(() => document.getElementById('setup')!.dataset.state)).toBe('submitting')
  release()
  await isDone(page)
  expect((await own.world.ledger(bc)).charges).toHaveLength(1)
  await close()
})

test('without a gateway that can be used the page says so, and its script does not fail', async () => {
  const { bc, page: setup } = await own.world.openSetup()
  await own.world.sql`
    insert into refused_gateways (organization_id, environment, gateway, code, offered_at)
    select organization_id, environment, offered, 'x', now() + interval '5 minutes'
    from billing_customers, unnest(array['stripe', 'paypal']) as t (offered) where id = ${bc}`
  const { page, complaints, close } = await openOnPhone(own.browser, setup.url.href)
  await isTold(page, 'cannot accept a payment method right now')
  expect(complaints).toEqual([])
  await own.world.sql`delete from refused_gateways`
  await close()
})

test.each([
  ['of the card form hangs: the page says so, and loads it again', 'stripe.js', 'taking a long time to load'],
  ['of PayPal hangs: the card form is there at once', 'web-sdk', null],
])('a script %s', async (_what, script, told) => {
  const { page: setup } = await own.world.openSetup()
  const { context } = await isolatedContext(own.browser, { locale: 'en-US' })
  const page = await context.newPage()
  await page.clock.install()
  const pattern = new RegExp(script)
  await page.route(pattern, () => new Promise(() => undefined))
  await page.goto(setup.url.href, { waitUntil: 'commit' })
  if (told) {
    await page.clock.fastForward(8_001)
    await isTold(page, told)
    await page.unroute(pattern)
    // By the keyboard: with this clock, a click waits for frames that do not come.
    await page.getByRole('button', { name: 'Load again' }).press('Enter')
  }
  await enterCard(page, '4242424242424242')
  await payButton(page).waitFor()
  expect(await page.getByRole('alert').allTextContents()).toEqual([''])
  if (!told) {
    await choose(page, 'PayPal')
    await page.clock.fastForward(8_001)
    await isTold(page, 'PayPal has not loaded. Please check your connection, or choose another payment method.')
  }
  await context.close()
})
