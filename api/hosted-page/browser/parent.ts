import { close, hello, opened, type PageNews } from '../embed/protocol.ts'
import { page } from './page-data.ts'

// What the page tells the application in whose frame it is: docs/embedding.md. Only one of a listed origin is told.

let port: MessagePort | undefined
/** What happened before the application said hello. */
const waiting: object[] = []
const isFramed = window.parent !== window

/** Sends an event to the application around the page. */
export function tell(news: PageNews): void {
  const event = { v: 1, billing_customer_id: page.billingCustomerId, ...news }
  if (port) port.postMessage(event)
  else if (isFramed) waiting.push(event)
}

/** Opens another site. In a frame the application does that: banks and PayPal refuse to be framed. */
export function leaveFor(url: string): void {
  if (port) tell({ type: 'redirect', url })
  else location.assign(url)
}

/** Whether an application around the page handles its events. */
export const isConnected = (): boolean => port !== undefined

/**
 * Posts to the application around the page, and to nobody else. A browser that does not tell which of the listed
 * origins that is reports the other ones on its console.
 */
export function postToParent(message: object): void {
  const outer = location.ancestorOrigins?.[0]
  for (const origin of isFramed ? page.embedOrigins : []) {
    if (outer && outer !== 'null' && outer !== origin) continue
    try {
      window.parent.postMessage(message, origin)
    } catch {
      // This browser does not accept the origin. The other origins are still notified.
    }
  }
}

/** Accepts the application around the page, if it says hello from a listed origin. `isUnderWay`: a payment is made. */
export function connectToParent(isUnderWay: () => boolean): void {
  const askToClose = () => isUnderWay() || tell({ type: 'closed' })
  addEventListener('message', ({ source, origin, data, ports: [given] }: MessageEvent<{ type?: unknown } | null>) => {
    if (source !== window.parent || !page.embedOrigins.includes(origin) || data?.type !== hello || !given) return
    port = given
    port.onmessage = (message: MessageEvent<{ type?: unknown } | null>) => message.data?.type === close && askToClose()
    tell({ type: 'ready' })
    for (const event of waiting.splice(0)) port.postMessage(event)
    followHeight()
  })
  addEventListener('keydown', ({ key }) => key === 'Escape' && askToClose())
  postToParent({ type: opened })
}

/** Tells the height of the page now and whenever it changes. Its smallest height is that of the bank's page. */
function followHeight(): void {
  const root = document.documentElement
  const tellHeight = () => tell({ type: 'resize', height: Math.ceil(root.getBoundingClientRect().height) })
  if (window.ResizeObserver) new ResizeObserver(tellHeight).observe(root)
  else tellHeight()
}

/** Makes room for the bank's page, which is as large as the frame. */
export function makeRoom(isNeeded: boolean): void {
  if (isFramed) document.documentElement.style.minHeight = isNeeded ? '40rem' : ''
}
