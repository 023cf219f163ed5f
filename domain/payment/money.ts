import { currencies, type Currency } from './currencies.ts'
import { gatewayFacts } from '../gateways/list.ts'
import { gatewayNames, type GatewayName } from '../lifecycle.ts'
import { own } from '../text/own.ts'

/** The maximum amount of all currencies, in minor units. `whyNotChargeable` checks the limits of one currency. */
export const largestAmount = Math.max(
  ...Object.values(currencies).flatMap(({ gateways }) => Object.values(gateways).map(({ largest = 0 }) => largest)),
)

/** Returns whether a gateway supports an ISO 4217 code. */
export const isSupportedCurrency = (code: string) => Object.hasOwn(currencies, code)

function entry(currency: string): Currency {
  const found = own(currencies, currency)
  if (!found) throw new RangeError(`unsupported currency ${currency}`)
  return found
}

/** The default initial charge of a currency, in its minor units. */
export const defaultInitialAmount = (currency: string) => entry(currency).initial

/**
 * Converts a decimal amount of major units (15 or 15.5) to integer minor units of an ISO 4217 currency. Returns
 * undefined if it has more digits than the currency, or is not a positive safe integer of minor units.
 */
export function toMinorUnits(major: number, currency: string): number | undefined {
  const { digits } = entry(currency)
  // Converts via decimal text: 15.05 * 100 is not 1505 in binary floating point.
  const match = /^(\d+)(?:\.(\d+))?$/.exec(String(major))
  if (!match || (match[2]?.length ?? 0) > digits) return undefined
  const minor = Number(`${match[1]}${(match[2] ?? '').padEnd(digits, '0')}`)
  return minor > 0 && Number.isSafeInteger(minor) ? minor : undefined
}

/** Formats integer minor units as decimal text in major units: 1500 USD is `15.00`. */
export function toMajorText(minor: number, currency: string): string {
  return withPoint(minor, entry(currency).digits)
}

/** Converts integer minor units to a decimal number of major units, the unit of the edge door. */
export const toMajorNumber = (minor: number, currency: string) => Number(toMajorText(minor, currency))

/** Returns the digits after the decimal point of an amount of the currency. */
export const minorDigits = (currency: string) => entry(currency).digits

const titleOf = (gateway: GatewayName) => gatewayFacts[gateway].title

/** The countries of an organization's accounts, for gateways that support some currencies in one country only. */
export type AccountCountries = Partial<Record<GatewayName, string | null>>

/** Returns whether a gateway supports the currency. */
export function supportsCurrency(gateway: GatewayName, currency: string, countries: AccountCountries): boolean {
  const rules = own(currencies, currency)?.gateways[gateway]
  return rules !== undefined && (rules.onlyIn === undefined || rules.onlyIn === countries[gateway])
}

/** Returns why a gateway does not support the currency, and which gateways do; undefined if it supports it. */
export function whyUnsupported(
  gateway: GatewayName,
  currency: string,
  countries: AccountCountries,
): string | undefined {
  if (supportsCurrency(gateway, currency, countries)) return undefined
  const country = own(currencies, currency)?.gateways[gateway]?.onlyIn
  const others = gatewayNames.filter((name) => supportsCurrency(name, currency, countries))
  const only = country ? ` except for accounts in ${country} (setting ${gatewayFacts[gateway].countrySetting})` : ''
  return `must be ${others.join(' or ')} for ${currency}: ${titleOf(gateway)} does not support ${currency}${only}`
}

/** The unit of amounts in error messages: the one that the caller's door uses. */
export type AmountUnit = 'major' | 'minor'

/** Formats minor units for an error message, such as `50 minor units (0.50 USD)`. */
export const amountText = (minor: number, currency: string, unit: AmountUnit) => {
  const major = `${toMajorText(minor, currency)} ${currency}`
  return unit === 'major' ? major : `${minor} minor units (${major})`
}

/**
 * Returns the first rule that an amount violates, with the currency and the gateway; undefined if every gateway that
 * supports the currency can charge it.
 */
export function whyNotChargeable(minor: number, currency: string, unit: AmountUnit): string | undefined {
  if (!Number.isSafeInteger(minor)) return 'must be a whole number of minor units'
  const { gateways } = entry(currency)
  for (const name of gatewayNames) {
    const rules = gateways[name]
    if (!rules) continue
    const { least, step, largest = Infinity } = rules
    const say = (amount: number) => amountText(amount, currency, unit)
    const title = titleOf(name)
    if (minor < least) return `must be at least ${say(least)}: ${title} accepts no less`
    if (minor % step !== 0) return `must be a multiple of ${say(step)}: ${title} accepts no smaller unit`
    if (minor > largest) return `must be at most ${say(largest)}: ${title} accepts no more`
  }
  return undefined
}

/**
 * Returns why a gateway cannot refund an amount: a gateway without decimals in the currency cannot refund a fraction of
 * its unit. Undefined if it can.
 */
export function whyNotRefundable(minor: number, currency: string, gateway: GatewayName): string | undefined {
  const step = entry(currency).gateways[gateway]?.step ?? 1
  if (minor % step === 0) return undefined
  const unit = amountText(step, currency, 'minor')
  return `must be a multiple of ${unit}: ${titleOf(gateway)} accepts no smaller unit`
}

/** Returns the minimum amount that every gateway of the currency accepts, in minor units. */
export const leastChargeable = (currency: string) =>
  Math.max(...Object.values(entry(currency).gateways).map(({ least }) => least))

/** Returns the maximum amount that every gateway of the currency accepts, in minor units. */
export const mostChargeable = (currency: string) =>
  Math.min(...Object.values(entry(currency).gateways).map(({ largest = Infinity }) => largest))

/** Returns the digits after the decimal point in a gateway's unit. */
const gatewayDigits = (currency: string, gateway: GatewayName) => {
  const { digits, gateways } = entry(currency)
  return gateways[gateway]?.digits ?? digits
}
/** Returns a gateway's units per ISO 4217 minor unit. Below 1 for currencies that it takes without decimals. */
export const gatewayFactor = (currency: string, gateway: GatewayName) =>
  10 ** (gatewayDigits(currency, gateway) - entry(currency).digits)

/** Converts ISO 4217 minor units to a gateway's unit. Throws a RangeError if the result is not an integer. */
export function toGatewayUnits(minor: number, currency: string, gateway: GatewayName): number {
  const units = minor * gatewayFactor(currency, gateway)
  if (!Number.isInteger(units))
    throw new RangeError(`${toMajorText(minor, currency)} ${currency} cannot be sent to ${gateway}`)
  return units
}

/** The inverse of `toGatewayUnits`. */
export const fromGatewayUnits = (units: number, currency: string, gateway: GatewayName) =>
  Math.round(units / gatewayFactor(currency, gateway))

const withPoint = (units: number, digits: number) => {
  const text = String(units).padStart(digits + 1, '0')
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
}

/** Formats minor units as decimal text in a gateway's unit: 550000 HUF is `5500` where the gateway has none. */
export const toGatewayText = (minor: number, currency: string, gateway: GatewayName) =>
  withPoint(toGatewayUnits(minor, currency, gateway), gatewayDigits(currency, gateway))

/** The inverse of `toGatewayText`. Throws a RangeError if the text is not an amount of the currency. */
export function fromGatewayText(text: string, currency: string, gateway: GatewayName): number {
  const digits = gatewayDigits(currency, gateway)
  const match = /^(\d+)(?:\.(\d*?)0*)?$/.exec(text)
  if (!match || (match[2]?.length ?? 0) > digits) throw new RangeError(`not an amount of ${currency}`)
  return fromGatewayUnits(Number(`${match[1]}${(match[2] ?? '').padEnd(digits, '0')}`), currency, gateway)
}
