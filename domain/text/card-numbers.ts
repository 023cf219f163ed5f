// The rule for card numbers in every text that a client sends. docs/api.md, "Card numbers", describes it.

import { fewest, hasIssuer, luhnOf, most } from './card-issuers.ts'
import { namesCard } from './card-words.ts'
import { withoutIbans } from './ibans.ts'

// Separators that are allowed between the digits of one number. Colons are not: they occur in times.
const blank = String.raw`\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{M}⠀`
const between = String.raw`[${blank}\p{Pd}\p{Pc}−/\\⁄∕,،、.·•‧∙。]`
const run = new RegExp(String.raw`\d+(?:${between}+\d+)*`, 'gu')
const onlyBlank = new RegExp(String.raw`^[${blank}]+$`, 'u')
const uuid = /(?<![\da-z])[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}(?![\da-z])/gi

const asciiDigits = new Map<string, string>()

/** Returns the ASCII digit of any decimal digit. Unicode has them in blocks of ten that begin with zero. */
function asciiDigit(character: string): string {
  const known = asciiDigits.get(character)
  if (known !== undefined) return known
  const code = character.codePointAt(0)!
  let zero = code
  while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--
  const digit = String((code - zero) % 10)
  asciiDigits.set(character, digit)
  return digit
}

// One character in UTF-8, percent-encoded.
const encoded =
  /%(?:[0-7][\da-f]|[cd][\da-f]%[89ab][\da-f]|e[\da-f](?:%[89ab][\da-f]){2}|f[\da-f](?:%[89ab][\da-f]){3})/gi

function decodeCharacter(bytes: string): string {
  if (bytes.length === 3) return String.fromCharCode(parseInt(bytes.slice(1), 16))
  try {
    return decodeURIComponent(bytes)
  } catch {
    return bytes
  }
}

/** Returns a text with percent-encodings decoded, also nested ones (`%2534`), and the plus signs of a URL as blanks. */
function decoded(text: string): string {
  const plain = text.replace(/%(?:25)+(?=[\da-f]{2})/gi, '%').replace(encoded, decodeCharacter)
  return /^https?:/i.test(text) ? plain.replaceAll('+', ' ') : plain
}

// Two ligatures of 18 and 8 letters: all other characters grow to at most 6 in NFKC.
const longLigature = /[\ufdfa\ufdfb]/g
const otherDigit = /(?![0-9])\p{Nd}/gu

/** Returns a text in NFKC with ASCII digits. */
const toAscii = (text: string) => text.replace(longLigature, 'x').normalize('NFKC').replace(otherDigit, asciiDigit)

/** Groupings on cards besides groups of equal length: https://github.com/braintree/credit-card-type (`gaps`). */
const groupings = new Set(['4 6 5', '4 6 4', '4 3 3 3', '6 13', '6 6 7', '4 4 4 5', '4 4 4 6', '4 4 4 7'])

/**
 * Returns whether these groups look like one number: a known grouping, or up to four digits each with a last group that
 * may be shorter. Longer groups of equal length are separate numbers, such as dates and postal codes.
 */
function isGrouped(groups: number[], from: number, to: number): boolean {
  const lengths = groups.slice(from, to)
  if (groupings.has(lengths.join(' '))) return true
  const first = lengths[0]!
  return first <= 4 && lengths.at(-1)! <= first && lengths.slice(0, -1).every((length) => length === first)
}

/**
 * Returns whether the group before or after has the same length: a longer run of short numbers is a list of ratings.
 */
function isList(groups: number[], from: number, to: number): boolean {
  const first = groups[from]!
  return first < 4 && (groups[from - 1] === first || groups[to] === first)
}

/** Returns the length of each group of digits, and its end in the text. */
function groupsOf(text: string): { groups: number[]; ends: number[] } {
  const [groups, ends]: [number[], number[]] = [[], []]
  let length = 0
  for (let at = 0; at <= text.length; at++) {
    const code = text.charCodeAt(at)
    if (code >= 48 && code <= 57) length++
    else if (length > 0) {
      groups.push(length)
      ends.push(at)
      length = 0
    }
  }
  return { groups, ends }
}

interface Place {
  /** Whether a key or a nearby word names a card. Then ungrouped digits and any grouping match. */
  named: boolean
}

/** Returns whether a run of digits and separators contains a card number. `isNamed` is called only if needed. */
function runHoldsCard(text: string, isNamed: () => boolean, isPhone: boolean): boolean {
  const digits = text.replace(/\D+/g, '')
  if (digits.length < fewest) return false
  const { groups, ends } = groupsOf(text)
  const isBlankAfter = (group: number) => onlyBlank.test(text.slice(ends[group], ends[group + 1]! - groups[group + 1]!))
  const passesLuhn = luhnOf(digits)
  for (let from = 0, start = 0; from < groups.length; start += groups[from++]!) {
    let end = start
    for (let to = from + 1; to <= groups.length; to++) {
      end += groups[to - 1]!
      if (end - start > most) break
      if (end - start < fewest || !passesLuhn(start, end) || !hasIssuer(digits.slice(start, end))) continue
      const isAfterPlus = isPhone && from === 0
      // A phone number has up to 15 digits after its plus sign; one that begins like a card has at most 13.
      if (isAfterPlus && end - start === fewest) continue
      const isHalves = to === from + 2 && groups[from] === 8 && end - start === 16 && isBlankAfter(from)
      const isWritten = isHalves || (!isList(groups, from, to) && isGrouped(groups, from, to))
      if (isAfterPlus || isWritten || isNamed()) return true
    }
  }
  return false
}

/**
 * Returns whether a text contains a card number: grouped like one, or ungrouped if `named` or a word in the text names
 * a card. Linear in the length of the text.
 */
export function containsCardNumber(text: string, place: Place = { named: false }): boolean {
  // NFKC expands one character to at most two digits, and decoding none to more.
  if (text.length < fewest / 2) return false
  const plain = decoded(text)
  return holdsCard(text, place) || (plain !== text && holdsCard(plain, place))
}

function holdsCard(text: string, { named }: Place): boolean {
  // Most texts have too few digits.
  if (!/[^\x00-\x7f]/.test(text) && !/(?:\d[^\d]*){13}/.test(text)) return false
  const searched = withoutIbans(toAscii(text).replace(uuid, 'uuid'), 'iban')
  let known: boolean | undefined = named || undefined
  const isNamed = () => (known ??= namesCard(searched))
  for (const { 0: found, index } of searched.matchAll(run))
    if (found.length >= fewest && runHoldsCard(found, isNamed, searched[index - 1] === '+')) return true
  return false
}

/** Returns whether a text that should be a gateway's id, with or without its prefix (`pm_`), contains a card number. */
export const isCardNumberAsId = (text: string): boolean => containsCardNumber(text, { named: true })

/** Returns a text that is safe to show: one that contains a card number is cut before its first digit (in NFKC). */
export function withoutCardNumber(text: string): string {
  if (!containsCardNumber(text)) return text
  const characters = [...text]
  const first = characters.findIndex((character) => /\p{Nd}/u.test(character.normalize('NFKC')))
  return `${characters.slice(0, first).join('')}…`
}

/** The location of a card number in a request. */
export interface FoundCard {
  /** Field names that lead to it, without a key that contains the number itself. */
  path: string[]
  /** Whether the number is in a key. */
  inKey: boolean
}

/** Fields of `payment_data` whose values are gateway ids. */
const idsOnly = new Set(['pm_id', 'customer_id', 'vault_token'])
/** Fields of a call, or of a row of a file, whose values are gateway ids or keys. */
const idFields = new Set([
  ...['payment_method_id', 'gateway_customer_id', 'vendor_account_id'],
  ...['secret_key', 'publishable_key', 'webhook_secret', 'client_secret', 'client_id', 'webhook_id'],
])
const isIdOfGateway = ([field, ...inner]: string[]) =>
  (idFields.has(field!) && inner.length === 0) ||
  (field === 'payment_data' && inner.length === 1 && idsOnly.has(inner[0]!)) ||
  // The id of a mapped customer becomes part of the path of a request to Stripe.
  (field === 'integration_entity_mapping' && inner.length === 2 && inner[1] === 'id')

/**
 * Returns the locations of card numbers in a JSON value, including its keys. Items of a list under a key that names a
 * card, and of lists nested in it, are also checked as one text. Linear in the length of the value.
 */
export const findCardNumbers = (value: unknown): FoundCard[] => find(value, [], { named: false, isJoined: false })

interface Around extends Place {
  /** Whether it is in a list whose items were checked as one text. */
  isJoined: boolean
}

function find(value: unknown, path: string[], around: Around): FoundCard[] {
  const { named, isJoined } = around
  if (typeof value === 'string' || typeof value === 'number') {
    const held = isIdOfGateway(path)
      ? isCardNumberAsId(String(value))
      : (typeof value === 'string' || named) && containsCardNumber(String(value), { named })
    return held ? [{ path, inKey: false }] : []
  }
  if (value === null || typeof value !== 'object') return []
  if (Array.isArray(value)) {
    if (named && !isJoined && containsCardNumber(leaves(value).join(' '), { named })) return [{ path, inKey: false }]
    return value.flatMap((item, i) => find(item, [...path, String(i)], { named, isJoined: named }))
  }
  const keys = Object.keys(value)
  // Inside an object with a name of its own, such as `order`, `number` means a card only beside other card fields.
  const isNumberOfCard = path.length < 2 || keys.some(namesCard)
  const isNamed = (key: string) => named || namesCard(key) || (isNumberOfCard && key.toLowerCase() === 'number')
  return keys.flatMap((key) =>
    containsCardNumber(key, { named })
      ? [{ path, inKey: true }]
      : find((value as Record<string, unknown>)[key], [...path, key], { named: isNamed(key), isJoined: false }),
  )
}

const leaves = (list: unknown[]): string[] =>
  list
    .flat(Infinity)
    .filter((item) => typeof item === 'string' || typeof item === 'number')
    .map(String)
