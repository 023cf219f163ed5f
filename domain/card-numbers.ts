// Issuer ranges and lengths after ISO/IEC 7812 as the large schemes publish them.
const schemes: { starts: RegExp; lengths: number[] }[] = [
  { starts: /^4/, lengths: [13, 16, 19] }, // Visa
  { starts: /^(5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, lengths: [16] }, // Mastercard
  { starts: /^3[47]/, lengths: [15] }, // American Express
  { starts: /^(6011|65|64[4-9]|622)/, lengths: [16, 19] }, // Discover, UnionPay on Discover
  { starts: /^3(0[0-5]|[689])/, lengths: [14] }, // Diners Club
  { starts: /^35(2[89]|[3-8])/, lengths: [16] }, // JCB
  { starts: /^62/, lengths: [16, 17, 18, 19] }, // UnionPay
  { starts: /^(5018|5020|5038|5893|6304|6759|676[1-3])/, lengths: [12, 13, 14, 15, 16, 17, 18, 19] }, // Maestro
]

/** Words that say that the digits beside them are a card's. */
const cardWord = /card|(^|[^a-z])(credit|debit|pan|cc|ccnum|visa|amex|maestro|discover)([^a-z]|$)/i

function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i])
    const doubled = i % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}

/** Says whether the digits have a known scheme's range and length and pass the Luhn check. */
export function isCardNumber(digits: string): boolean {
  return passesLuhn(digits) && schemes.some((s) => s.starts.test(digits) && s.lengths.includes(digits.length))
}

// 4-4-4-4(-3), or 4-6-5 and 4-6-4: the ways people and cards group the digits.
const grouped = /(?<!\d)(?:\d{4}([ .-])\d{4}\1\d{4}\1\d{1,7}|\d{4}([ .-])\d{6}\2\d{4,5})(?!\d)/g
const plain = /(?<!\d)\d{12,19}(?!\d)/g

function textHoldsCard(text: string, named: boolean): boolean {
  const digitsOf = (match: string) => match.replace(/\D/g, '')
  if ((text.match(grouped) ?? []).some((match) => isCardNumber(digitsOf(match)))) return true
  return (named || cardWord.test(text)) && (text.match(plain) ?? []).some(isCardNumber)
}

/**
 * Finds the first place in a JSON value that holds a card number: grouped like one, or under a key (or beside a word)
 * that names a card. Ordinary long ids pass. Answers its path (`meta.card_number`) or undefined.
 */
export function findCardNumber(value: unknown, path: string, named = false): string | undefined {
  if (typeof value === 'string') return textHoldsCard(value, named) ? path : undefined
  if (typeof value === 'number') return named && isCardNumber(String(value)) ? path : undefined
  if (value === null || typeof value !== 'object') return undefined
  for (const [key, inner] of Object.entries(value)) {
    const at = `${path}.${key}`
    if (textHoldsCard(key, false)) return at
    const found = findCardNumber(inner, at, named || cardWord.test(key))
    if (found) return found
  }
  return undefined
}
