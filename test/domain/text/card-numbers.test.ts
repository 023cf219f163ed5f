import { createHash, randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import {
  findCardNumbers,
  containsCardNumber,
  isCardNumber,
  isCardNumberAsId,
  withoutCardNumber,
} from '../../../domain/text/card-numbers.ts'
import { Failure } from '../../../domain/failure/failures.ts'
import { newId } from '../../../store/database/new-id.ts'

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

test('numbers of local networks are card numbers, in their lengths only', () => {
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
  blanks: '4242 4242 4242 4242',
  'in a sentence': 'pay with 4242-4242-4242-4242 please',
  'American Express': '3782 822463 10005',
  'Diners Club': '3056 930902 5904',
  'Visa of 13': '4222 222 222 222',
  dots: '4242.4242.4242.4242',
  'two blanks': '4242  4242  4242  4242',
  'no-break spaces': '4242\u00a04242\u00a04242\u00a04242',
  'thin spaces': '4242\u20094242\u20094242\u20094242',
  tabs: '4242\t4242\t4242\t4242',
  'line breaks': '4242\r\n  4242\r\n  4242\r\n  4242',
  'en dashes': '4242–4242–4242–4242',
  'dashes in blanks': '4242 - 4242 - 4242 - 4242',
  underscores: '4242_4242_4242_4242',
  slashes: '4242/4242/4242/4242',
  commas: '4242,4242,4242,4242',
  'commas and blanks': '4242, 4242, 4242, 4242',
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
  'with its end and its code': '4242 4242 4242 4242 12/30 123',
  'within a word': 'x4242-4242-4242-4242y',
  'after a plus': '+4242 4242 4242 4242',
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

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** Ids in the formats of vendors and programs; deterministic, from the hash of a number. */
function idsOf(seed: number) {
  const bytes = (length: number, of: string) =>
    createHash('shake256', { outputLength: length }).update(`${seed} ${of}`).digest()
  const base62 = (length: number, of: string) => Array.from(bytes(length, of), (byte) => alphabet[byte % 62]).join('')
  const uuid = bytes(16, 'uuid')
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  return {
    anywhere: [
      `cus_${base62(14, 'customer')}`,
      `seti_1${base62(23, 'setup')}_secret_${base62(25, 'secret')}`,
      bytes(16, 'md5').toString('hex'),
      bytes(20, 'sha1').toString('hex'),
      bytes(32, 'sha256').toString('hex'),
      bytes(32, 'token').toString('base64url'),
      newId('customer'),
    ],
    ofGateways: [
      `pm_1${base62(23, 'method')}`,
      base62(17, 'paypal').toUpperCase(),
      base62(8, 'vault').toLowerCase(),
      uuid,
    ],
  }
}

test('none of 220,000 ids is rejected', () => {
  const refused: string[] = []
  for (let seed = 0; seed < 20_000; seed++) {
    const { anywhere, ofGateways } = idsOf(seed)
    refused.push(...[...anywhere, ...ofGateways].filter((id) => containsCardNumber(id)))
    refused.push(...ofGateways.filter(isCardNumberAsId))
  }
  expect(refused).toEqual([])
})

test('gateway ids that are card numbers are found, with or without a prefix', () => {
  for (const id of [
    '4242424242424242',
    'pm_4242424242424242',
    'pm_4242_4242_4242_4242',
    'ctoken_4242424242424242',
    'pm4242424242424242',
    'pm_1N4242424242424242x',
  ])
    expect(isCardNumberAsId(id), id).toBe(true)
  for (const id of ['pm_card_visa', 'pm_1Q2w3e4r5t6y7u8i9o0p', '8kk8451t', '5C991763VB2781612', 'cus_QXJ1c2FtcGxl'])
    expect(isCardNumberAsId(id), id).toBe(false)
  const found = findCardNumbers({ payment_data: { vault_token: '4242424242424242', pm_id: 'pm_4242424242424242' } })
  expect(found.map(({ path }) => path.join('.'))).toEqual(['payment_data.vault_token', 'payment_data.pm_id'])
})

test('ordinary ids pass, including those that happen to look like a card', () => {
  for (const value of [
    '4242424242424242',
    { wallet_id: '4242424242424242' },
    { account: '4000056655665556' },
    { order_number: '4242424242424242', order: { number: '4242424242424242' } },
    'order 5555555555554444',
    { company: '4242424242424242' },
    { '4242424242424242': 1 },
    { sizes: [4242, 4242, 4242, 4242] },
    4242424242424242,
    'cus_01k2j0q8e5f7g9h1j3k5m7n9p1',
    '42424242-4242-4242-4242-424242424242',
  ]) {
    expect(findCardNumbers({ meta: value }), JSON.stringify(value)).toEqual([])
  }
})

test('phone numbers, times, dates, coordinates and lists of numbers pass', () => {
  for (const text of [
    '+4915112345670', // The digits alone would be a Visa number of 13.
    '+49 170 4242 4242',
    '1234 5678 9012 3456',
    '2026-11-21 10:22:00',
    '30.11.2026 10.22.33',
    '4/5/2026 - 17/5/2026',
    '48.137154,11.576124',
    'Order 51234567 2026-11-21',
    'ratings 4 5 4 4 5 5 3 4 5 4 4 5 5 4 5 4 4 4 4 4 4 4 4 4',
    'a4242 4242 4242 42421',
    '24122024-26122024', // Two dates that would be a Mastercard number.
    '42424242-42424242',
    '42424242, 42424242',
    '42424242 / 42424242',
    '42424242 to 42424242',
    '34117, 34119, 34105', // Postal codes that would be an American Express number.
    '501800, 501801, 501806',
    'Descarte4242424242424242',
  ])
    expect(containsCardNumber(text), text).toBe(false)
  const random = (below: number) => Math.floor(Math.random() * below)
  for (let i = 0; i < 20_000; i++) {
    const time = new Date(1.7e12 + random(1e11))
    const texts = [
      randomUUID(),
      `+49 ${100 + random(900)} ${10_000_000 + random(90_000_000)}`,
      `${(35 + Math.random() * 25).toFixed(6)},${(Math.random() * 30).toFixed(6)}`,
      `${time.toISOString()} ${time.toUTCString()} ${time.getTime()}`,
    ]
    for (const text of texts) expect(containsCardNumber(text), text).toBe(false)
  }
})

test('the time for a megabyte of digits is in proportion to the time for a tenth', () => {
  const time = (text: string) => {
    const began = performance.now()
    expect(containsCardNumber(text)).toBe(false)
    return performance.now() - began
  }
  for (const [part, count] of [
    ['4 ', 50_000],
    ['1', 100_000],
    ['card 42424242424242423 ', 4_000],
  ] as const) {
    const [tenth, whole] = [part.repeat(count), part.repeat(10 * count)]
    // The best of two against the worst of two: other programs take turns on the same cores.
    expect(Math.min(time(whole), time(whole))).toBeLessThan(40 * Math.max(time(tenth), time(tenth)))
  }
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
