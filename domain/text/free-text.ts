// The rules for every text that a client sends: ids, names and notes. docs/api.md, "Text", describes them.

/**
 * The purpose of a text. An `id` is compared with others, so it must not contain invisible characters. A `name` is one
 * line. `notes` can have several lines. `data` is a metadata value: notes that can start or end with whitespace.
 */
export type TextKind = 'id' | 'name' | 'notes' | 'data'

// Unicode's list of invisible characters (zero width, bidi controls, soft hyphen, fillers), and those missing from it:
// annotation marks and noncharacters. The braille blank counts as whitespace below.
const invisible = /[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\ufff9-\ufffb\p{Noncharacter_Code_Point}]/u
const control = /[\p{Cc}\u2028\u2029]/u
const blankAtEnd = /^[\s\u2800]|[\s\u2800]$/u
const otherBlank = /[^\S ]|\u2800/u
const lineBreak = /\r?\n/g

// Unicode 17, chapters 9.2, 12 and 23.2 and UTS #51: where a joiner or a variation selector is visible in the text.
const joined = String.raw`[[\p{L}\p{M}]--[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Han}]]`
const emoji = String.raw`\p{Extended_Pictographic}[\ufe0e\ufe0f\p{Emoji_Modifier}]?`
const meaningful = [
  new RegExp(String.raw`(?<=${joined})[\u200c\u200d](?=\p{L})`, 'gv'),
  new RegExp(String.raw`(?<=${emoji})\u200d(?=\p{Extended_Pictographic})`, 'gv'),
  /(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Script=Han}])[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu,
  /(?<=[0-9#*])\ufe0f(?=\u20e3)/g,
  /(?<=\p{Script=Mongolian})[\u180b-\u180f]/gu,
  /(?<=\u{1f3f4})[\u{e0020}-\u{e007e}]+\u{e007f}/gu,
]

/** Removes joiners and selectors that belong to the word or emoji around them. */
const withoutMeaningful = (text: string) => meaningful.reduce((rest, pattern) => rest.replace(pattern, ''), text)

/** Returns a text as it is stored: in Unicode NFC, so that é is one character, however it was typed. */
export const toStored = (text: string): string => text.normalize('NFC')

/** Returns the forms in which a text may be stored: unchanged (before NFC was introduced) and in NFC. */
export const spellings = (text: string): string[] => [...new Set([text, toStored(text)])]

/** Returns the length of a text in code points, as JSON Schema, PostgreSQL, Stripe and PayPal count characters. */
export const characters = (text: string): number =>
  text.length - (text.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0)

/** Truncates a text to at most `most` code points, without splitting a visible character such as a flag. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text
  let [kept, count] = ['', 0]
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)) {
    count += characters(segment)
    if (count > most) break
    kept += segment
  }
  return kept
}

/** Returns why a text is rejected, or undefined. Empty texts pass: other rules decide about them. */
export function whyNotText(text: string, kind: TextKind): string | undefined {
  if (/^[\x21-\x7e]*$/.test(text)) return undefined
  if (!text.isWellFormed()) return 'must be well-formed Unicode'
  const [isId, isLines] = [kind === 'id', kind === 'notes' || kind === 'data']
  const stored = toStored(text)
  const seen = isId ? stored : withoutMeaningful(stored)
  if (control.test(isLines ? seen.replace(lineBreak, '') : seen))
    return isLines
      ? 'must not contain control characters other than line breaks'
      : 'must not contain control characters'
  if (invisible.test(seen)) return 'must not contain invisible characters, such as zero-width or bidi characters'
  if (kind !== 'data' && blankAtEnd.test(seen)) return 'must not start or end with whitespace'
  if (isId && otherBlank.test(seen)) return 'must not contain whitespace other than spaces'
  // Two ids with different undecodable bytes would be one.
  if (isId && seen.includes('\ufffd'))
    return 'must not contain U+FFFD, which replaces a character that could not be decoded'
  return undefined
}

const everyControl = new RegExp(control, 'gu')
const everyInvisible = new RegExp(invisible, 'gu')
const everyUnseen = new RegExp(`${control.source}|${invisible.source}`, 'gu')

/** Returns a text with `U+200B` and so on in place of what cannot be seen in it. */
export const withCodePoints = (text: string): string =>
  text.replace(everyUnseen, (c) => `U+${c.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`)

/**
 * Returns a name as pages show it. One that was stored before the rule for names existed loses what the rule rejects: a
 * bidi override would also reorder the price beside it.
 */
export function shownName(name: string): string {
  if (whyNotText(name, 'name') === undefined) return name
  return name.replace(everyControl, ' ').replace(everyInvisible, '').trim()
}
