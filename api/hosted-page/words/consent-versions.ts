import type { PageLocale } from '../../../domain/hosted-page.ts'
import { version1 } from './earlier/version-1.ts'
import { findLanguage } from './languages.ts'
import type { ConsentWords } from './words.ts'

// What a customer agreed to is stored with the version of the sentences, so that they can be reproduced. To change one
// in any language: copy the current ones of all languages to a file in `earlier/`, increase the version, and pin its
// digest (test/api/hosted-page/view/consent.unit.test.ts). Another language needs no new version.

/** The version of the consent sentences in the files of the languages. */
export const consentVersion = 2

/** The sentences of earlier versions. */
const earlier: Record<number, Partial<Record<PageLocale, ConsentWords>>> = { 1: version1 }

/** Returns the consent sentences of a version in a language; undefined if they do not exist. */
export const findConsentWords = (version: number, language: PageLocale): ConsentWords | undefined =>
  version === consentVersion ? findLanguage(language)?.consent : earlier[version]?.[language]

/** All versions, the current one last. */
export const consentVersions = [...Object.keys(earlier).map(Number), consentVersion]
