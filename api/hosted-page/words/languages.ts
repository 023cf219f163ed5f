import { pageLocales, type PageLocale } from '../../../domain/hosted-page.ts'
import { pseudoLocale } from '../../../domain/tenant/page-previews.ts'
import { arabic } from './ar.ts'
import { german } from './de.ts'
import { english } from './en.ts'
import { spanish } from './es.ts'
import { french } from './fr.ts'
import { italian } from './it.ts'
import { japanese } from './ja.ts'
import { dutch } from './nl.ts'
import { polish } from './pl.ts'
import { brazilianPortuguese } from './pt-BR.ts'
import { pseudoWords } from './pseudo.ts'
import type { Words } from './words.ts'

/** A language of the hosted page. */
export interface Language {
  /** BCP 47 tag, for the `lang` attribute and for the vendors' forms. */
  tag: PageLocale | typeof pseudoLocale
  direction: 'ltr' | 'rtl'
  words: Words
}

const wordsOf: Record<PageLocale, Words> = {
  en: english,
  de: german,
  fr: french,
  es: spanish,
  it: italian,
  nl: dutch,
  'pt-BR': brazilianPortuguese,
  pl: polish,
  ja: japanese,
  ar: arabic,
}

/** All languages. The first is used if nobody asks for another. */
export const languages = pageLocales.map((tag): Language => ({
  tag,
  direction: tag === 'ar' ? 'rtl' : 'ltr',
  words: wordsOf[tag],
})) as [Language, ...Language[]]

/** Long words with accents in brackets, which only previews show: what is not in the words is not in brackets. */
export const pseudoLanguage: Language = { tag: pseudoLocale, direction: 'ltr', words: pseudoWords(english) }

const primary = (tag: string) => tag.toLowerCase().split('-')[0]

/** Returns the language of a tag: the same, or one of another region; undefined if the page does not have it. */
export const findLanguage = (tag: string): Language | undefined =>
  languages.find((language) => language.tag.toLowerCase() === tag.toLowerCase()) ??
  languages.find((language) => primary(language.tag) === primary(tag))
