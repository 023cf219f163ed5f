import { resumeName } from '../../view/resume-address.ts'

/** As in `api/setup-links.ts`: `setup` opens the page, `progress` is that of a return address. */
export type Purpose = 'setup' | 'progress'
export const purposes: Purpose[] = ['setup', 'progress']

/** Path of the page itself, as in links. */
const pagePath = () => location.pathname.replace(new RegExp(`/${resumeName}$`), '')

const nameOf = (purpose: Purpose) => `${purpose}-token ${pagePath()}`

/** Returns the token that this tab stores for the page. Null also if the browser stores nothing. */
export function keptToken(purpose: Purpose): string | null {
  try {
    return sessionStorage.getItem(nameOf(purpose))
  } catch {
    return null
  }
}

/** Stores a token for this tab. Returns whether the browser stored it. */
export function keep(purpose: Purpose, token: string): boolean {
  try {
    sessionStorage.setItem(nameOf(purpose), token)
  } catch {
    return false
  }
  return keptToken(purpose) === token
}

export function forget(purpose: Purpose): void {
  try {
    sessionStorage.removeItem(nameOf(purpose))
  } catch {
    // The browser stores nothing.
  }
}

/** Returns the URL without a token, from which the tab returns to the page. */
export const resumeAddress = (): string => `${pagePath()}/${resumeName}`

/** Returns the URL that opens the page with a token. */
export const addressWith = (token: string, more: Record<string, string> = {}): string =>
  `${pagePath()}?${new URLSearchParams({ token, ...more })}`
