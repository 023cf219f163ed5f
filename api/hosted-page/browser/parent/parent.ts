import type { PageNews } from '../../embed/protocol.ts'
import type * as Framed from './framed.ts'
import { page } from '../page-data.ts'

// The application in whose frame the page is, if it is in one. Only then the script that talks to it is loaded.

export const isFramed = window.parent !== window

let connection: Framed.Connection | undefined
let connecting: Promise<Framed.Connection> | undefined

/** Connects to the application around the page. `isUnderWay`: a payment is made. */
export function connectToParent(isUnderWay: () => boolean): void {
  if (!isFramed) return
  const load = (url: string) => import(url) as Promise<typeof Framed>
  // Under another URL, because a browser may keep the failure.
  connecting = load(page.framedScript)
    .catch(() => load(`${page.framedScript}?again`))
    .then(({ connect }) => (connection = connect(page, isUnderWay)))
}

/** Sends an event to the application around the page. */
export function tell(news: PageNews): void {
  void connecting?.then((made) => made.tell(news))
}

/** Posts to the application around the page, and to nobody else. */
export function postToParent(message: object): void {
  void connecting?.then((made) => made.post(message))
}

/** Whether an application around the page handles its events. */
export const isConnected = (): boolean => connection?.isConnected() ?? false

/** Opens another site. In a frame the application does that: banks and PayPal refuse to be framed. */
export function leaveFor(url: string): void {
  if (isConnected()) tell({ type: 'redirect', url })
  else location.assign(url)
}

/** Makes room for the bank's page, which is as large as the frame. */
export function makeRoom(isNeeded: boolean): void {
  if (isFramed) document.documentElement.style.minHeight = isNeeded ? '40rem' : ''
}
