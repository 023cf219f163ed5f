import { expect, test } from 'vitest'
import { openTab } from '../../../support/tab.ts'
import { pageWorld } from '../../../support/phone.ts'

const own = pageWorld(() => ({ worker: false }))

/** A style that the page's policy forbids, before the token is out of the address: browser extensions add such. */
function violate(): void {
  const added = new MutationObserver(() => {
    if (!document.head) return
    added.disconnect()
    document.head.append(document.createElement('style'))
    document.head.lastElementChild!.textContent = 'a{}'
  })
  added.observe(document, { childList: true, subtree: true })
}

/** What a script can still read of the reports that the browser has stored. */
const readReports = (): Promise<string> =>
  new Promise((resolve) => {
    if (!('ReportingObserver' in window)) return resolve('')
    new ReportingObserver((reports) => resolve(JSON.stringify(reports)), { buffered: true }).observe()
    setTimeout(() => resolve(''), 2_000)
  })

test('reports from before the token was removed are not readable by vendors', async () => {
  const { page: setup } = await own.world.openSetup()
  const tab = await openTab(own.browser, 'about:blank')
  const violated = tab.page.waitForEvent('console', (message) => /Content Security Policy/.test(message.text()))
  await tab.page.addInitScript(violate)
  await tab.page.goto(setup.url.href)
  await violated
  await tab.page.getByRole('button', { name: 'Pay $15.00 and finish', disabled: false }).waitFor()
  expect(await tab.page.evaluate(readReports)).not.toContain(setup.token)
  await tab.context.close()
})
