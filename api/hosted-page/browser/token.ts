import { hideAddresses } from './hide-address.ts'
import { addressWith, keep, keptToken, resumeAddress } from './kept-token.ts'

// The link's token. It is taken out of the address before the scripts of vendors run, and is kept for this tab: for a
// reload, the way back, and a tab that is restored (MDN, Window.sessionStorage).

let token = ''

/** The token that the page was opened with. */
export const linkToken = (): string => token

/** Draws the page anew; its address has no token. */
export const reopen = (): void => location.replace(addressWith(token))

/** What is known of how the page was opened. */
export interface Opening {
  /** Whether the bank or PayPal led the customer here. */
  isBack: boolean
  /** Whether the browser keeps the token for this tab. */
  isKept: boolean
}

/**
 * Takes the token from the address. Undefined where the page is opened anew with a token that can do more: a return
 * address only opens the progress, and this tab may hold the link itself.
 */
export function takeToken(): Opening | undefined {
  const query = new URLSearchParams(location.search)
  const purpose = document.body.dataset.link === 'progress' ? 'progress' : 'setup'
  token = query.get('token') ?? ''
  // Also what a vendor adds to a return address, such as a client secret.
  history.replaceState(null, '', resumeAddress())
  hideAddresses()
  const link = purpose === 'progress' ? keptToken('setup') : null
  if (link) {
    location.replace(addressWith(link, { returned: 'true' }))
    return undefined
  }
  return { isBack: purpose === 'progress' || query.has('returned'), isKept: keep(purpose, token) }
}
