import type { Browser, BrowserContext, Page } from 'playwright-core'
import { isolatedContext } from '../../tools/scripts/browser.ts'

// A tab of the hosted page that records what the vendors' scripts can read.

interface HistoryEntry {
  url: string | null
}
/** `window.navigation`, which the types of TypeScript 5.9 do not have. */
interface WithNavigation {
  navigation?: {
    entries(): HistoryEntry[]
    activation: { entry: HistoryEntry; from: HistoryEntry | null } | null
  }
}

/** Returns what every script of the page can read of the URL. */
export const readAddress = () => {
  const { navigation } = window as unknown as WithNavigation
  return {
    href: location.href,
    url: document.URL,
    base: document.baseURI,
    referrer: document.referrer,
    state: JSON.stringify(history.state),
    entries: (navigation?.entries() ?? []).map(({ url }) => url).join(' '),
    activation: [navigation?.activation?.entry.url, navigation?.activation?.from?.url].join(' '),
    timing: performance
      .getEntries()
      .map(({ name }) => name)
      .join(' '),
    timingAsJson: JSON.stringify(performance.getEntries()),
  }
}

/** Returns what the browser reports to performance observers. */
export const readObserved = () =>
  new Promise<string>((resolve) =>
    new PerformanceObserver((list) => resolve(JSON.stringify(list.getEntries()))).observe({
      type: 'navigation',
      buffered: true,
    }),
  )

export interface Tab {
  page: Page
  context: BrowserContext
  /** What each vendor script could read when it ran. */
  seen: Partial<ReturnType<typeof readAddress> & { destination: string }>[]
}

/** Opens a tab that records what the vendors' scripts can read when they run. */
export async function openTab(browser: Browser, url: string, options: { storage?: boolean } = {}): Promise<Tab> {
  const { context } = await isolatedContext(browser, { viewport: { width: 360, height: 740 }, locale: 'en-US' })
  const seen: Tab['seen'] = []
  await context.exposeBinding('noteAddress', (_source, address: Tab['seen'][number]) => void seen.push(address))
  await context.addInitScript(`
    for (const name of ['Stripe', 'paypal']) {
      let vendor
      Object.defineProperty(window, name, {
        get: () => vendor,
        set(value) { vendor = value; void window.noteAddress((${readAddress.toString()})()) },
      })
    }
    navigation.addEventListener('navigate', ({ destination }) => {
      if (window.Stripe || window.paypal) void window.noteAddress({ destination: destination.url })
    })`)
  if (options.storage === false)
    await context.addInitScript(`
      Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('no', 'SecurityError') } })`)
  const page = await context.newPage()
  await page.goto(url)
  return { page, context, seen }
}
