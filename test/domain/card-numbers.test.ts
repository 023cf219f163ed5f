import { expect, test } from 'vitest'
import { findCardNumber, isCardNumber } from '../../domain/card-numbers.ts'

test('known ranges at their length that pass the Luhn check are card numbers', () => {
  for (const number of [
    '4242424242424242',
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
  for (const number of ['4242424242424241', '9999999999999995', '42424242424242', '1234567890123452'])
    expect(isCardNumber(number), number).toBe(false)
})

test('a number grouped like a card is found wherever it stands', () => {
  for (const text of [
    '4242 4242 4242 4242',
    'pay with 4242-4242-4242-4242 please',
    '3782 822463 10005',
    '4242.4242.4242.4242',
  ]) {
    expect(findCardNumber(text, 'notes'), text).toBe('notes')
  }
  expect(findCardNumber({ deep: { list: ['x', '4242 4242 4242 4242'] } }, 'meta')).toBe('meta.deep.list.1')
  expect(findCardNumber({ '4242 4242 4242 4242': 1 }, 'meta')).toBe('meta.4242 4242 4242 4242')
})

test('a bare number is found under a key, or beside a word, that names a card', () => {
  for (const key of ['card', 'card_number', 'cardNumber', 'pan', 'cc', 'visa', 'CreditCard'])
    expect(findCardNumber({ [key]: '4242424242424242' }, 'meta'), key).toBe(`meta.${key}`)
  expect(findCardNumber({ card: { number: 4242424242424242 } }, 'meta')).toBe('meta.card.number')
  expect(findCardNumber('card 4242424242424242', 'notes')).toBe('notes')
})

test('ordinary ids pass, also such as happen to look like a card', () => {
  for (const value of [
    '4242424242424242',
    { wallet_id: '4242424242424242' },
    { account: '4000056655665556' },
    'order 5555555555554444',
    { company: '4242424242424242' },
    4242424242424242,
  ]) {
    expect(findCardNumber(value, 'meta'), JSON.stringify(value)).toBeUndefined()
  }
  for (const value of ['a4242 4242 4242 42421', '2026-11-21 10:22:00', '+49 170 4242 4242', '1234 5678 9012 3456'])
    expect(findCardNumber(value, 'meta'), value).toBeUndefined()
})
