import { expect, test } from 'vitest'
import { defaultGateway } from '../../../domain/lifecycle.ts'
import { currencies } from '../../../domain/payment/currencies.ts'
import { currencyList } from '../../../tools/scripts/currency-list.ts'
import {
  defaultInitialAmount,
  fromGatewayText,
  fromGatewayUnits,
  isSupportedCurrency,
  supportsCurrency,
  toGatewayText,
  toGatewayUnits,
  toMajorNumber,
  toMajorText,
  toMinorUnits,
  whyNotChargeable,
  whyUnsupported,
} from '../../../domain/payment/money.ts'

test('major units are converted to minor units without rounding errors', () => {
  expect(toMinorUnits(15, 'USD')).toBe(1500)
  expect(toMinorUnits(15.05, 'USD')).toBe(1505)
  expect(toMinorUnits(1.1, 'BHD')).toBe(1100)
  expect(toMinorUnits(1500, 'JPY')).toBe(1500)
})

test('values that the currency cannot express or that cannot be charged are not amounts', () => {
  for (const [major, currency] of [
    [15.005, 'USD'],
    [0.5, 'JPY'],
    [0, 'USD'],
    [-1, 'USD'],
    [1e15, 'USD'],
    [1e21, 'USD'],
    [Number.NaN, 'USD'],
    [Infinity, 'USD'],
  ] as const) {
    expect(toMinorUnits(major, currency), `${major} ${currency}`).toBeUndefined()
  }
})

test('minor units are formatted for people and for the doors', () => {
  expect(toMajorText(1500, 'USD')).toBe('15.00')
  expect(toMajorText(5, 'USD')).toBe('0.05')
  expect(toMajorText(1500, 'JPY')).toBe('1500')
  expect(toMajorText(1500, 'KWD')).toBe('1.500')
  expect(toMajorNumber(4900, 'USD')).toBe(49)
})

test('amounts are converted to the unit of the gateway', () => {
  expect(toGatewayUnits(5, 'ISK', 'stripe')).toBe(500)
  expect(fromGatewayUnits(500, 'ISK', 'stripe')).toBe(5)
  expect(toGatewayUnits(6_800_000, 'MGA', 'stripe')).toBe(68_000)
  expect(toGatewayUnits(1500, 'USD', 'stripe')).toBe(1500)
  expect(() => toGatewayUnits(1550, 'HUF', 'paypal')).toThrow(RangeError)
  expect(() => toMinorUnits(1, 'XXX')).toThrow('unsupported currency XXX')
})

test('every default initial charge can be charged at every gateway that supports its currency', () => {
  for (const currency of Object.keys(currencies)) {
    expect(whyNotChargeable(defaultInitialAmount(currency), currency, 'minor'), currency).toBeUndefined()
    for (const gateway of ['stripe', 'paypal'] as const) {
      if (!currencies[currency]!.gateways[gateway]) continue
      const units = toGatewayUnits(defaultInitialAmount(currency), currency, gateway)
      expect(fromGatewayUnits(units, currency, gateway), currency).toBe(defaultInitialAmount(currency))
    }
  }
})

test.each([
  [49, 'USD', 'must be at least 0.50 USD: Stripe accepts no less'],
  [50, 'VND', 'must be at least 10000 VND: Stripe accepts no less'],
  [50, 'KRW', 'must be at least 700 KRW: Stripe accepts no less'],
  [50, 'KWD', 'must be at least 0.200 KWD: Stripe accepts no less'],
  [17_400, 'HUF', 'must be at least 175.00 HUF: Stripe accepts no less'],
  [17_550, 'HUF', 'must be a multiple of 1.00 HUF: PayPal accepts no smaller unit'],
  [6_800_055, 'MGA', 'must be a multiple of 1.00 MGA: Stripe accepts no smaller unit'],
  [5_605, 'BHD', 'must be a multiple of 0.010 BHD: Stripe accepts no smaller unit'],
  [1_000_000, 'ISK', 'must be at most 999999 ISK: Stripe accepts no more'],
  [100_000_000, 'USD', 'must be at most 999999.99 USD: Stripe accepts no more'],
  [10 ** 12, 'IDR', 'must be at most 9999999999.99 IDR: Stripe accepts no more'],
  [15.5, 'USD', 'must be a whole number of minor units'],
])('%i %s cannot be charged: %s', (minor, currency, why) => {
  expect(whyNotChargeable(minor, currency, 'major')).toBe(why)
})

test("an error message uses the caller's unit", () => {
  expect(whyNotChargeable(49, 'USD', 'minor')).toBe(
    'must be at least 50 minor units (0.50 USD): Stripe accepts no less',
  )
})

test('all currencies of Stripe and PayPal are supported, with the decimals of each gateway', () => {
  const list = 'PHP ILS IDR COP TRY KES NGN ARS PEN SAR QAR UAH MAD EGP KZT CNY VND CLP UGX TND'.split(' ')
  expect(list.filter((code) => !isSupportedCurrency(code))).toEqual([])
  // The euro replaced it on 1 January 2026.
  expect(isSupportedCurrency('BGN')).toBe(false)
  const digits = (code: string) => {
    const { digits: ours, gateways } = currencies[code]!
    return [ours, gateways.stripe?.digits, gateways.paypal?.digits]
  }
  expect(
    Object.fromEntries(['USD', 'JPY', 'TWD', 'ISK', 'MGA', 'KWD', 'PHP'].map((code) => [code, digits(code)])),
  ).toEqual({
    USD: [2, 2, 2],
    JPY: [0, 0, 0],
    TWD: [2, 2, 0],
    ISK: [0, 2, undefined],
    MGA: [2, 0, undefined],
    KWD: [3, 3, undefined],
    PHP: [2, 2, 2],
  })
})

test('a gateway that does not support the currency is rejected with one that does', () => {
  expect(whyUnsupported('paypal', 'ZAR', {})).toBe('must be stripe for ZAR: PayPal does not support ZAR')
  expect(whyUnsupported('paypal', 'BRL', { paypal: 'US' })).toBe(
    'must be stripe for BRL: PayPal does not support BRL except for accounts in BR (setting paypal_account_country)',
  )
  expect(whyUnsupported('paypal', 'BRL', { paypal: 'BR' })).toBeUndefined()
  expect(whyUnsupported('stripe', 'BRL', {})).toBeUndefined()
  expect(supportsCurrency('paypal', 'CNY', { paypal: null })).toBe(false)
})

test('the default gateway supports every currency, so the gateway of a new record is chosen without one', () => {
  for (const currency of Object.keys(currencies))
    expect(supportsCurrency(defaultGateway, currency, {}), currency).toBe(true)
})

test('the list in the docs matches the table', async () => {
  const { format } = await import('prettier')
  const options = { parser: 'markdown', printWidth: 120 }
  await expect(await format(currencyList(), options)).toMatchFileSnapshot('../../../docs/currencies.md')
})

test.each([
  [1500, 'USD', '15.00'],
  [5, 'EUR', '0.05'],
  [550_000, 'HUF', '5500'],
  [48_000, 'TWD', '480'],
  [2200, 'JPY', '2200'],
])('%i %s is %s at PayPal, in both directions', (minor, currency, text) => {
  expect(toGatewayText(minor, currency, 'paypal')).toBe(text)
  expect(fromGatewayText(text, currency, 'paypal')).toBe(minor)
})

test("a gateway's amount can have fewer decimals or additional zeros, and nothing else", () => {
  expect(fromGatewayText('15', 'USD', 'paypal')).toBe(1500)
  expect(fromGatewayText('15.5', 'USD', 'paypal')).toBe(1550)
  expect(fromGatewayText('10.10', 'USD', 'paypal')).toBe(1010)
  expect(fromGatewayText('5500.00', 'HUF', 'paypal')).toBe(550_000)
  for (const text of ['15.001', '-15.00', '1e3', '', '15,00'])
    expect(() => fromGatewayText(text, 'USD', 'paypal'), text).toThrow(RangeError)
  expect(() => toGatewayText(1550, 'HUF', 'paypal')).toThrow(RangeError)
})
