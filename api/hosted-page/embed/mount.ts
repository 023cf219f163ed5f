import { checkArguments, isWebAddress, type MountOptions } from './options.ts'
import { openOverlay } from './overlay.ts'
import { close, hello, opened, type PageEvent } from './protocol.ts'

/** What `BillingSetup.mount` returns. */
export interface Mounted {
  /** Removes the page. The onboarding stays as it is, and the page can be mounted again. */
  unmount(): void
}

/** Milliseconds after which a page that does not answer is reported. */
const answersWithin = 10_000

/** `method_selected` is handled by `onMethodSelected`. */
const handlerOf = (type: string) =>
  (type === 'closed' ? 'onExit' : `on_${type}`).replace(/_(.)/g, (_all, letter: string) => letter.toUpperCase())

/** Shows the hosted page in an element or in a dialog. Throws a TypeError that names a wrong argument. */
export function mount(element: Element, options: MountOptions): Mounted {
  checkArguments(element, options)
  const { url, open, title = 'Billing setup', closeLabel = 'Close' } = options
  const { origin, pathname } = new URL(url)
  const frame = document.createElement('iframe')
  frame.title = title
  frame.allow = 'payment *; publickey-credentials-get *'
  frame.style.cssText = 'display:block;width:100%;height:40rem;border:0'
  frame.src = url
  let port: MessagePort | undefined
  let remove: () => void
  const isOverlay = open === 'overlay'

  const call = (event: PageEvent) => {
    const handler = options[handlerOf(event.type) as keyof MountOptions] as ((event: PageEvent) => void) | undefined
    handler?.(event)
  }
  const exit = () => {
    unmount()
    call({ v: 1, type: 'closed', billing_customer_id: pathname.split('/').pop()! })
  }
  const receive = ({ data }: MessageEvent<PageEvent>) => {
    if (data.type === 'closed') return isOverlay ? exit() : undefined
    if (data.type === 'resize') frame.style.height = `${Number(data.height)}px`
    if (data.type === 'action_required') frame.scrollIntoView({ block: 'nearest' })
    if (data.type === 'redirect') return isWebAddress(data.url) ? location.assign(data.url) : undefined
    call(data)
  }
  // At each document in the frame: the page can load itself again.
  const connect = ({ source, origin: from, data }: MessageEvent<{ type?: unknown } | null>) => {
    if (source !== frame.contentWindow || from !== origin || data?.type !== opened) return
    clearTimeout(silence)
    port?.close()
    const { port1, port2 } = new MessageChannel()
    port = port1
    port.onmessage = receive
    frame.contentWindow!.postMessage({ v: 1, type: hello }, origin, [port2])
  }
  const silence = setTimeout(
    () => console.warn(`BillingSetup: the page does not answer. Is ${location.origin} in embed_origins?`),
    answersWithin,
  )
  const unmount = () => {
    clearTimeout(silence)
    removeEventListener('message', connect)
    port?.close()
    remove()
  }
  addEventListener('message', connect)
  if (isOverlay) {
    const onAsked = () => (port ? port.postMessage({ type: close }) : exit())
    remove = openOverlay(element, frame, { title, closeLabel, onAsked, onClosed: exit })
  } else {
    element.append(frame)
    remove = () => frame.remove()
  }
  return { unmount }
}
