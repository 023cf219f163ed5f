import { refused } from '../errors.ts'

// PayPal's currencies, three of them without decimals: developer.paypal.com/api/rest/reference/currency-codes.
const withDecimals = 'AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD ILS MXN MYR NOK NZD PHP PLN SEK SGD THB USD'.split(' ')
const withoutDecimals = ['HUF', 'JPY', 'TWD']

export interface Money {
  currency_code: string
  value: string
}

export const isCurrency = (currency: string) => [...withDecimals, ...withoutDecimals].includes(currency)

const decimalsOf = (currency: string) => (withoutDecimals.includes(currency) ? 0 : 2)

/** Returns an amount in minor units. Throws PayPal's error if it is invalid; `field` is its path in the request. */
export function minorUnits({ currency_code, value }: Money, field: string): number {
  const at = (issue: string, name: string) => refused(issue, { field: `${field}/${name}` })
  if (!isCurrency(currency_code)) throw at('INVALID_CURRENCY_CODE', 'currency_code')
  const decimals = decimalsOf(currency_code)
  const [whole = '', fraction = ''] = value.replace('-', '').split('.')
  if (fraction.length > decimals) throw at('DECIMAL_PRECISION', 'value')
  const amount = Number(whole + fraction.padEnd(decimals, '0')) * (value.startsWith('-') ? -1 : 1)
  if (!(amount > 0)) throw at('CANNOT_BE_ZERO_OR_NEGATIVE', 'value')
  return amount
}

export function money(minor: number, currency: string): Money {
  const decimals = decimalsOf(currency)
  const digits = String(minor).padStart(decimals + 1, '0')
  const value = decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
  return { currency_code: currency, value }
}
