import {
  toMinorUnits,
  toMajorText,
  amountText,
  type AmountUnit,
  whyNotChargeable,
  leastChargeable,
  defaultInitialAmount,
} from '../payment/money.ts'
import type { Settings } from '../tenant/settings.ts'
import { invalid, conflict } from '../failure/failures.ts'

export interface RequestedAmount {
  initialAmountMajor?: number | undefined
  initialAmountMinor?: number | undefined
}

/** Returns whether the caller specified an initial charge. */
export const hasRequestedAmount = ({ initialAmountMajor, initialAmountMinor }: RequestedAmount) =>
  initialAmountMajor !== undefined || initialAmountMinor !== undefined

/** Returns the specified amount in minor units; undefined if the currency has no such amount. */
export function requestedMinorUnits(
  { initialAmountMajor, initialAmountMinor }: RequestedAmount,
  currency: string,
): number | undefined {
  return initialAmountMinor ?? toMinorUnits(initialAmountMajor!, currency)
}

/** What an amount is validated against: its currency, the settings, and their currency. */
export interface Pricing {
  currency: string
  /** The currency of the organization. Its amount settings apply to no other. */
  organizationCurrency: string
  settings: Pick<Settings, 'initialAmount' | 'minimumInitialAmount'>
}

/**
 * Returns the specified amount in minor units. Throws a Failure, in the caller's units, if it cannot or must not be
 * charged.
 */
export function requireChargeable(said: RequestedAmount, pricing: Pricing): number {
  const { currency } = pricing
  const minor = requestedMinorUnits(said, currency)
  if (minor === undefined) {
    const { initialAmountMajor: major } = said
    const least = leastAmount(pricing)
    if (major! < Number(toMajorText(least, currency)))
      throw invalid('initial_amount', `must be at least ${amountText(least, currency, 'major')}`)
    throw invalid('initial_amount', `must be an amount in ${currency}, such as ${toMajorText(least, currency)}`)
  }
  const wrong = whyNotInitial(minor, pricing, said.initialAmountMinor === undefined ? 'major' : 'minor')
  if (wrong) throw invalid('initial_amount', wrong)
  return minor
}

/** Returns the rule that an initial charge (minor units) violates, such as `must be …`; undefined if none. */
export function whyNotInitial(minor: number, pricing: Pricing, unit: AmountUnit): string | undefined {
  const { currency } = pricing
  const least = leastAmount(pricing)
  const wrong = whyNotChargeable(minor, currency, unit)
  // The higher of the two minimums applies.
  if (minor < least && least >= leastChargeable(currency))
    return `must be at least ${amountText(least, currency, unit)}`
  return wrong
}

/** Returns the minimum initial charge of an organization in minor units. A gateway may require more. */
const leastAmount = ({ currency, organizationCurrency, settings }: Pricing) =>
  (currency === organizationCurrency ? settings.minimumInitialAmount : null) ?? defaultInitialAmount(currency)

/** Returns the default initial charge of an organization. Throws a Failure if its setting does not fit the currency. */
export function usualAmount({ currency, organizationCurrency, settings }: Pricing): number {
  const amount = currency === organizationCurrency ? settings.initialAmount : null
  if (amount === null) return defaultInitialAmount(currency)
  const wrong = whyNotChargeable(amount, currency, 'minor')
  if (wrong) {
    const message = `the organization's setting initial_amount does not fit ${currency}: it ${wrong}`
    throw conflict('settings_mismatch', 'initial_amount', message)
  }
  return amount
}
