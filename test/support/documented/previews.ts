import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import type { PreviewState } from '../../../domain/tenant/page-previews.ts'
import { isolatedContext } from '../../../tools/scripts/browser.ts'
import type { World } from '../world/world.ts'

// Previews of the hosted page in a browser, and what is checked on each.

export interface Look {
  locale: string
  width: number
  colors: 'light' | 'dark' | 'forced'
}

/** Opens a tab for previews in a look. `show` loads one and waits until it has reached its state. */
export async function openPreviews(browser: Browser, world: World, { locale, width, colors }: Look) {
  const options: BrowserContextOptions = {
    viewport: { width, height: 740 },
    colorScheme: colors === 'dark' ? 'dark' : 'light',
    forcedColors: colors === 'forced' ? 'active' : 'none',
    reducedMotion: 'reduce',
    extraHTTPHeaders: { Authorization: `Bearer ${world.seeds.secret_key}` },
  }
  const { context, refused, sent } = await isolatedContext(browser, options)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  return {
    page,
    complaints,
    sent,
    async show(state: PreviewState, kind = 'onboarding'): Promise<void> {
      const query = new URLSearchParams({ state, kind, locale, theme: 'auto' })
      await page.goto(`${world.apiUrl}/v1/brands/${world.seeds.brand_id}/preview?${query.toString()}`)
      // Notices for anybody have no script.
      const hasScript = (await page.locator('script[type="module"]').count()) > 0
      if (hasScript) await page.locator('html[data-preview="ready"]').waitFor()
    },
    async close(): Promise<void> {
      await context.close()
      if (refused.length > 0) throw new Error(`a preview requested ${refused.join(', ')}`)
    },
  }
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** Returns what violates WCAG 2.2 AA on a page: the rule, and the elements. */
export async function violations(page: Page): Promise<string[]> {
  // Not as a script element, which the Content-Security-Policy forbids.
  await page.evaluate(axe)
  return page.evaluate(async (tags) => {
    const { axe } = window as unknown as { axe: { run(options: object): Promise<AxeResults> } }
    const off = { enabled: false }
    interface AxeResults {
      violations: { id: string; nodes: { target: string[]; failureSummary?: string }[] }[]
    }
    // While the bank's page covers this one, its content is inert, and the rest of the document has none.
    const isCovered = document.querySelector('main')!.inert
    const rules = isCovered ? { 'landmark-one-main': off, 'page-has-heading-one': off } : {}
    const { violations } = await axe.run({ runOnly: tags, rules, resultTypes: ['violations'] })
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`)
  }, rules)
}

/** Returns the elements that are wider than the page or than what they are in. */
export const overflowing = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const width = document.documentElement.clientWidth
    const wide = [...document.body.querySelectorAll<HTMLElement>('*')].filter((element) => {
      const { left, right, width: own } = element.getBoundingClientRect()
      return own > 0 && (right > width + 1 || left < -1)
    })
    const scrolls = document.documentElement.scrollWidth > width ? ['the page scrolls sideways'] : []
    return [...scrolls, ...wide.map((element) => `${element.tagName}#${element.id}`)]
  })

/** Returns visible texts that are not in the words of the page, as the pseudo-locale has brackets around those. */
export const untranslated = (page: Page, names: string[]): Promise<string[]> =>
  page.evaluate((known) => {
    // Languages have their own names.
    document.querySelector('select')?.remove()
    const shown = document.body.innerText.split('\n')
    const without = (text: string) =>
      known.reduce((left, name) => left.replaceAll(name, ''), text.replaceAll(/\[[^\]]*\]/g, ''))
    return shown.filter((text) => /\p{L}/u.test(without(text)))
  }, names)
