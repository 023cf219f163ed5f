import type { GatewayName } from './lifecycle.ts'

interface Currency {
  /** Digits after the decimal point in ISO 4217. Our own amounts are integers in this unit. */
  digits: number
  /** What an initial charge is when nobody says otherwise, and the least it may be unless the organization says less. */
  initial: number
  stripe: GatewayRules
  /** Absent where the gateway does not take the currency. */
  paypal?: GatewayRules
}

interface GatewayRules {
  /** Where the gateway counts in another unit than ISO 4217 does. */
  digits?: number
  /** Its least charge, in our minor units, where it names one. */
  least?: number
  /** Amounts must be a multiple of this, in our minor units. */
  step?: number
}

/*
 * ISO 4217 digits. Stripe: docs.stripe.com/currencies (zero-decimal, three-decimal and special cases, minimum charges): ISK
 * and UGX are sent with two decimals that are 00, MGA without any; three-decimal amounts end in 0. PayPal:
 * developer.paypal.com/reference/currency-codes: HUF, JPY and TWD are sent without decimals.
 */
const currencies: Record<string, Currency> = {
  USD: { digits: 2, initial: 1500, stripe: { least: 50 }, paypal: {} },
  EUR: { digits: 2, initial: 1500, stripe: { least: 50 }, paypal: {} },
  GBP: { digits: 2, initial: 1500, stripe: { least: 30 }, paypal: {} },
  AUD: { digits: 2, initial: 1500, stripe: { least: 50 }, paypal: {} },
  CAD: { digits: 2, initial: 1500, stripe: { least: 50 }, paypal: {} },
  CHF: { digits: 2, initial: 1500, stripe: { least: 50 }, paypal: {} },
  NZD: { digits: 2, initial: 1500, stripe: { least: 50 }, paypal: {} },
  SGD: { digits: 2, initial: 1500, stripe: { least: 50 }, paypal: {} },
  AED: { digits: 2, initial: 5500, stripe: { least: 200 } },
  BRL: { digits: 2, initial: 7500, stripe: { least: 50 }, paypal: {} },
  CZK: { digits: 2, initial: 35000, stripe: { least: 1500 }, paypal: {} },
  DKK: { digits: 2, initial: 10000, stripe: { least: 250 }, paypal: {} },
  HKD: { digits: 2, initial: 12000, stripe: { least: 400 }, paypal: {} },
  INR: { digits: 2, initial: 130000, stripe: { least: 50 } },
  MXN: { digits: 2, initial: 28000, stripe: { least: 1000 }, paypal: {} },
  MYR: { digits: 2, initial: 6500, stripe: { least: 200 }, paypal: {} },
  NOK: { digits: 2, initial: 15000, stripe: { least: 300 }, paypal: {} },
  PLN: { digits: 2, initial: 6000, stripe: { least: 200 }, paypal: {} },
  RON: { digits: 2, initial: 7000, stripe: { least: 200 } },
  SEK: { digits: 2, initial: 15000, stripe: { least: 300 }, paypal: {} },
  THB: { digits: 2, initial: 50000, stripe: { least: 1000 }, paypal: {} },
  ZAR: { digits: 2, initial: 27000, stripe: {} },
  HUF: { digits: 2, initial: 550000, stripe: { least: 17500 }, paypal: { digits: 0, step: 100 } },
  TWD: { digits: 2, initial: 48000, stripe: {}, paypal: { digits: 0, step: 100 } },
  JPY: { digits: 0, initial: 2200, stripe: { least: 50 }, paypal: {} },
  KRW: { digits: 0, initial: 20000, stripe: {} },
  CLP: { digits: 0, initial: 14000, stripe: {} },
  VND: { digits: 0, initial: 380000, stripe: {} },
  ISK: { digits: 0, initial: 2000, stripe: { digits: 2 } },
  UGX: { digits: 0, initial: 55000, stripe: { digits: 2 } },
  MGA: { digits: 2, initial: 6800000, stripe: { digits: 0, step: 100 } },
  BHD: { digits: 3, initial: 5600, stripe: { step: 10 } },
  JOD: { digits: 3, initial: 10600, stripe: { step: 10 } },
  KWD: { digits: 3, initial: 4600, stripe: { step: 10 } },
  OMR: { digits: 3, initial: 5800, stripe: { step: 10 } },
  TND: { digits: 3, initial: 46000, stripe: { step: 10 } },
}

/** The most that is ever charged to verify a payment method, in minor units and in a gateway's: Stripe takes eight digits. */
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
  return withPoint(minor, entry(currency).digits)
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

/** Says whether a gateway takes payments in the currency. */
export const takesCurrency = (gateway: GatewayName, currency: string) => currencies[currency]?.[gateway] !== undefined

/**
 * Says what is wrong with an amount, as what would be right, for every gateway that takes the currency; undefined where each
 * of them can charge it.
 */
export function whyNotChargeable(minor: number, currency: string): string | undefined {
  const { digits, stripe, paypal } = entry(currency)
  for (const { least = 1, step = 1, digits: units = digits } of [stripe, ...(paypal ? [paypal] : [])]) {
    if (minor < least) return `must be at least ${toMajorText(least, currency)}`
    if (minor % step !== 0) return `must be a multiple of ${toMajorText(step, currency)}`
    if (minor > largestAmount || minor * 10 ** (units - digits) > largestAmount)
      return `must be at most ${toMajorText(Math.floor(Math.min(largestAmount, largestAmount * 10 ** (digits - units))), currency)}`
  }
  return undefined
}

/** Digits after the decimal point in what a gateway counts in. */
const gatewayDigits = (currency: string, gateway: GatewayName) => {
  const { digits, [gateway]: rules } = entry(currency)
  return rules?.digits ?? digits
}
const factor = (currency: string, gateway: GatewayName) =>
  10 ** (gatewayDigits(currency, gateway) - entry(currency).digits)

/** Converts our minor units to the unit a gateway counts in. Throws a RangeError where it would need a fraction. */
export function toGatewayUnits(minor: number, currency: string, gateway: GatewayName): number {
  const units = minor * factor(currency, gateway)
  if (!Number.isInteger(units))
    throw new RangeError(`${toMajorText(minor, currency)} ${currency} cannot be sent to ${gateway}`)
  return units
}

/** The way back from `toGatewayUnits`. */
export const fromGatewayUnits = (units: number, currency: string, gateway: GatewayName) =>
  Math.round(units / factor(currency, gateway))

const withPoint = (units: number, digits: number) => {
  const text = String(units).padStart(digits + 1, '0')
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
}

/** Our minor units as the decimal text of a gateway that is sent texts: 550000 HUF is `5500` at PayPal. */
export const toGatewayText = (minor: number, currency: string, gateway: GatewayName) =>
  withPoint(toGatewayUnits(minor, currency, gateway), gatewayDigits(currency, gateway))

/** The way back from `toGatewayText`. Throws a RangeError for what is no amount of the currency. */
export function fromGatewayText(text: string, currency: string, gateway: GatewayName): number {
  const digits = gatewayDigits(currency, gateway)
  const match = /^(\d+)(?:\.(\d*?)0*)?$/.exec(text)
  if (!match || (match[2]?.length ?? 0) > digits) throw new RangeError(`not an amount of ${currency}`)
  return fromGatewayUnits(Number(`${match[1]}${(match[2] ?? '').padEnd(digits, '0')}`), currency, gateway)
}
