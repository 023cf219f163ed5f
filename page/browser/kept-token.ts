/** As in `api/services/setup-link.ts`: `setup` opens the page, `progress` is that of a return address. */
export type Purpose = 'setup' | 'progress'
export const purposes: Purpose[] = ['setup', 'progress']

const nameOf = (purpose: Purpose) => `${purpose}-token ${location.pathname}`

/** The token that this tab keeps for the page at this path; null also where the browser keeps nothing. */
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

/** The address that opens the page of this path with a token. */
export const addressWith = (token: string, more: Record<string, string> = {}): string =>
  `${location.pathname}?${new URLSearchParams({ token, ...more })}`
