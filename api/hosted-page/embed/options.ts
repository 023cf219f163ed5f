import type { PageEvent } from './protocol.ts'

type EventOf<Type extends PageEvent['type']> = Extract<PageEvent, { type: Type }>
type Handler<Type extends PageEvent['type']> = (event: EventOf<Type>) => void

/** The options of `BillingSetup.mount`. Each handler is called with the page's event. */
export interface MountOptions {
  /** The `setup_url` of the onboarding. */
  url: string
  /** `inline` (the default): in the element. `overlay`: in a dialog over the whole window. */
  open?: 'inline' | 'overlay'
  /** The accessible name of the frame, and of the dialog. */
  title?: string
  /** The accessible name of the button that closes the overlay. */
  closeLabel?: string
  onReady?: Handler<'ready'>
  onResize?: Handler<'resize'>
  onMethodSelected?: Handler<'method_selected'>
  onSubmitted?: Handler<'submitted'>
  onActionRequired?: Handler<'action_required'>
  onDeclined?: Handler<'declined'>
  onCompleted?: Handler<'completed'>
  onExpired?: Handler<'expired'>
  onCanceled?: Handler<'canceled'>
  onFailed?: Handler<'failed'>
  /** The customer closed the overlay. */
  onExit?: Handler<'closed'>
}

const handlers =
  'onReady onResize onMethodSelected onSubmitted onActionRequired onDeclined onCompleted onExpired onCanceled ' +
  'onFailed onExit'
const texts = 'url open title closeLabel'

function reject(argument: string, rule: string): never {
  throw new TypeError(`BillingSetup.mount: ${argument} ${rule}`)
}

/** Returns whether a text is an https URL, or an http URL of the developer's own machine. */
export function isWebAddress(text: unknown): text is string {
  try {
    const { protocol, hostname } = new URL(text as string)
    return protocol === 'https:' || (protocol === 'http:' && /^((.+\.)?localhost|127(\.\d+){3})$/.test(hostname))
  } catch {
    return false
  }
}

/** Throws a TypeError that names the first wrong argument. */
export function checkArguments(element: unknown, options: unknown): asserts options is MountOptions {
  if (!(element instanceof HTMLElement) || !element.isConnected) reject('element', 'must be an element of the page')
  if (typeof options !== 'object' || options === null) reject('options', 'must be an object with a url')
  const { url, open } = options as MountOptions
  if (!isWebAddress(url)) reject('url', 'must be a setup_url: https, or http on localhost')
  if (open !== undefined && open !== 'inline' && open !== 'overlay') reject('open', 'must be inline or overlay')
  for (const [name, value] of Object.entries(options)) {
    const isHandler = handlers.split(' ').includes(name)
    if (!isHandler && !texts.split(' ').includes(name)) reject(name, 'is not an option')
    const type = isHandler ? 'function' : 'string'
    if (value !== undefined && typeof value !== type) reject(name, `must be a ${type}`)
  }
}
