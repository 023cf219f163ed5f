import { pageLocales, type PageLocale } from '../../../domain/hosted-page.ts'
import { pseudoLocale } from '../../../domain/tenant/page-previews.ts'
import { arabic, arabicConsent } from './ar.ts'
import { german, germanConsent } from './de.ts'
import { english, englishConsent } from './en.ts'
import { spanish, spanishConsent } from './es.ts'
import { french, frenchConsent } from './fr.ts'
import { italian, italianConsent } from './it.ts'
import { japanese, japaneseConsent } from './ja.ts'
import { dutch, dutchConsent } from './nl.ts'
import { polish, polishConsent } from './pl.ts'
import { brazilianPortuguese, brazilianPortugueseConsent } from './pt-BR.ts'
import { pseudoWords } from './pseudo.ts'
import type { ConsentWords, Words } from './words.ts'

/** A language of the hosted page. */
export interface Language {
  /** BCP 47 tag, for the `lang` attribute and for the vendors' forms. */
  tag: PageLocale | typeof pseudoLocale
  direction: 'ltr' | 'rtl'
  words: Words
  /** The current consent sentences. */
  consent: ConsentWords
}

const wordsOf: Record<PageLocale, [Words, ConsentWords]> = {
  en: [english, englishConsent],
  de: [german, germanConsent],
  fr: [french, frenchConsent],
  es: [spanish, spanishConsent],
  it: [italian, italianConsent],
  nl: [dutch, dutchConsent],
  'pt-BR': [brazilianPortuguese, brazilianPortugueseConsent],
  pl: [polish, polishConsent],
  ja: [japanese, japaneseConsent],
  ar: [arabic, arabicConsent],
}

/** All languages. The first is used if nobody asks for another. */
export const languages = pageLocales.map((tag): Language => ({
  tag,
  direction: tag === 'ar' ? 'rtl' : 'ltr',
  words: wordsOf[tag][0],
  consent: wordsOf[tag][1],
})) as [Language, ...Language[]]

/** Long words with accents in brackets, which only previews show: what is not in the words is not in brackets. */
export const pseudoLanguage: Language = {
  tag: pseudoLocale,
  direction: 'ltr',
  words: pseudoWords(english),
  consent: pseudoWords(englishConsent),
}

const primary = (tag: string) => tag.toLowerCase().split('-')[0]

/** Returns the language of a tag: the same, or one of another region; undefined if the page does not have it. */
export const findLanguage = (tag: string): Language | undefined =>
  languages.find((language) => language.tag.toLowerCase() === tag.toLowerCase()) ??
  languages.find((language) => primary(language.tag) === primary(tag))
