import type { GatewayName } from './lifecycle.ts'

interface Currency {
  /** Digits after the decimal point in ISO 4217. Our own amounts are integers in this unit. */
  digits: number
  /** Where a gateway counts in another unit than ISO 4217 does. */
  gatewayDigits?: Partial<Record<GatewayName, number>>
  /** What an initial charge is when nobody says otherwise, and the least it may be, in our minor units. */
  initial: number
}

// ISO 4217 digits; Stripe's own units and minimum charges: docs.stripe.com/currencies (zero-decimal, special cases, minimums).
const currencies: Record<string, Currency> = {
  USD: { digits: 2, initial: 1500 },
  EUR: { digits: 2, initial: 1500 },
  GBP: { digits: 2, initial: 1500 },
  AUD: { digits: 2, initial: 1500 },
  CAD: { digits: 2, initial: 1500 },
  CHF: { digits: 2, initial: 1500 },
  NZD: { digits: 2, initial: 1500 },
  SGD: { digits: 2, initial: 1500 },
  AED: { digits: 2, initial: 5500 },
  BRL: { digits: 2, initial: 7500 },
  CZK: { digits: 2, initial: 35000 },
  DKK: { digits: 2, initial: 10000 },
  HKD: { digits: 2, initial: 12000 },
  INR: { digits: 2, initial: 130000 },
  MXN: { digits: 2, initial: 28000 },
  MYR: { digits: 2, initial: 6500 },
  NOK: { digits: 2, initial: 15000 },
  PLN: { digits: 2, initial: 6000 },
  RON: { digits: 2, initial: 7000 },
  SEK: { digits: 2, initial: 15000 },
  THB: { digits: 2, initial: 50000 },
  ZAR: { digits: 2, initial: 27000 },
  HUF: { digits: 2, gatewayDigits: { paypal: 0 }, initial: 550000 },
  TWD: { digits: 2, gatewayDigits: { paypal: 0 }, initial: 48000 },
  JPY: { digits: 0, initial: 2200 },
  KRW: { digits: 0, initial: 20000 },
  CLP: { digits: 0, initial: 14000 },
  VND: { digits: 0, initial: 380000 },
  ISK: { digits: 0, gatewayDigits: { stripe: 2 }, initial: 2000 },
  UGX: { digits: 0, gatewayDigits: { stripe: 2 }, initial: 55000 },
  MGA: { digits: 2, gatewayDigits: { stripe: 0 }, initial: 6800000 },
  BHD: { digits: 3, initial: 5600 },
  JOD: { digits: 3, initial: 10600 },
  KWD: { digits: 3, initial: 4600 },
  OMR: { digits: 3, initial: 5800 },
  TND: { digits: 3, initial: 46000 },
}

/** The most that is ever charged to verify a payment method, in minor units: Stripe takes at most eight digits. */
export const largestAmount = 99_999_999

export const isSupportedCurrency = (code: string) => Object.hasOwn(currencies, code)

function entry(currency: string): Currency {
  const found = currencies[currency]
  if (!found) throw new RangeError(`unsupported currency ${currency}`)
  return found
}

/** The default initial charge of a currency, in its minor units. */
export const defaultInitialAmount = (currency: string) => entry(currency).initial

/**
 * Reads a decimal amount of major units (15 or 15.5) as integer minor units of an ISO 4217 currency. Answers undefined
 * where it has more digits than the currency, or is not a positive amount that can be charged.
 */
export function toMinorUnits(major: number, currency: string): number | undefined {
  const { digits } = entry(currency)
  // Through the shortest decimal text, as 15.05 * 100 is not 1505 in binary floating point.
  const match = /^(\d+)(?:\.(\d+))?$/.exec(String(major))
  if (!match || (match[2]?.length ?? 0) > digits) return undefined
  const minor = Number(`${match[1]}${(match[2] ?? '').padEnd(digits, '0')}`)
  return minor > 0 && minor <= largestAmount ? minor : undefined
}

/** Writes integer minor units as a decimal text of major units: 1500 USD is `15.00`. */
export function toMajorText(minor: number, currency: string): string {
  const { digits } = entry(currency)
  const text = String(minor).padStart(digits + 1, '0')
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
}

/** Integer minor units as a decimal number of major units, as the edge door speaks. */
export const toMajorNumber = (minor: number, currency: string) => Number(toMajorText(minor, currency))

/** Formats minor units for people: 1500 USD is `$15.00`. */
export function formatMoney(minor: number, currency: string, locale = 'en-US'): string {
  const { digits } = entry(currency)
  const format = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
  return format.format(minor / 10 ** digits)
}

/** Converts our minor units to the unit a gateway counts in. Throws a RangeError where it would need a fraction. */
export function toGatewayUnits(minor: number, currency: string, gateway: GatewayName): number {
  const { digits, gatewayDigits } = entry(currency)
  const units = minor * 10 ** ((gatewayDigits?.[gateway] ?? digits) - digits)
  if (!Number.isInteger(units))
    throw new RangeError(`${toMajorText(minor, currency)} ${currency} cannot be sent to ${gateway}`)
  return units
}

/** The way back from `toGatewayUnits`. */
export function fromGatewayUnits(units: number, currency: string, gateway: GatewayName): number {
  const { digits, gatewayDigits } = entry(currency)
  return Math.round(units * 10 ** (digits - (gatewayDigits?.[gateway] ?? digits)))
}
