import { expect, test } from 'vitest'
import { isCardNumber } from '../../../domain/text/card-issuers.ts'
import { findCardNumbers, containsCardNumber, withoutCardNumber } from '../../../domain/text/card-numbers.ts'
import { Failure } from '../../../domain/failure/failures.ts'

test('numbers of a known range and length that pass the Luhn check are card numbers', () => {
  for (const number of [
    '4242424242424242',
    '4222222222222',
    '5555555555554444',
    '2223003122003222',
    '378282246310005',
    '6011111111111117',
    '3530111333300000',
    '30569309025904',
    '6205500000000000004',
    '4000000000000000006',
  ]) {
    expect(isCardNumber(number), number).toBe(true)
  }
  for (const number of ['4242424242424241', '9999999999999995', '42424242424242', '1234567890123452', '501800000009'])
    expect(isCardNumber(number), number).toBe(false)
})

test('numbers of local networks are card numbers, but only in the lengths of these networks', () => {
  for (const number of [
    '5041750000000000', // Elo
    '5066990000000002',
    '5090000000000000',
    '6362970000000003',
    '6363680000000007',
    '6070000000000002', // RuPay
    '8200000000000001',
    '5085000000000007',
    '9792000000000003', // Troy
    '5060990000000008', // Verve
    '506198000000000008',
    '5078650000000000004',
    '6062820000000003', // Hipercard
    '3600000000000008', // Diners Club
    '3095000000000000007',
    '9704000000000000008', // Napas
    '2205000000000009', // Borica
    '8600000000000007', // UzCard
    '9860000000000000', // Humo
    '9891000000000003', // DinaCard
  ]) {
    expect(isCardNumber(number), number).toBe(true)
    expect(containsCardNumber(number.replace(/(....)/g, '$1 ').trim()), number).toBe(true)
  }
  for (const number of ['5062000000000004', '5077000000000007', '9900000000000002', '97920000000000000'])
    expect(isCardNumber(number), number).toBe(false)
})

test.each([
  ['https://cdn.example/logo.svg?card=%34%32%34%32%34%32%34%32%34%32%34%32%34%32%34%32'],
  ['https://cdn.example/4242%204242%204242%204242.svg'],
  ['https://cdn.example/4242%2D4242%2D4242%2D4242.svg'],
  ['https://cdn.example/?q=4242+4242+4242+4242'],
  ['4242%20%34242%204242%204242'],
  ['4242%25204242%2525204242%204242'],
  [`card ${encodeURIComponent('４２４２４２４２４２４２４２４２')}`],
  [`card %ff${encodeURIComponent('４２４２４２４２４２４２４２４２')}`],
])('a percent-encoded card number is found: %s', (text) => {
  expect(containsCardNumber(text)).toBe(true)
  expect(withoutCardNumber(text)).not.toMatch(/4|%34/)
})

test.each([
  ['https://cdn.example/%zz%/4242%20logo.svg'],
  ['100% of 4242'],
  ['%c0%af'.repeat(20)],
  ['4242+4242+4242+4242'],
  [`${'%25'.repeat(2_000)}x`],
])('other percent signs are text: %s', (text) => {
  expect(containsCardNumber(text)).toBe(false)
})

const grouped = {
  spaces: '4242 4242 4242 4242',
  'in a sentence': 'pay with 4242-4242-4242-4242 please',
  'American Express': '3782 822463 10005',
  'Diners Club': '3056 930902 5904',
  'Visa of 13': '4222 222 222 222',
  dots: '4242.4242.4242.4242',
  'two spaces': '4242  4242  4242  4242',
  'no-break spaces': '4242\u00a04242\u00a04242\u00a04242',
  'thin spaces': '4242\u20094242\u20094242\u20094242',
  tabs: '4242\t4242\t4242\t4242',
  'line breaks': '4242\r\n  4242\r\n  4242\r\n  4242',
  'en dashes': '4242–4242–4242–4242',
  'dashes between spaces': '4242 - 4242 - 4242 - 4242',
  underscores: '4242_4242_4242_4242',
  slashes: '4242/4242/4242/4242',
  commas: '4242,4242,4242,4242',
  'commas and spaces': '4242, 4242, 4242, 4242',
  mixed: '4242-4242 4242.4242',
  pairs: '42 42 42 42 42 42 42 42',
  'each digit apart': '4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2',
  halves: '42424242 42424242',
  'zero width': '4242\u200b4242\u200b4242\u200b4242',
  'zero width, in halves': '42424242\u200d42424242',
  'full-width': '４２４２ ４２４２ ４２４２ ４２４２',
  Arabic: '٤٢٤٢ ٤٢٤٢ ٤٢٤٢ ٤٢٤٢',
  Devanagari: '४२४२ ४२४२ ४२४२ ४२४२',
  mathematical: '𝟒𝟐𝟒𝟐 𝟒𝟐𝟒𝟐 𝟒𝟐𝟒𝟐 𝟒𝟐𝟒𝟐',
  keycaps: '4\ufe0f\u20e32\ufe0f\u20e3'.repeat(8),
  '4-4-4-4-3': '4000 0000 0000 0000 006',
  'UnionPay of 19': '620550 0000000000004',
  'with its expiry and security code': '4242 4242 4242 4242 12/30 123',
  'within a word': 'x4242-4242-4242-4242y',
  'after a plus sign': '+4242 4242 4242 4242',
  'a plus and 15 digits': '+378282246310005',
}

test.each(Object.entries(grouped))('a number grouped like a card is found anywhere: %s', (_, text) => {
  expect(containsCardNumber(text)).toBe(true)
  expect(findCardNumbers({ notes: text, deep: { list: ['x', text] } })).toEqual([
    { path: ['notes'], inKey: false },
    { path: ['deep', 'list', '1'], inKey: false },
  ])
  expect(findCardNumbers({ metadata: { [text]: 1 } })).toEqual([{ path: ['metadata'], inKey: true }])
})

const cardKeys = [
  ...['card', 'card_number', 'cardNumber', 'CreditCard', 'pan', 'PAN', 'cc', 'ccNumber', 'visa', 'number', 'tarjeta'],
  ...['karte', 'Kartennummer', 'primary_account_number', 'primaryAccountNumber', 'cartão'],
]

test.each(cardKeys)('ungrouped digits are found under a key that names a card: %s', (key) => {
  const plain = ['4242424242424242', '４２４２４２４２４２４２４２４２', 4242424242424242, -4242424242424242]
  const split = [
    ['4242', '4242', '4242', '4242'],
    [42424242, '42424242'],
    [['4242', '4242'], '4242', '4242'],
  ]
  for (const value of [...plain, ...split, '42 4242 42424242 42'])
    expect(findCardNumbers({ meta: { [key]: value } }), JSON.stringify(value)).toEqual([
      { path: ['meta', key], inKey: false },
    ])
})

test('ungrouped digits are found next to a word that names a card, or under `number` next to other card data', () => {
  for (const text of ['card 4242424242424242', '4242424242424242 cvv 123 exp 12/30', 'Visa: 4242424242424242'])
    expect(containsCardNumber(text), text).toBe(true)
  const payment = { number: '4242424242424242', exp_month: 12, cvc: '123' }
  expect(findCardNumbers({ meta: { order: { payment } } })).toEqual([
    { path: ['meta', 'order', 'payment', 'number'], inKey: false },
  ])
})

const glued = ['Visa', 'VISA', 'visa:', 'pan', 'CC', 'amex', 'myVisa', 'Visanummer', 'Debitkarte', 'exp1230_cvv']

test.each(glued)('a word that names a card is recognized directly next to the number: %s', (word) => {
  for (const text of [
    `${word}4242424242424242`,
    `4242424242424242${word}`,
    `${word}４２４２４２４２４２４２４２４２ end`,
  ])
    expect(containsCardNumber(text), text).toBe(true)
  expect(findCardNumbers({ meta: { [`${word}4242424242424242`]: 1, [`${word}1`]: '4242424242424242' } })).toEqual([
    { path: ['meta'], inKey: true },
    { path: ['meta', `${word}1`], inKey: false },
  ])
})

test('an ungrouped number is found as a key below a key that names a card', () => {
  expect(findCardNumbers({ card: { '4242424242424242': 'Ada' } })).toEqual([{ path: ['card'], inKey: true }])
})

test('a text is shown up to the first digit, in any script', () => {
  for (const digits of [
    '4242 4242',
    '４２４２ ４２４２',
    '⁴²⁴² ⁴²⁴²',
    '₄₂₄₂ ₄₂₄₂',
    '④②④② ④②④②',
    '٤٢٤٢ ٤٢٤٢',
    '𝟒𝟐𝟒𝟐 𝟒𝟐𝟒𝟐',
  ])
    expect(withoutCardNumber(`😀 note ${digits} ${digits} end`)).toBe('😀 note …')
})

test('an error never contains a card number as a field name', () => {
  const name = 'metadata.card 4242 4242 4242 4242'
  const failure = new Failure('invalid_request', 'is wrong', {
    param: name,
    fields: [{ param: name, message: 'is wrong' }],
  })
  expect([failure.param, failure.fields]).toEqual([
    'metadata.card …',
    [{ param: 'metadata.card …', message: 'is wrong' }],
  ])
  expect(new Failure('invalid_request', 'is wrong', { param: '4242-4242-4242-4242' }).fields[0]!.param).toBe('…')
  expect(new Failure('invalid_request', 'is wrong', { param: 'errors.0.id' }).param).toBe('errors.0.id')
})
