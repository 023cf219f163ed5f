import { expect, test } from 'vitest'
import { findLanguage, languages } from '../../../../api/hosted-page/words/languages.ts'
import { declineSentence } from '../../../../api/hosted-page/view/states.ts'
import { fill } from '../../../../api/hosted-page/words/words.ts'

/** Returns every sentence of an object, by its path. */
function sentencesOf(words: object, path = ''): [string, string][] {
  return Object.entries(words).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' ? [[`${path}${name}`, value]] : sentencesOf(value as object, `${path}${name}.`),
  )
}
const placeholdersIn = (sentence: string) => [...sentence.matchAll(/\{\w+\}/g)].map(String).sort()

const [english] = languages
const inEnglish = new Map(sentencesOf(english.words))

test('no sentence has a word of the engine', () => {
  for (const [path, sentence] of inEnglish) expect(sentence, path).not.toMatch(/onboard|enroll|initial charge/i)
})

test.each(languages.map(({ tag, words }) => [tag, words] as const))(
  '%s has each sentence, with the same values in it and no space at an end',
  (_tag, words) => {
    const own = new Map(sentencesOf(words))
    expect([...own.keys()].sort()).toEqual([...inEnglish.keys()].sort())
    for (const [path, sentence] of own) {
      expect(placeholdersIn(sentence), path).toEqual(placeholdersIn(inEnglish.get(path)!))
      expect(sentence, path).toBe(sentence.trim())
      expect(sentence, path).not.toBe('')
    }
  },
)

test('a tag finds its language, also with another region and in another case', () => {
  expect(findLanguage('en')?.tag).toBe('en')
  expect(findLanguage('EN-gb')?.tag).toBe('en')
  expect(findLanguage('tlh')).toBeUndefined()
  expect(findLanguage('*')).toBeUndefined()
})

test('a value is isolated in a sentence that runs from right to left', () => {
  expect(fill('ادفع {price}', { price: 'US$ 15.00' })).toBe('ادفع \u2068US$ 15.00\u2069')
})

test.each(['שלום', 'شركة ٣', 'Acme אב'])('the value %s is isolated in any sentence', (brand) => {
  expect(fill('{brand}: {price}', { brand, price: '$15.00' })).toBe(`\u2068${brand}\u2069: $15.00`)
})

test.each([
  ['en', 'Please try another card. One attempt is left with this link.'],
  ['ja', '別のカードをお試しください。このリンクで試せるのはあと1回です。'],
])('in %s a decline is followed by what is left, with a space only where the script has one', (tag, end) => {
  const { words } = findLanguage(tag)!
  expect(declineSentence(words, { code: 'expired_card', attempts_left: 1 }).endsWith(end)).toBe(true)
})

test('fills in values as they are, once', () => {
  expect(fill('{brand} asks for {price}', { brand: '$& {price}', price: '$1.00' })).toBe('$& {price} asks for $1.00')
})
