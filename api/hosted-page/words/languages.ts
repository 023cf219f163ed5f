import { english } from './en.ts'
import type { Words } from './words.ts'

/** A language of the hosted page. */
export interface Language {
  /** BCP 47 tag, for the `lang` attribute and for the vendors' forms. */
  tag: string
  direction: 'ltr' | 'rtl'
  words: Words
}

// The list of languages. The first is used if the reader asks for none of them.
export const languages: [Language, ...Language[]] = [{ tag: 'en', direction: 'ltr', words: english }]

const primary = (tag: string) => tag.toLowerCase().split('-')[0]

/** Returns the language of a tag: the same, or one of another region; undefined if the page does not have it. */
export const findLanguage = (tag: string): Language | undefined =>
  languages.find((language) => language.tag.toLowerCase() === tag.toLowerCase()) ??
  languages.find((language) => primary(language.tag) === primary(tag))
