import { resumeName } from '../view/resume-address.ts'

/** As in `api/setup-links.ts`: `setup` opens the page, `progress` is that of a return address. */
export type Purpose = 'setup' | 'progress'
export const purposes: Purpose[] = ['setup', 'progress']

/** The path of the page itself, which its links have. */
const pagePath = () => location.pathname.replace(new RegExp(`/${resumeName}$`), '')

const nameOf = (purpose: Purpose) => `${purpose}-token ${pagePath()}`

/** The token that this tab keeps for the page; null also where the browser keeps nothing. */
export function keptToken(purpose: Purpose): string | null {
  try {
    return sessionStorage.getItem(nameOf(purpose))
  } catch {
    return null
  }
}

/** Keeps a token for this tab. Returns whether the browser does. */
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
    // Nothing is kept.
  }
}

/** The address without a token: there the tab comes back to the page. */
export const resumeAddress = (): string => `${pagePath()}/${resumeName}`

/** The address that opens the page with a token. */
export const addressWith = (token: string, more: Record<string, string> = {}): string =>
  `${pagePath()}?${new URLSearchParams({ token, ...more })}`
