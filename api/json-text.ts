import { type JSONPath, visit } from 'jsonc-parser'
import { invalid } from '../domain/failures.ts'
import { shown } from '../domain/shown.ts'

/** Levels of objects and lists within the outermost one. */
const deepest = 24

/** A path as errors name it: `metadata.crm.0`; long names are shortened. */
export const paramOf = (path: readonly PropertyKey[]): string =>
  path.map((part) => shown(String(part))).join('.') || 'body'

/**
 * Parses a JSON object that means the same to every reader. Throws `invalid_request` naming the field for what RFC 7493
 * (I-JSON) forbids: duplicate names, numbers that a double does not hold exactly, lone surrogates. Also for NUL, which
 * PostgreSQL cannot store, for the name `__proto__`, and for nesting beyond 24 levels.
 */
export function parseJsonObject(text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw invalid('body', 'must be valid JSON')
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw invalid('body', 'must be a JSON object')
  checkJson(text)
  return value as Record<string, unknown>
}

type PathOf = () => JSONPath

/** The text is valid JSON: what the tolerant scanner would let pass is not in it. */
function checkJson(text: string): void {
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
      if (name === '__proto__') throw invalid(param(), 'is not a name that a field can have')
      if (names.at(-1)!.has(name)) throw invalid(param(), 'must not be given twice')
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
        throw invalid(paramOf(path()), 'must be a number that JSON carries exactly; send it as a text instead')
    },
  })
}

function checkText(text: string, path: PathOf): void {
  if (text.includes('\u0000') || !text.isWellFormed())
    throw invalid(paramOf(path()), 'must be well-formed text without NUL')
  if (manyMarks.test(text)) throw invalid(paramOf(path()), 'must not have more than 30 combining marks in a row')
}

/**
 * More than Unicode's stream-safe text has in a row (UAX #15, section 13): the time to normalize them grows with the
 * square of their number. The two halfwidth sound marks become combining ones.
 */
const manyMarks = /[\p{M}\uff9e\uff9f]{31}/u

/** Whether the double that is read from a JSON number is written with the same value again. */
export const isExact = (written: string): boolean => decimal(written) === decimal(String(Number(written)))

/** A number in one form: sign, digits without zeros at the ends, power of ten. */
function decimal(written: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(written)
  if (!match) return written
  const [, sign, whole = '', fraction = '', power = '0'] = match
  const digits = (whole + fraction).replace(/^0+/, '')
  // Not by an expression: one that looks for zeros at the end tries every run of zeros.
  let end = digits.length
  while (digits[end - 1] === '0') end--
  if (end === 0) return '0'
  return `${sign}${digits.slice(0, end)}e${Number(power) - fraction.length + digits.length - end}`
}
