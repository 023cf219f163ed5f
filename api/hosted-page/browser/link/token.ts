import { hideAddresses } from './hide-address.ts'
import { addressWith, keep, keptToken, resumeAddress } from './kept-token.ts'

// The link's token. It is removed from the URL before vendors' scripts run, and stored for this tab: for reloads, for
// the way back, and for restored tabs (MDN, Window.sessionStorage).

export { keepCoolDown, keptCoolDown } from './kept-token.ts'

let token = ''

/** The token that the page was opened with. */
export const linkToken = (): string => token

/** Reloads the page, whose URL has no token. */
export const reopen = (more?: Record<string, string>): void => location.replace(addressWith(token, more))

/** How the page was opened. */
export interface Opening {
  /** Whether the customer returned from the bank or PayPal. */
  isBack: boolean
  /** Whether the customer canceled there. */
  isCanceled: boolean
  /** Whether the browser stores the token for this tab. */
  isKept: boolean
}

/**
 * Removes the token from the URL and returns how the page was opened. Undefined if the page is being reloaded with a
 * stronger token: a return URL only opens the progress, and this tab may store the token of the link.
 */
export function takeToken(): Opening | undefined {
  const query = new URLSearchParams(location.search)
  const purpose = document.body.dataset.link === 'progress' ? 'progress' : 'setup'
  // `canceledParameter` in `api/setup/approval.ts`.
  const isCanceled = query.has('canceled')
  token = query.get('token') ?? ''
  // Also removes what a vendor adds to a return URL, such as a client secret.
  history.replaceState(null, '', resumeAddress())
  hideAddresses()
  const link = purpose === 'progress' ? keptToken('setup') : null
  if (link) {
    location.replace(addressWith(link, { returned: 'true', ...(isCanceled ? { canceled: 'true' } : {}) }))
    return undefined
  }
  return { isBack: purpose === 'progress' || query.has('returned'), isCanceled, isKept: keep(purpose, token) }
}
