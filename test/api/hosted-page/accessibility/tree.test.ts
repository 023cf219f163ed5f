import { expect, test } from 'vitest'
import { previewStates } from '../../../../domain/tenant/page-previews.ts'
import { openPreviews, type Look } from '../../../support/documented/previews.ts'
import { pageWorld } from '../../../support/phone.ts'

// What screen readers find in each state. A change of the page changes `trees.txt`: read the difference, then
// `npx vitest run test/api/hosted-page/accessibility/tree.test.ts --update`.

const own = pageWorld(() => ({ worker: false }))
const look: Look = { locale: 'en', width: 390, colors: 'light' }
const shown = [
  ...previewStates.map((state) => ({ state, kind: 'onboarding' })),
  ...(['form', 'working', 'done', 'canceled'] as const).map((state) => ({ state, kind: 'replacement' })),
]

/** Dates and times, which differ between runs. */
const withoutTimes = (tree: string): string =>
  tree
    .replaceAll(/\w{3} \d?\d, \d{4}, (\d?\d:\d\d)/g, '$1')
    .replaceAll(/\d?\d:\d\d\s[AP]M/g, '<time>')
    .replaceAll(/[A-Z]\w+ \d?\d, \d{4}/g, '<date>')

test('each state has the accessibility tree that is written down', async () => {
  const tab = await openPreviews(own.browser, own.world, look)
  const trees: string[] = []
  for (const { state, kind } of shown) {
    await tab.show(state, kind)
    if (state === 'card_not_loaded') await tab.page.locator('#alert:not(:empty)').waitFor()
    const title = withoutTimes(await tab.page.title())
    trees.push(`# ${state} (${kind}): ${title}\n${withoutTimes(await tab.page.locator('body').ariaSnapshot())}\n`)
  }
  await tab.close()
  await expect(trees.join('\n')).toMatchFileSnapshot('./trees.txt')
})
