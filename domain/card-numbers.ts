// One rule for card numbers in every text that is sent to us. docs/api.md, "Card numbers", says the same in words.

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

function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i])
    const doubled = i % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}

/** Returns whether ASCII digits have an issuer's prefix and length and pass the Luhn check. */
export function isCardNumber(digits: string): boolean {
  return issuers[digits.length]?.test(digits) === true && passesLuhn(digits)
}

/** Words that say that the digits beside them are a card's, as parts of a key or in a text. */
const words = [
  ...['credit', 'debit', 'pan', 'cc', 'ccn', 'ccno', 'ccnum', 'ccnumber', 'cvv', 'cvv2', 'cvc', 'csc', 'exp', 'expiry'],
  ...['visa', 'mastercard', 'amex', 'maestro', 'discover', 'unionpay', 'jcb', 'tarjeta', 'tarjetas', 'carte', 'cartes'],
  ...['carta', 'kort', 'kaart', 'karta', 'kartu', 'karte', 'karten'],
]
const cardWord = new RegExp(
  String.raw`card|kreditkarte|kartennummer|cart[aã]o|карт[аы]|カード|primary account|(?<![\p{L}\d])(?:${words.join('|')})(?![\p{L}\d])`,
  'iu',
)
/** `ccNumber`, `primary_account_number` and `PANCode` as words apart. */
const asWords = (key: string) =>
  key.replace(/(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/gu, ' ').replace(/[_.-]+/g, ' ')
const namesCard = (key: string) => cardWord.test(asWords(key))

// What may stand between the digits of one number. A colon does not: it stands in times.
const between = String.raw`[\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{M}\p{Pd}\p{Pc}−/\\⁄∕,،、.·•‧∙。⠀]`
const separator = new RegExp(between, 'gu')
const run = new RegExp(String.raw`\d+(?:${between}+\d+)*`, 'gu')
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

/** Groupings that people and cards use beside those of equal length. */
const groupings = new Set(['4 6 5', '4 6 4', '4 3 3 3', '6 13', '6 6 7', '4 4 4 5', '4 4 4 6', '4 4 4 7'])

/**
 * Returns whether these groups look like one number: of equal length, the last one perhaps shorter, or a known
 * grouping.
 */
function isGrouped(groups: string[], from: number, to: number): boolean {
  const [first, last] = [groups[from]!.length, groups[to - 1]!.length]
  // Short numbers that go on are a list, such as ratings of one digit.
  if (first < 4 && (groups[from - 1]?.length === first || groups[to]?.length === first)) return false
  const lengths = groups.slice(from, to).map(({ length }) => length)
  if (groupings.has(lengths.join(' '))) return true
  if (lengths.length <= 2) return lengths.length === 2 && first === last
  return last <= first && lengths.slice(0, -1).every((length) => length === first)
}

interface Place {
  /** Whether a key or a word beside it names a card: then plain digits and any grouping count. */
  named: boolean
}

function groupsHoldCard(groups: string[], { named }: Place, isPhone: boolean): boolean {
  for (let from = 0; from < groups.length; from++) {
    let digits = ''
    for (let to = from + 1; to <= groups.length && digits.length < most; to++) {
      digits += groups[to - 1]!
      if (digits.length < fewest) continue
      const isAfterPlus = isPhone && from === 0
      // A phone number after its plus has up to 15 digits; those that begin like a card have at most 13.
      if (isAfterPlus && digits.length === fewest) continue
      if ((named || isAfterPlus || isGrouped(groups, from, to)) && isCardNumber(digits)) return true
    }
  }
  return false
}

/** Returns whether a text holds a card number: grouped like one, or plain where a word or `named` says what it is. */
export function holdsCardNumber(text: string, { named }: Place = { named: false }): boolean {
  // Few texts have digits enough: NFKC makes at most two of one character.
  if (text.length < fewest / 2 || (!/[^\x00-\x7f]/.test(text) && !/(?:\d[^\d]*){13}/.test(text))) return false
  const searched = toAscii(text).replace(uuid, 'uuid')
  const place = { named: named || cardWord.test(searched) }
  for (const { 0: found, index } of searched.matchAll(run)) {
    const groups = found.split(/\D+/)
    if (groupsHoldCard(groups, place, searched[index - 1] === '+')) return true
  }
  return false
}

/** Returns whether what should be an id of a gateway, with or without its prefix (`pm_`), is a card number. */
export function isCardNumberAsId(text: string): boolean {
  const digits = toAscii(text)
    .replace(/^[a-z]+[_-]+/i, '')
    .replace(separator, '')
  return isCardNumber(digits) || holdsCardNumber(text)
}

/** A text as it may be shown: one that holds a card number ends before its first digit. */
export const withoutCardNumber = (text: string): string =>
  holdsCardNumber(text) ? text.replace(/\p{Nd}.*$/su, '…') : text

/** A place in what was sent that holds a card number. */
export interface FoundCard {
  /** Names of the fields down to it, without a key that holds the number itself. */
  path: string[]
  /** Whether it stands in a key. */
  inKey: boolean
}

/** Fields with ids of a gateway. */
const idsOnly = new Set(['pm_id', 'customer_id', 'vault_token'])
const isIdOfGateway = (path: string[]) => path[0] === 'payment_data' && path.length === 2 && idsOnly.has(path[1]!)

/**
 * Finds the places in a JSON value that hold card numbers, in keys too. Items of a list under a key that names a card
 * are read together as well.
 */
export function findCardNumbers(value: unknown, path: string[] = [], named = false): FoundCard[] {
  if (typeof value === 'string' || typeof value === 'number') {
    const held = isIdOfGateway(path)
      ? isCardNumberAsId(String(value))
      : (typeof value === 'string' || named) && holdsCardNumber(String(value), { named })
    return held ? [{ path, inKey: false }] : []
  }
  if (value === null || typeof value !== 'object') return []
  if (Array.isArray(value) && named && holdsCardNumber(leaves(value).join(' '), { named }))
    return [{ path, inKey: false }]
  const keys = Object.keys(value)
  // `number` says nothing below a name of its own, such as `order`, unless the other fields are those of a card.
  const isNumberOfCard = path.length < 2 || keys.some(namesCard)
  const isNamed = (key: string) => named || namesCard(key) || (isNumberOfCard && key.toLowerCase() === 'number')
  return keys.flatMap((key) =>
    holdsCardNumber(key)
      ? [{ path, inKey: true }]
      : findCardNumbers((value as Record<string, unknown>)[key], [...path, key], isNamed(key)),
  )
}

const leaves = (list: unknown[]): string[] =>
  list.flatMap((item) =>
    Array.isArray(item) ? leaves(item) : typeof item === 'string' || typeof item === 'number' ? [String(item)] : [],
  )
