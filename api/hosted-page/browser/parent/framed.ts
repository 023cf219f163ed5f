import { close, hello, opened, type PageNews } from '../../embed/protocol.ts'
import type { NoticeData } from '../../view/model.ts'

// What a page in a frame tells the application around it: docs/embedding.md. Only one of a listed origin is told. A
// file of its own, because most pages are in no frame.

/** A page in a frame, and the application around it. */
export interface Connection {
  /** Sends an event to the application, now or when it says hello. */
  tell(news: PageNews): void
  /** Whether the application handles events. */
  isConnected(): boolean
  /**
   * Posts to the application, and to nobody else. A browser that does not tell which of the listed origins it has
   * reports the other ones on its console.
   */
  post(message: object): void
}

type Framed = Pick<NoticeData, 'billingCustomerId' | 'embedOrigins'>
type Received = MessageEvent<{ type?: unknown } | null>

/** Accepts the application around the page, if it says hello from a listed origin. `isUnderWay`: a payment is made. */
export function connect({ billingCustomerId, embedOrigins }: Framed, isUnderWay: () => boolean): Connection {
  let port: MessagePort | undefined
  /** What happened before the application said hello. */
  const waiting: object[] = []

  const tell = (news: PageNews): void => {
    const event = { v: 1, billing_customer_id: billingCustomerId, ...news }
    if (port) port.postMessage(event)
    else waiting.push(event)
  }
  const post = (message: object): void => {
    const outer = location.ancestorOrigins?.[0]
    for (const origin of embedOrigins) {
      if (outer && outer !== 'null' && outer !== origin) continue
      try {
        window.parent.postMessage(message, origin)
      } catch {
        // This browser does not accept the origin. The other origins are still notified.
      }
    }
  }
  const askToClose = () => isUnderWay() || tell({ type: 'closed' })
  addEventListener('message', ({ source, origin, data, ports: [given] }: Received) => {
    if (source !== window.parent || !embedOrigins.includes(origin) || data?.type !== hello || !given) return
    port = given
    port.onmessage = (message: Received) => message.data?.type === close && askToClose()
    tell({ type: 'ready' })
    for (const event of waiting.splice(0)) port.postMessage(event)
    followHeight(tell)
  })
  addEventListener('keydown', ({ key }) => key === 'Escape' && askToClose())
  post({ type: opened })
  return { tell, isConnected: () => port !== undefined, post }
}

/** Tells the height of the page now and whenever it changes. Its smallest height is that of the bank's page. */
function followHeight(tell: Connection['tell']): void {
  const root = document.documentElement
  const tellHeight = () => tell({ type: 'resize', height: Math.ceil(root.getBoundingClientRect().height) })
  if (window.ResizeObserver) new ResizeObserver(tellHeight).observe(root)
  else tellHeight()
}
