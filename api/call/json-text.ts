import { type JSONPath, visit } from 'jsonc-parser'
import { containsCardNumber, withoutCardNumber } from '../../domain/text/card-numbers.ts'
import { invalid } from '../../domain/failure/failures.ts'
import { truncate } from '../../domain/text/truncate.ts'

/** Maximum nesting of objects and lists within the outermost object. */
const deepest = 24

/**
 * Returns a path as errors name it: `metadata.crm.0`. Long names are shortened, and the path ends before a card number,
 * which can span several names.
 */
export function paramOf(path: readonly PropertyKey[]): string {
  // A name can be a megabyte long, and one error names up to 20 fields. The result is far shorter.
  const names = path.map((name) => String(name).slice(0, 1000))
  const whole = names.join('.')
  // Checked before names are shortened, because half of a number is not recognized.
  if (containsCardNumber(whole)) return truncate(withoutCardNumber(whole), 200)
  return names.map((name) => truncate(name)).join('.') || 'body'
}

/** Maximum number of values in a body. 32 KiB of metadata have room for about 16,000 one-digit numbers. */
const mostValues = 20_000

/** Maximum number of characters in all strings of a body, names included. 1,000 ids of 256 characters fit. */
const mostCharacters = 262_144

/**
 * Parses a JSON object without validating its values, which is cheap enough for calls without a valid key. Throws
 * `invalid_request` for other texts, and for more values, levels or characters than any call needs.
 */
export function parseJson(text: string): Record<string, unknown> {
  const { values, levels, tooLong } = sizeOf(text)
  // Throws an error that names the field.
  if (levels > deepest + 1) checkJson(text)
  if (tooLong !== undefined)
    throw invalid(
      paramOf(tooLong === '' ? [] : [tooLong]),
      `must be shorter: all strings and numbers of a body have at most ${mostCharacters} characters together`,
    )
  if (values > mostValues) throw invalid('body', `must not have more than ${mostValues} values`)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw invalid('body', 'must be valid JSON')
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw invalid('body', 'must be a JSON object')
  return value as Record<string, unknown>
}

interface Size {
  values: number
  levels: number
  /** The field of the object, or an empty text, in which the body has too many characters. */
  tooLong?: string
}

/**
 * Counts commas and levels of brackets outside of strings, and characters in strings and numbers: they make a text
 * expensive to parse and to check. Stops above a limit. The result is exact for valid JSON.
 */
function sizeOf(text: string): Size {
  let [values, depth, levels, characters] = [1, 0, 0, 0]
  let [field, isName] = ['', false]
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!
    if (character === '"') {
      const string = readString(text, at)
      if (depth === 1 && isName) field = text.slice(at + 1, Math.min(string.end, at + 1_000))
      isName = false
      characters += string.characters
      at = string.end
    } else if (character === ',') {
      values++
      isName = true
    } else if (character === ']' || character === '}') depth--
    else if (character === '[' || character === '{') {
      levels = Math.max(levels, ++depth)
      isName = true
    } else if (character > ' ' && character !== ':') characters++
    if (characters > mostCharacters) return { values, levels, tooLong: field }
    if (levels > deepest + 1) break
  }
  return { values, levels }
}

/** Returns where a string ends, and the number of its characters: `\u00e4` is one. */
function readString(text: string, begin: number): { end: number; characters: number } {
  let characters = 0
  for (let at = begin + 1; at < text.length; at++) {
    if (text[at] === '"') return { end: at, characters }
    if (text[at] === '\\') at += text[at + 1] === 'u' ? 5 : 1
    characters++
  }
  return { end: text.length, characters }
}

type PathOf = () => JSONPath

/**
 * Rejects what RFC 7493 (I-JSON) forbids: duplicate names, numbers that a double cannot represent exactly, lone
 * surrogates. Also rejects NUL, which PostgreSQL cannot store, the name `__proto__`, and nesting beyond 24 levels.
 * Throws `invalid_request` that names the field. The scanner is tolerant: other errors in the JSON pass.
 */
export function checkJson(text: string): void {
  const names: Set<string>[] = []
  let depth = -1
  const enter = (path: PathOf) => {
    if (++depth > deepest)
      throw invalid(paramOf(path().slice(0, 1)), `must not be nested deeper than ${deepest} levels`)
  }
  visit(text, {
    onObjectBegin: (_offset, _length, _line, _character, path) => {
      enter(path)
      names.push(new Set())
    },
    onObjectProperty: (name, _offset, _length, _line, _character, path) => {
      checkText(name, path)
      const param = () => paramOf([...path(), name])
      if (name === '__proto__') throw invalid(param(), 'is not a valid field name')
      if (names.at(-1)!.has(name)) throw invalid(param(), 'must not be specified more than once')
      names.at(-1)!.add(name)
    },
    onObjectEnd: () => {
      depth--
      names.pop()
    },
    onArrayBegin: (_offset, _length, _line, _character, path) => enter(path),
    onArrayEnd: () => {
      depth--
    },
    onLiteralValue: (value: unknown, offset, length, _line, _character, path) => {
      if (typeof value === 'string') checkText(value, path)
      if (typeof value === 'number' && !isExact(text.slice(offset, offset + length)))
        throw invalid(paramOf(path()), 'must be a number that JSON represents exactly; send it as a string instead')
    },
  })
}

function checkText(text: string, path: PathOf): void {
  if (text.includes('\u0000') || !text.isWellFormed())
    throw invalid(paramOf(path()), 'must be well-formed Unicode without NUL characters')
  if (manyMarks.test(text)) throw invalid(paramOf(path()), 'must not have more than 30 combining marks in a row')
}

/** Applies the rule for texts of a JSON body to texts of another source, such as the cells of a file. */
export function checkTexts(value: unknown, path: string[] = []): void {
  if (typeof value === 'string') return checkText(value, () => path)
  if (value === null || typeof value !== 'object') return
  for (const [key, inner] of Object.entries(value)) checkTexts(inner, [...path, key])
}

/**
 * More combining marks in a row than Unicode's stream-safe text has (UAX #15, section 13): the time to normalize them
 * grows with the square of their number. Normalization turns the two halfwidth sound marks into combining marks.
 */
const manyMarks = /(?<![\p{M}\uff9e\uff9f])[\p{M}\uff9e\uff9f]{31}/u

/** Returns whether a JSON number keeps its value when it is parsed to a double and serialized again. */
export const isExact = (written: string): boolean => decimal(written) === decimal(String(Number(written)))

/** Returns a number in canonical form: sign, digits without leading and trailing zeros, power of ten. */
function decimal(written: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(written)
  if (!match) return written
  const [, sign, whole = '', fraction = '', power = '0'] = match
  const digits = (whole + fraction).replace(/^0+/, '')
  // Not a regular expression: one for trailing zeros tries every run of zeros, which takes quadratic time.
  let end = digits.length
  while (digits[end - 1] === '0') end--
  if (end === 0) return '0'
  return `${sign}${digits.slice(0, end)}e${Number(power) - fraction.length + digits.length - end}`
}
