import { createHash, randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { findCardNumbers, containsCardNumber, isCardNumberAsId } from '../../../domain/text/card-numbers.ts'
import { newId } from '../../../store/database/new-id.ts'

// Ids, phone numbers, dates and other digits that are not card numbers.

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
  const refused: string[] = []
  for (let i = 0; i < 20_000; i++) {
    const time = new Date(1.7e12 + random(1e11))
    const texts = [
      randomUUID(),
      `+49 ${100 + random(900)} ${10_000_000 + random(90_000_000)}`,
      `${(35 + Math.random() * 25).toFixed(6)},${(Math.random() * 30).toFixed(6)}`,
      `${time.toISOString()} ${time.toUTCString()} ${time.getTime()}`,
    ]
    refused.push(...texts.filter((text) => containsCardNumber(text)))
  }
  expect(refused).toEqual([])
})

test('the time for a megabyte of digits is in proportion to the time for a tenth', () => {
  const time = (text: string) => {
    // Of the processor: other programs take turns on the same cores.
    const began = process.cpuUsage()
    expect(containsCardNumber(text)).toBe(false)
    const { user, system } = process.cpuUsage(began)
    return user + system
  }
  for (const [part, count] of [
    ['4 ', 50_000],
    ['1', 100_000],
    ['card 42424242424242423 ', 4_000],
  ] as const) {
    const [tenth, whole] = [part.repeat(count), part.repeat(10 * count)]
    // The best of two against the worst of two: memory is collected at any time.
    expect(Math.min(time(whole), time(whole))).toBeLessThan(40 * Math.max(time(tenth), time(tenth)))
  }
})
