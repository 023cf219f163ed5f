// One rule for card numbers in every text that is sent to us. docs/api.md, "Card numbers", says the same in words.

import { namesCard } from './card-words.ts'
import { withoutIbans } from './ibans.ts'

// Issuer ranges by length, after ISO/IEC 7812 as the schemes publish them.
const maestro = '5018|5020|5038|5893|6304|6759|676[1-3]'
const unionPay = '62|81|6011|65|64[4-9]' // and Discover, with which it shares ranges
const long = `${maestro}|${unionPay}|220[0-4]|35(?:2[89]|[3-8])` // and Mir, JCB
const mastercard = '5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720'
const issuers: Record<number, RegExp> = {
  13: new RegExp(`^(?:4|${maestro})`),
  14: new RegExp(`^(?:30[0-5]|309|3[689]|${maestro})`), // Diners Club
  15: new RegExp(`^(?:3[47]|${maestro})`), // American Express
  16: new RegExp(`^(?:4|5019|${mastercard}|${long})`), // Visa, Dankort
  17: new RegExp(`^(?:${long})`),
  18: new RegExp(`^(?:${long})`),
  19: new RegExp(`^(?:4|${long})`),
}

const fewest = 13
const most = 19
const hasIssuer = (digits: string) => issuers[digits.length]?.test(digits) === true

/** Returns a function that checks the digits from one place to another by Luhn, in the same time for any length. */
function luhnOf(digits: string): (from: number, to: number) => boolean {
  // Sums up to each place, with the digits at even or at odd places doubled. The last digit of a number is not.
  const [even, odd] = [new Uint32Array(digits.length + 1), new Uint32Array(digits.length + 1)]
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(i) - 48
    const doubled = digit > 4 ? digit * 2 - 9 : digit * 2
    even[i + 1] = even[i]! + (i % 2 === 0 ? doubled : digit)
    odd[i + 1] = odd[i]! + (i % 2 === 0 ? digit : doubled)
  }
  return (from, to) => {
    const sums = to % 2 === 0 ? even : odd
    return (sums[to]! - sums[from]!) % 10 === 0
  }
}

/** Returns whether ASCII digits have an issuer's prefix and length and pass the Luhn check. */
export const isCardNumber = (digits: string): boolean => hasIssuer(digits) && luhnOf(digits)(0, digits.length)

// What may stand between the digits of one number. A colon does not: it stands in times.
const blank = String.raw`\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{M}⠀`
const between = String.raw`[${blank}\p{Pd}\p{Pc}−/\\⁄∕,،、.·•‧∙。]`
const run = new RegExp(String.raw`\d+(?:${between}+\d+)*`, 'gu')
const onlyBlank = new RegExp(String.raw`^[${blank}]+$`, 'u')
const uuid = /(?<![\da-z])[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}(?![\da-z])/gi

/** The ASCII digit of any decimal digit. Unicode has them in blocks of ten that begin with the digit zero. */
function asciiDigit(character: string): string {
  const code = character.codePointAt(0)!
  let zero = code
  while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--
  return String((code - zero) % 10)
}

/** A text after NFKC with ASCII digits. */
const toAscii = (text: string) => text.normalize('NFKC').replace(/\p{Nd}/gu, (c) => (c > '9' ? asciiDigit(c) : c))

/** Groupings on cards beside groups of equal length: https://github.com/braintree/credit-card-type (`gaps`). */
const groupings = new Set(['4 6 5', '4 6 4', '4 3 3 3', '6 13', '6 6 7', '4 4 4 5', '4 4 4 6', '4 4 4 7'])

/**
 * Returns whether these groups look like one number: up to four digits each, the last group perhaps shorter, or a known
 * grouping. Longer groups of equal length are numbers of their own, such as dates and postal codes.
 */
function isGrouped(groups: string[], from: number, to: number): boolean {
  const lengths = groups.slice(from, to).map(({ length }) => length)
  if (groupings.has(lengths.join(' '))) return true
  const first = lengths[0]!
  return first <= 4 && lengths.at(-1)! <= first && lengths.slice(0, -1).every((length) => length === first)
}

/** Returns whether the group before or after has the same length: short numbers that go on are a list of ratings. */
function isList(groups: string[], from: number, to: number): boolean {
  const first = groups[from]!.length
  return first < 4 && (groups[from - 1]?.length === first || groups[to]?.length === first)
}

interface Place {
  /** Whether a key or a word beside it names a card: then plain digits and any grouping count. */
  named: boolean
}

/** Returns whether a run of digits and what stands between them holds a card number. `isNamed` is asked when needed. */
function runHoldsCard(text: string, isNamed: () => boolean, isPhone: boolean): boolean {
  const [groups, gaps] = [text.split(/\D+/), text.split(/\d+/).slice(1)]
  const digits = groups.join('')
  if (digits.length < fewest) return false
  const passesLuhn = luhnOf(digits)
  for (let from = 0, start = 0; from < groups.length; start += groups[from++]!.length) {
    let end = start
    for (let to = from + 1; to <= groups.length; to++) {
      end += groups[to - 1]!.length
      if (end - start > most) break
      if (end - start < fewest || !passesLuhn(start, end) || !hasIssuer(digits.slice(start, end))) continue
      const isAfterPlus = isPhone && from === 0
      // A phone number after its plus has up to 15 digits; those that begin like a card have at most 13.
      if (isAfterPlus && end - start === fewest) continue
      const isHalves =
        to === from + 2 && groups[from]!.length === 8 && end - start === 16 && onlyBlank.test(gaps[from]!)
      const isWritten = isHalves || (!isList(groups, from, to) && isGrouped(groups, from, to))
      if (isAfterPlus || isWritten || isNamed()) return true
    }
  }
  return false
}

/**
 * Returns whether a text holds a card number: grouped like one, or plain where a word or `named` says what it is. Takes
 * time in proportion to the length of the text.
 */
export function holdsCardNumber(text: string, { named }: Place = { named: false }): boolean {
  // Few texts have digits enough: NFKC makes at most two of one character.
  if (text.length < fewest / 2 || (!/[^\x00-\x7f]/.test(text) && !/(?:\d[^\d]*){13}/.test(text))) return false
  const searched = withoutIbans(toAscii(text).replace(uuid, 'uuid'), 'iban')
  let known: boolean | undefined = named || undefined
  const isNamed = () => (known ??= namesCard(searched))
  for (const { 0: found, index } of searched.matchAll(run))
    if (found.length >= fewest && runHoldsCard(found, isNamed, searched[index - 1] === '+')) return true
  return false
}

/** Returns whether what should be an id of a gateway, with or without its prefix (`pm_`), is or has a card number. */
export const isCardNumberAsId = (text: string): boolean => holdsCardNumber(text, { named: true })

/** A text as it may be shown: one that holds a card number ends before its first digit, as NFKC reads digits. */
export function withoutCardNumber(text: string): string {
  if (!holdsCardNumber(text)) return text
  const characters = [...text]
  const first = characters.findIndex((character) => /\p{Nd}/u.test(character.normalize('NFKC')))
  return `${characters.slice(0, first).join('')}…`
}

/** A place in what was sent that holds a card number. */
export interface FoundCard {
  /** Names of the fields down to it, without a key that holds the number itself. */
  path: string[]
  /** Whether it stands in a key. */
  inKey: boolean
}

/** Fields with ids of a gateway. */
const idsOnly = new Set(['pm_id', 'customer_id', 'vault_token'])
const isIdOfGateway = ([field, ...inner]: string[]) =>
  (field === 'payment_data' && inner.length === 1 && idsOnly.has(inner[0]!)) ||
  // A mapped customer is read at Stripe, with its id in the path of the request.
  (field === 'integration_entity_mapping' && inner.length === 2 && inner[1] === 'id')

/**
 * Finds the places in a JSON value that hold card numbers, in keys too. Items of a list under a key that names a card
 * are read together as well, with those of lists in it. Takes time in proportion to the length of the value.
 */
export const findCardNumbers = (value: unknown): FoundCard[] => find(value, [], { named: false, isJoined: false })

interface Around extends Place {
  /** Whether it stands in a list whose items were read together. */
  isJoined: boolean
}

function find(value: unknown, path: string[], around: Around): FoundCard[] {
  const { named, isJoined } = around
  if (typeof value === 'string' || typeof value === 'number') {
    const held = isIdOfGateway(path)
      ? isCardNumberAsId(String(value))
      : (typeof value === 'string' || named) && holdsCardNumber(String(value), { named })
    return held ? [{ path, inKey: false }] : []
  }
  if (value === null || typeof value !== 'object') return []
  if (Array.isArray(value)) {
    if (named && !isJoined && holdsCardNumber(leaves(value).join(' '), { named })) return [{ path, inKey: false }]
    return value.flatMap((item, i) => find(item, [...path, String(i)], { named, isJoined: named }))
  }
  const keys = Object.keys(value)
  // `number` says nothing below a name of its own, such as `order`, unless the other fields are those of a card.
  const isNumberOfCard = path.length < 2 || keys.some(namesCard)
  const isNamed = (key: string) => named || namesCard(key) || (isNumberOfCard && key.toLowerCase() === 'number')
  return keys.flatMap((key) =>
    holdsCardNumber(key, { named })
      ? [{ path, inKey: true }]
      : find((value as Record<string, unknown>)[key], [...path, key], { named: isNamed(key), isJoined: false }),
  )
}

const leaves = (list: unknown[]): string[] =>
  list
    .flat(Infinity)
    .filter((item) => typeof item === 'string' || typeof item === 'number')
    .map(String)
