import type { Context } from 'hono'
import { accepts } from 'hono/accepts'
import type { OpenedLink } from '../setup/opened-link.ts'
import { findLanguage, languages, type Language } from './words/languages.ts'

/**
 * Returns the language of the page, and says in the response which it is: the one that the customer chose on the page,
 * otherwise that of the link, otherwise the one that the reader prefers, otherwise that of the organization.
 */
export function languageFor(c: Context, link?: Pick<OpenedLink, 'page' | 'settings'>): Language {
  const chosen = languages.find(({ tag }) => tag === c.req.query('locale'))
  const ofLink = link?.page.locale ? findLanguage(link.page.locale) : undefined
  const ofOrganization = link ? findLanguage(link.settings.pageLocale) : undefined
  const language = chosen ?? ofLink ?? preferredLanguage(c) ?? ofOrganization ?? languages[0]
  c.header('Content-Language', language.tag)
  // A notice asks for the language again, after the page that it replaces.
  if (!c.res.headers.get('Vary')?.includes('Accept-Language')) c.header('Vary', 'Accept-Language', { append: true })
  return language
}

/** Characters. Browsers send fewer, and to read a list of thousands of languages takes a tenth of a second. */
const longestPreference = 500

/** Returns the language that the reader prefers, if the page has it: `Accept-Language` (RFC 9110, section 12.5.4). */
function preferredLanguage(c: Context): Language | undefined {
  if ((c.req.header('Accept-Language')?.length ?? 0) > longestPreference) return undefined
  const tag = accepts(c, {
    header: 'Accept-Language',
    supports: languages.map((language) => language.tag),
    default: '',
    match: (wanted) => wanted.find(({ type, q }) => q > 0 && findLanguage(type) !== undefined)?.type ?? '',
  })
  return findLanguage(tag)
}
