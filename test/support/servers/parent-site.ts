import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, BrowserContext, FrameLocator, Page } from 'playwright-core'
import { isolatedContext } from '../../../tools/scripts/browser.ts'

// A site of an integrator on another origin, under a policy that allows nothing inline.

export interface ParentSite {
  origin: string
  close(): void
}

const script = `
  const query = new URLSearchParams(location.search)
  window.events = []
  const types = ['Ready', 'MethodSelected', 'Submitted', 'ActionRequired', 'Declined', 'Completed', 'Expired',
    'Canceled', 'Failed', 'Exit']
  const handlers = Object.fromEntries(types.map((type) => ['on' + type, (event) => window.events.push(event)]))
  const open = query.get('open') ?? 'inline'
  window.start = () => { window.mounted = BillingSetup.mount(document.getElementById('here'),
    { url: query.get('url'), open, ...handlers }) }
  document.getElementById('start').onclick = window.start
  if (open === 'inline' && query.has('url')) window.start()`

/** Opens the site. `page` is where embed.js and the hosted page are. */
export async function openParentSite(page: () => string): Promise<ParentSite> {
  const server = createServer((request, response) => {
    if (request.url === '/site.js') return response.setHeader('Content-Type', 'text/javascript').end(script)
    response
      .setHeader('Content-Type', 'text/html')
      .setHeader('Content-Security-Policy', `default-src 'none'; script-src 'self' ${page()}; frame-src ${page()}`)
      .end(
        '<!doctype html><title>Site</title><h1>Billing</h1><button id="start">Start</button><div id="here"></div>' +
          `<script src="${page()}/embed.js"></script><script src="/site.js"></script>`,
      )
    return undefined
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () => void server.close(),
  }
}

/** An event of the page, as the site got it. */
export type SiteEvent = { v: number; type: string; billing_customer_id: string } & Record<string, unknown>

/** Returns the events that the site got so far. */
export const eventsOf = (page: Page): Promise<SiteEvent[]> =>
  page.evaluate(() => (window as unknown as { events: SiteEvent[] }).events)

/** A tab of a site with the page in a frame. */
export interface Visit {
  context: BrowserContext
  page: Page
  framed: FrameLocator
  /** Errors that the browser reported. */
  complaints: string[]
}

/** Opens a tab for a site with the page in a frame. `script` runs in each document of the tab. */
export async function openVisit(browser: Browser, script = ''): Promise<Visit> {
  const { context } = await isolatedContext(browser, { viewport: { width: 500, height: 900 }, locale: 'en-US' })
  if (script) await context.addInitScript(script)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(error.message))
  return { context, page, framed: page.frameLocator('iframe').first(), complaints }
}

/** Browsers give a frame a storage of its own, or none. That of the tests is told not to, hence none. */
export const blockStorage = `if (window !== top) Object.defineProperty(window, 'sessionStorage', {
  get() { throw new DOMException('The operation is insecure', 'SecurityError') } })`
