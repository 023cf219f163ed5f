// Words that name a card. docs/api.md, "Card numbers", lists some of them.

/** Words that match only as a whole: a further letter makes another word. */
const alone = [
  ...['credit', 'debit', 'pan', 'ccn', 'ccno', 'ccnum', 'ccnumber', 'cvv', 'cvv2', 'cvc', 'csc', 'exp', 'expiry'],
  ...['mastercard', 'discover', 'jcb', 'tarjeta', 'tarjetas', 'carte', 'cartes', 'carta', 'karta', 'kartu'],
]
/** Words that match at the start of a compound, such as `Visanummer`. */
const first = ['visa', 'amex', 'maestro', 'unionpay']
/** Words that match at the end of a compound, such as `Debitkarte` and `betaalkaart`. */
const last = ['karte', 'karten', 'kort', 'kaart']

// Hex numbers can also start or end with `cc`: next to digits it matches only as `cc1` or next to a long number.
const creditCard = String.raw`(?<![\p{L}\d])cc(?:\d{0,2}(?![\p{L}\d])|(?=\d{12}))|(?<=\d{12})cc(?![\p{L}\d])`

// Digits are not letters: a word can be directly next to a number.
const word = new RegExp(
  [
    ...['card', 'kartennummer', 'cart[aã]o', 'карт[аы]', 'カード', 'primary account'],
    creditCard,
    String.raw`(?<!\p{L})(?:${alone.join('|')})(?!\p{L})`,
    String.raw`(?<!\p{L})(?:${first.join('|')})`,
    String.raw`(?:${last.join('|')})(?!\p{L})`,
  ].join('|'),
  'iu',
)

/** Splits `ccNumber`, `primary_account_number` and `PANCode` into words. */
const asWords = (text: string) =>
  text.replace(/(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/gu, ' ').replace(/[_.-]+/g, ' ')

/** Returns whether a key or a text contains a word that names a card. */
export const namesCard = (text: string): boolean => word.test(asWords(text))
