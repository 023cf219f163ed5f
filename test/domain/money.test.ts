import { expect, test } from 'vitest'
import {
  defaultInitialAmount,
  formatMoney,
  fromGatewayText,
  fromGatewayUnits,
  isSupportedCurrency,
  takesCurrency,
  toGatewayText,
  toGatewayUnits,
  toMajorNumber,
  toMajorText,
  toMinorUnits,
  whyNotChargeable,
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

test('every usual initial charge can be charged at every gateway that takes its currency', () => {
  for (const currency of Intl.supportedValuesOf('currency').filter(isSupportedCurrency)) {
    expect(whyNotChargeable(defaultInitialAmount(currency), currency), currency).toBeUndefined()
    for (const gateway of ['stripe', 'paypal'] as const) {
      if (!takesCurrency(gateway, currency)) continue
      const units = toGatewayUnits(defaultInitialAmount(currency), currency, gateway)
      expect(fromGatewayUnits(units, currency, gateway), currency).toBe(defaultInitialAmount(currency))
    }
  }
})

test.each([
  [49, 'USD', 'must be at least 0.50'],
  [17_400, 'HUF', 'must be at least 175.00'],
  [17_550, 'HUF', 'must be a multiple of 1.00'],
  [6_800_055, 'MGA', 'must be a multiple of 1.00'],
  [5_605, 'BHD', 'must be a multiple of 0.010'],
  [1_000_000, 'ISK', 'must be at most 999999'],
  [100_000_000, 'USD', 'must be at most 999999.99'],
])('%i %s cannot be charged: %s', (minor, currency, why) => {
  expect(whyNotChargeable(minor, currency)).toBe(why)
})

test.each([
  [1500, 'USD', '15.00'],
  [5, 'EUR', '0.05'],
  [550_000, 'HUF', '5500'],
  [48_000, 'TWD', '480'],
  [2200, 'JPY', '2200'],
])('%i %s is %s at PayPal, and back', (minor, currency, text) => {
  expect(toGatewayText(minor, currency, 'paypal')).toBe(text)
  expect(fromGatewayText(text, currency, 'paypal')).toBe(minor)
})

test('an amount of a gateway may have fewer decimals or zeros more, and nothing else', () => {
  expect(fromGatewayText('15', 'USD', 'paypal')).toBe(1500)
  expect(fromGatewayText('15.5', 'USD', 'paypal')).toBe(1550)
  expect(fromGatewayText('10.10', 'USD', 'paypal')).toBe(1010)
  expect(fromGatewayText('5500.00', 'HUF', 'paypal')).toBe(550_000)
  for (const text of ['15.001', '-15.00', '1e3', '', '15,00'])
    expect(() => fromGatewayText(text, 'USD', 'paypal'), text).toThrow(RangeError)
  expect(() => toGatewayText(1550, 'HUF', 'paypal')).toThrow(RangeError)
})
