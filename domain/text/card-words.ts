// Words that name a card. docs/api.md, "Card numbers", lists some of them.

/** Words that count alone: another letter beside them makes another word. */
const alone = [
  ...['credit', 'debit', 'pan', 'ccn', 'ccno', 'ccnum', 'ccnumber', 'cvv', 'cvv2', 'cvc', 'csc', 'exp', 'expiry'],
  ...['mastercard', 'discover', 'jcb', 'tarjeta', 'tarjetas', 'carte', 'cartes', 'carta', 'karta', 'kartu'],
]
/** Words that begin a compound, such as `Visanummer`. */
const first = ['visa', 'amex', 'maestro', 'unionpay']
/** Words that end a compound, such as `Debitkarte` and `betaalkaart`. */
const last = ['karte', 'karten', 'kort', 'kaart']

// Hex numbers begin and end with `cc` too: beside digits it counts with a number of its own (`cc1`) or a long one.
const creditCard = String.raw`(?<![\p{L}\d])cc(?:\d{0,2}(?![\p{L}\d])|(?=\d{12}))|(?<=\d{12})cc(?![\p{L}\d])`

// Digits are no letters: a word can stand directly before or after a number.
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

/** `ccNumber`, `primary_account_number` and `PANCode` as words apart. */
const asWords = (text: string) =>
  text.replace(/(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/gu, ' ').replace(/[_.-]+/g, ' ')

/** Returns whether a key or a text has a word that names a card. */
export const namesCard = (text: string): boolean => word.test(asWords(text))
