import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { pageLocales, type ConsentWay, type PageLocale } from '../../../../domain/hosted-page.ts'
import {
  consentSentences,
  consentText,
  type Agreement,
  type LaterCharge,
} from '../../../../api/hosted-page/view/consent.ts'
import {
  consentVersion,
  consentVersions,
  findConsentWords,
} from '../../../../api/hosted-page/words/consent-versions.ts'
import { languages } from '../../../../api/hosted-page/words/languages.ts'

const visit: LaterCharge = { item: 'Monthly visit', price: '$15.00', when: 'each', threshold: '' }
const usual: Agreement = {
  company: 'Northwind [Ltd.]',
  price: '$20.00',
  refunded: false,
  later: visit,
  termsUrl: 'https://northwind.example/terms',
  privacyUrl: 'https://northwind.example/privacy',
}
const cases: Record<string, [ConsentWay, Partial<Agreement>]> = {
  usual: ['text', {}],
  'with a box': ['checkbox', {}],
  'paid back': ['text', { refunded: true }],
  free: ['text', { price: null }],
  'no item': ['text', { later: null }],
  'an open amount': ['text', { later: { ...visit, price: null } }],
  'at least': ['text', { later: { ...visit, when: 'gte', threshold: '1,000' } }],
  'at most': ['text', { later: { ...visit, when: 'lte', threshold: '1,000' } }],
  exactly: ['text', { later: { ...visit, when: 'eq', threshold: '1,000' } }],
  'no links': ['text', { termsUrl: null, privacyUrl: null }],
}

/** Returns what a customer agrees to in each of the cases. */
const allTexts = (version: number, language: PageLocale) =>
  Object.entries(cases).map(([name, [way, changes]]) => {
    const words = findConsentWords(version, language)!
    return [name, consentText(consentSentences(words, way, { ...usual, ...changes }))] as const
  })

// If a digest differs, a sentence of a released version changed. What customers agreed to must stay reproducible: undo
// it, or make a new version as `words/consent-versions.ts` says.
const digests: Record<number, Partial<Record<PageLocale, string>>> = {
  1: {
    en: '6cea1eaccabb63ff',
    de: '7917f6833926b9f0',
    fr: '1cb2c53d59cca876',
    es: 'e54726df91defc61',
    it: '40982c34b81e334c',
    nl: 'a3bdd2e42125f802',
    'pt-BR': 'a1b6292193192e5d',
    pl: 'adca5133b12792df',
    ja: '301464b1a8558b5d',
    ar: 'b9a23e36f911fb9e',
  },
  2: {
    en: 'bdad541bcdbe0a33',
    de: '549b0ebf4feac71b',
    fr: '68b544063400fd9a',
    es: 'e1728a2c0181300c',
    it: '67d0eb8897ad5065',
    nl: '255a88a3faea5b44',
    'pt-BR': 'f80193c628dec0fb',
    pl: '58c6c8250f3a7c2d',
    ja: 'cb7660cad53667aa',
    ar: 'a6670fce247bdc13',
  },
}

test('each version has its sentences as they were when it was released', () => {
  expect(consentVersions).toEqual(Object.keys(digests).map(Number))
  const now = consentVersions.map((version) => {
    const known = pageLocales.filter((tag) => findConsentWords(version, tag) !== undefined)
    const digestOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16)
    return [version, Object.fromEntries(known.map((tag) => [tag, digestOf(JSON.stringify(allTexts(version, tag)))]))]
  })
  expect(Object.fromEntries(now)).toEqual(digests)
})

test.each(languages.map(({ tag, words, consent }) => [tag, words, consent] as const))(
  'in %s the page changes the sentence about a price to that without one, and keeps what is recorded',
  (_tag, { summary }, { nothingNow }) => expect(summary.free).toBe(nothingNow),
)

test('the sentences name the amounts, the company, what is charged later, and the documents', () => {
  const texts = new Map(allTexts(consentVersion, 'en'))
  expect(texts.get('usual')).toBe(
    'By continuing, you agree to the following: Northwind [Ltd.] charges $20.00 now. This payment method is saved ' +
      'with the payment provider for later charges by Northwind [Ltd.], until you withdraw this consent. Contact ' +
      'Northwind [Ltd.] to withdraw it. ' +
      'Northwind [Ltd.] charges $15.00 for Monthly visit each time payment is due. The terms ' +
      '(https://northwind.example/terms) apply. How personal data is used: privacy policy ' +
      '(https://northwind.example/privacy).',
  )
  expect(texts.get('with a box')).toMatch(/^I agree to the following: Northwind \[Ltd\.\] charges \$20\.00 now\./)
  expect(texts.get('paid back')).toContain('charges $20.00 now and returns it')
  expect(texts.get('free')).toContain('Nothing is charged now.')
  expect(texts.get('no item')).toContain('What was agreed with Northwind [Ltd.] applies to later charges.')
  expect(texts.get('an open amount')).toContain('charges an amount that it determines for Monthly visit each time')
  expect(texts.get('at least')).toContain('each time the measured value is 1,000 or more.')
  expect(texts.get('no links')).toMatch(/each time payment is due\.$/)
})

test.each(pageLocales)('in %s every sentence has its values and its link', (tag) => {
  for (const [name, text] of allTexts(consentVersion, tag)) {
    const agreement = { ...usual, ...cases[name]![1] }
    expect(text, name).not.toMatch(/[{}]|undefined| {2}|onboard|enroll/i)
    expect(text, name).toContain(usual.company)
    for (const value of [agreement.price, agreement.later?.item, agreement.later?.price, agreement.later?.threshold])
      expect(text, name).toContain(value ?? '')
    for (const url of [agreement.termsUrl, agreement.privacyUrl]) expect(text, name).toContain(url ? `(${url})` : '')
  }
})
