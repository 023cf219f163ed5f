import { currencies, type Currency } from './currencies.ts'
import { gatewayNames, type GatewayName } from '../lifecycle.ts'
import { own } from '../text/own.ts'

/** The most that any currency allows, in minor units; `whyNotChargeable` says what one currency allows. */
export const largestAmount = Math.max(
  ...Object.values(currencies).flatMap(({ gateways }) => Object.values(gateways).map(({ largest = 0 }) => largest)),
)

export const isSupportedCurrency = (code: string) => Object.hasOwn(currencies, code)

function entry(currency: string): Currency {
  const found = own(currencies, currency)
  if (!found) throw new RangeError(`unsupported currency ${currency}`)
  return found
}

/** The default initial charge of a currency, in its minor units. */
export const defaultInitialAmount = (currency: string) => entry(currency).initial

/**
 * Reads a decimal amount of major units (15 or 15.5) as integer minor units of an ISO 4217 currency. Answers undefined
 * where it has more digits than the currency, or is not a positive amount that can be counted.
 */
export function toMinorUnits(major: number, currency: string): number | undefined {
  const { digits } = entry(currency)
  // Through the shortest decimal text, as 15.05 * 100 is not 1505 in binary floating point.
  const match = /^(\d+)(?:\.(\d+))?$/.exec(String(major))
  if (!match || (match[2]?.length ?? 0) > digits) return undefined
  const minor = Number(`${match[1]}${(match[2] ?? '').padEnd(digits, '0')}`)
  return minor > 0 && Number.isSafeInteger(minor) ? minor : undefined
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

const titles: Record<GatewayName, string> = { stripe: 'Stripe', paypal: 'PayPal' }

/**
 * Returns whether a gateway takes payments in the currency. `payPalCountry` is the country of the PayPal account: some
 * currencies are for accounts of one country only.
 */
export function takesCurrency(gateway: GatewayName, currency: string, payPalCountry: string | null): boolean {
  const rules = own(currencies, currency)?.gateways[gateway]
  return rules !== undefined && (rules.onlyIn === undefined || rules.onlyIn === payPalCountry)
}

/** Returns why a gateway cannot be chosen for the currency, with what can; undefined where it can. */
export function whyNotTaken(gateway: GatewayName, currency: string, payPalCountry: string | null): string | undefined {
  if (takesCurrency(gateway, currency, payPalCountry)) return undefined
  const country = own(currencies, currency)?.gateways[gateway]?.onlyIn
  const others = gatewayNames.filter((name) => takesCurrency(name, currency, payPalCountry))
  const only = country ? ` but for accounts in ${country} (setting paypal_account_country)` : ''
  return `must be ${others.join(' or ')} for ${currency}: ${titles[gateway]} does not take ${currency}${only}`
}

/** How a refusal writes an amount: as the door counts that the caller uses. */
export type AmountUnit = 'major' | 'minor'

export const amountText = (minor: number, currency: string, unit: AmountUnit) => {
  const major = `${toMajorText(minor, currency)} ${currency}`
  return unit === 'major' ? major : `${minor} minor units (${major})`
}

/**
 * Returns what is wrong with an amount as what would be right, naming currency and gateway, for every gateway that
 * takes the currency; undefined where each of them can charge it.
 */
export function whyNotChargeable(minor: number, currency: string, unit: AmountUnit): string | undefined {
  if (!Number.isSafeInteger(minor)) return 'must be a whole number of minor units'
  const { gateways } = entry(currency)
  for (const name of gatewayNames) {
    const rules = gateways[name]
    if (!rules) continue
    const { least, step, largest = Infinity } = rules
    const say = (amount: number) => amountText(amount, currency, unit)
    if (minor < least) return `must be at least ${say(least)}: ${titles[name]} takes no less`
    if (minor % step !== 0) return `must be a multiple of ${say(step)}: ${titles[name]} takes no smaller part of it`
    if (minor > largest) return `must be at most ${say(largest)}: ${titles[name]} takes no more`
  }
  return undefined
}

/** The least that every gateway of the currency takes, in minor units. */
export const leastChargeable = (currency: string) =>
  Math.max(...Object.values(entry(currency).gateways).map(({ least }) => least))

/** The most that every gateway of the currency takes, in minor units. */
export const mostChargeable = (currency: string) =>
  Math.min(...Object.values(entry(currency).gateways).map(({ largest = Infinity }) => largest))

/** Digits after the decimal point in what a gateway counts in. */
const gatewayDigits = (currency: string, gateway: GatewayName) => {
  const { digits, gateways } = entry(currency)
  return gateways[gateway]?.digits ?? digits
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
