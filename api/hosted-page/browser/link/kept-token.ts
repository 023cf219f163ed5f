import { resumeName } from '../../view/resume-address.ts'

/** As in `api/setup-links.ts`: `setup` opens the page, `progress` is that of a return address. */
export type Purpose = 'setup' | 'progress'
export const purposes: Purpose[] = ['setup', 'progress']

/** Path of the page itself, as in links. */
const pagePath = () => location.pathname.replace(new RegExp(`/${resumeName}$`), '')

/** Calls `use` with the storage of this tab and the name of a value of the page. Null if the browser has none. */
function storage<Result>(name: string, use: (storage: Storage, name: string) => Result): Result | null {
  try {
    return use(sessionStorage, `${name} ${pagePath()}`)
  } catch {
    return null
  }
}
const stored = (name: string) => storage(name, (tab, key) => tab.getItem(key))
const store = (name: string, value: string) => void storage(name, (tab, key) => tab.setItem(key, value))

/** Returns the token that this tab stores for the page. Null also if the browser stores nothing. */
export const keptToken = (purpose: Purpose): string | null => stored(`${purpose}-token`)

/** Stores a token for this tab. Returns whether the browser stored it. */
export function keep(purpose: Purpose, token: string): boolean {
  store(`${purpose}-token`, token)
  return keptToken(purpose) === token
}

export const forget = (purpose: Purpose): void => void storage(`${purpose}-token`, (tab, key) => tab.removeItem(key))

/** Returns the URL without a token, from which the tab returns to the page. */
export const resumeAddress = (): string => `${pagePath()}/${resumeName}`

/** Returns the URL that opens the page with a token, in the language that was chosen in this tab. */
export function addressWith(token: string, more: Record<string, string> = {}): string {
  const locale = stored('locale')
  return `${pagePath()}?${new URLSearchParams({ token, ...(locale ? { locale } : {}), ...more })}`
}

/** Stores the language that the customer chose, for this tab. */
export const keepLocale = (locale: string): void => store('locale', locale)

/** Stores when the next payment method is accepted, in milliseconds since 1970, for this tab. */
export const keepCoolDown = (end: number): void => store('cool-down', end as never)

/** Returns what `keepCoolDown` stored; 0 for nothing. */
export const keptCoolDown = (): number => Number(stored('cool-down'))
