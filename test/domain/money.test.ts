import { expect, test } from 'vitest'
import {
  formatMoney,
  fromGatewayUnits,
  toGatewayUnits,
  toMajorNumber,
  toMajorText,
  toMinorUnits,
} from '../../domain/money.ts'

test('major units become minor units without a rounding error', () => {
  expect(toMinorUnits(15, 'USD')).toBe(1500)
  expect(toMinorUnits(15.05, 'USD')).toBe(1505)
  expect(toMinorUnits(1.1, 'BHD')).toBe(1100)
  expect(toMinorUnits(1500, 'JPY')).toBe(1500)
})

test('what the currency cannot express, or nobody may charge, is not an amount', () => {
  for (const [major, currency] of [
    [15.005, 'USD'],
    [0.5, 'JPY'],
    [0, 'USD'],
    [-1, 'USD'],
    [1e9, 'USD'],
    [1e21, 'USD'],
    [Number.NaN, 'USD'],
    [Infinity, 'USD'],
  ] as const) {
    expect(toMinorUnits(major, currency), `${major} ${currency}`).toBeUndefined()
  }
})

test('minor units are written as people and documents write them', () => {
  expect(toMajorText(1500, 'USD')).toBe('15.00')
  expect(toMajorText(5, 'USD')).toBe('0.05')
  expect(toMajorText(1500, 'JPY')).toBe('1500')
  expect(toMajorText(1500, 'KWD')).toBe('1.500')
  expect(toMajorNumber(4900, 'USD')).toBe(49)
  expect(formatMoney(1500, 'USD')).toBe('$15.00')
  expect(formatMoney(1500, 'JPY')).toBe('¥1,500')
})

test('a gateway that counts otherwise is spoken to in its own unit', () => {
  expect(toGatewayUnits(5, 'ISK', 'stripe')).toBe(500)
  expect(fromGatewayUnits(500, 'ISK', 'stripe')).toBe(5)
  expect(toGatewayUnits(6_800_000, 'MGA', 'stripe')).toBe(68_000)
  expect(toGatewayUnits(1500, 'USD', 'stripe')).toBe(1500)
  expect(() => toGatewayUnits(1550, 'HUF', 'paypal')).toThrow(RangeError)
  expect(() => toMinorUnits(1, 'XXX')).toThrow('unsupported currency XXX')
})
