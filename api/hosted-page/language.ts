import type { Context } from 'hono'
import { accepts } from 'hono/accepts'
import { findLanguage, languages, type Language } from './words/languages.ts'

/** Returns the language of the page for a request, and says in the response which it is. */
export function languageFor(c: Context): Language {
  const language = preferredLanguage(c)
  c.header('Content-Language', language.tag)
  c.header('Vary', 'Accept-Language', { append: true })
  return language
}

/** Returns the language that the reader prefers, from `Accept-Language` (RFC 9110, section 12.5.4). */
function preferredLanguage(c: Context): Language {
  const [first] = languages
  const tag = accepts(c, {
    header: 'Accept-Language',
    supports: languages.map((language) => language.tag),
    default: first.tag,
    match: (wanted) => wanted.find(({ type, q }) => q > 0 && findLanguage(type) !== undefined)?.type ?? first.tag,
  })
  return findLanguage(tag)!
}
