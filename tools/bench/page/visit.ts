import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { cumulativeShift } from './layout-shift.ts'

const recorder = fileURLToPath(new URL('./recorder.js', import.meta.url))

/** What the recorder noted. Times are in milliseconds since 1970. */
interface Noted {
  name: 'opened' | 'first-paint' | 'first-contentful-paint' | 'usable' | 'click' | 'words' | 'done' | 'shift'
  at: number
  value: number
}

export interface VisitOptions {
  /** Whether the device and its network are slow: as in Lighthouse, slow 4G and a processor of a quarter. */
  isSlow?: boolean
  /** Part of the URL of a script that does not load. */
  hanging?: string
}

// github.com/GoogleChrome/lighthouse, docs/throttling.md: 1.6 Mbit/s and 750 kbit/s less a tenth, 150 ms.
const slow4G = { offline: false, latency: 150, downloadThroughput: 1.44e6 / 8, uploadThroughput: 675e3 / 8 }
/** Milliseconds after which a script that hangs has failed. */
const hangsFor = 10_000

/** Opens a link like a customer with a phone, with an empty cache. */
export async function visit(browser: Browser, url: string, { isSlow = false, hanging }: VisitOptions = {}) {
  const context = await browser.newContext({ viewport: { width: 390, height: 740 }, locale: 'en-US' })
  const noted: Noted[] = []
  let onNote = () => {}
  await context.exposeBinding('noteVisit', (_source, note: Noted) => {
    noted.push(note)
    onNote()
  })
  await context.addInitScript({ path: recorder })
  const page = await context.newPage()
  if (isSlow) await slowDown(page)
  if (hanging) await hang(page, hanging)
  await page.goto(url, { waitUntil: 'commit' })

  const times = (name: Noted['name']) => noted.filter((note) => note.name === name).map(({ at }) => at)
  const opened = () => times('opened')[0]!
  return {
    /** Resolves with the time at which the form was usable for the nth time. */
    usable: (nth: number) => reached('usable', nth),
    /** Enters a card and submits it. Resolves with the times of the click and of the first words after it. */
    async submit(card: string) {
      const form = page.frameLocator('#card-form iframe')
      await form.getByLabel('Card number').fill(card)
      await form.getByLabel('Expiration date').fill('12 / 34')
      await form.getByLabel('Security code').fill('123')
      const clicked = times('click').length
      await page.locator('form#payment button[type="submit"]').click()
      return reached('click', clicked + 1)
    },
    words: () => reached('words', 1),
    done: () => reached('done', 1),
    opened,
    firstPaint: () => reached('first-contentful-paint', 1),
    /** The cumulative layout shift until a time. */
    shiftUntil: (end: number) => cumulativeShift(noted.filter(({ name, at }) => name === 'shift' && at <= end)),
    close: () => context.close(),
  }

  /** Resolves with the time at which something happened for the nth time. */
  async function reached(name: Noted['name'], nth: number): Promise<number> {
    const end = Date.now() + 60_000
    while (times(name).length < nth) {
      if (Date.now() > end) throw new Error(`no "${name}" within a minute: ${url}`)
      await new Promise<void>((resolve) => {
        onNote = resolve
        setTimeout(resolve, 1_000)
      })
    }
    return times(name)[nth - 1]!
  }
}

async function slowDown(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Network.emulateNetworkConditions', slow4G)
  await session.send('Emulation.setCPUThrottlingRate', { rate: 4 })
}

/** Only the script is intercepted. A route of Playwright would slow down every request. */
async function hang(page: Page, script: string): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('Fetch.enable', { patterns: [{ urlPattern: `*${script}*` }] })
  session.on('Fetch.requestPaused', ({ requestId }) => {
    const fail = () => session.send('Fetch.failRequest', { requestId, errorReason: 'TimedOut' })
    setTimeout(() => void fail().catch(() => undefined), hangsFor)
  })
}
