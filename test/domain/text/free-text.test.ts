import { expect, test } from 'vitest'
import {
  characters,
  shortened,
  shownName,
  toStored,
  whyNotText,
  type TextKind,
} from '../../../domain/text/free-text.ts'

const invisible = 'must not contain invisible characters, such as zero-width or bidi characters'
const control = 'must not contain control characters'
const lines = 'must not contain control characters other than line breaks'
const blank = 'must not start or end with whitespace'

/** Expected results for a text as an id, a name, notes and a metadata value. */
const rows: [text: string, id?: string, name?: string, notes?: string, data?: string][] = [
  ['inv_1'],
  ['Größe 1/2 (m²)'],
  ['山田'],
  ['😀'],
  [' inv_1', blank, blank, blank],
  ['inv_1 ', blank, blank, blank],
  [' ', blank, blank, blank],
  ['inv_1\u00a0', blank, blank, blank],
  ['\u2800', blank, blank, blank],
  ['inv_1\u200b', invisible, invisible, invisible, invisible],
  ['\u200b', invisible, invisible, invisible, invisible],
  ['\ufeffinv_1', invisible, invisible, invisible, invisible],
  ['inv\u202e_1', invisible, invisible, invisible, invisible],
  ['inv\u2066_1', invisible, invisible, invisible, invisible],
  ['inv_1\u00ad', invisible, invisible, invisible, invisible],
  ['\u3164', invisible, invisible, invisible, invisible],
  ['a\u2060b', invisible, invisible, invisible, invisible],
  ['Ad\u200da', invisible, invisible, invisible, invisible],
  ['x\u200c', invisible, invisible, invisible, invisible],
  ['می\u200c', invisible, invisible, invisible, invisible],
  ['a\ufe0fb', invisible, invisible, invisible, invisible],
  ['a\u0000b', control, control, lines, lines],
  ['a\u007fb', control, control, lines, lines],
  ['a\u0085b', control, control, lines, lines],
  ['a\tb', control, control, lines, lines],
  ['a\rb', control, control, lines, lines],
  ['a\u2028b', control, control, lines, lines],
  ['a\nb', control, control],
  ['a\r\nb', control, control],
  ['a\n', control, control, blank],
  ['inv_\ufffd', 'must not contain U+FFFD, which replaces a character that could not be decoded'],
  ['a\u00a0b', 'must not contain whitespace other than spaces'],
  ['山田\u3000太郎', 'must not contain whitespace other than spaces'],
  ['می\u200cخواهم', invisible], // Persian
  ['क्\u200dष', invisible], // Devanagari
  ['👩\u200d👩\u200d👧', invisible],
  ['🏃🏽\u200d♂\ufe0f', invisible],
  ['❤\ufe0f', invisible],
  ['1\ufe0f\u20e3', invisible],
  ['🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}', invisible],
  ['葛\u{e0100}城', invisible], // a variant of a letter in Japanese names
  [
    'a\ud800',
    'must be well-formed Unicode',
    'must be well-formed Unicode',
    'must be well-formed Unicode',
    'must be well-formed Unicode',
  ],
]
const kinds: TextKind[] = ['id', 'name', 'notes', 'data']

test.each(rows)('each kind validates %j', (text, ...expected) => {
  expect(kinds.map((kind) => whyNotText(text, kind))).toEqual(kinds.map((_, i) => expected[i]))
})

test('two spellings of the same text are stored in one form', () => {
  expect(toStored('Zoe\u0308')).toBe('Zoë')
})

test('lengths are code points, and a text is truncated between visible characters', () => {
  expect(characters('a😀é')).toBe(3)
  expect(shortened('abc', 3)).toBe('abc')
  expect(shortened('abcd', 3)).toBe('abc')
  expect(shortened('😀😀😀', 3)).toBe('😀😀😀')
  expect(shortened('😀😀😀😀', 3)).toBe('😀😀😀')
  expect(shortened('ab👩\u200d👩\u200d👧', 6)).toBe('ab')
  expect(shortened('ab👩\u200d👩\u200d👧', 7)).toBe('ab👩\u200d👩\u200d👧')
  expect(shortened('abe\u0308x', 3)).toBe('ab')
})

test.each([
  ['Acme\u202e', 'Acme'],
  ['\u2069\u2067Acme\u200b Ltd.\u0000\n', 'Acme Ltd.'],
  ['\u200b', ''],
  ['a\u2028b\tc', 'a b c'],
])('a name stored before the rule (%j) is shown without what the rule rejects', (stored, shown) => {
  expect(shownName(stored)).toBe(shown)
  expect(whyNotText(shown, 'name')).toBeUndefined()
})

test.each(['Ærø & Söhne <b>', 'می\u200cخواهم', '👩\u200d💻', 'שלום'])('a valid name (%s) is shown as it is', (name) => {
  expect(shownName(name)).toBe(name)
})
