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

export interface SaidAmount {
  initialAmountMajor?: number | undefined
  initialAmountMinor?: number | undefined
}

/** Whether the caller named an initial charge. */
export const saysAmount = ({ initialAmountMajor, initialAmountMinor }: SaidAmount) =>
  initialAmountMajor !== undefined || initialAmountMinor !== undefined

/** What the caller named in minor units; undefined where the currency has no such amount. */
export function amountSaid(
  { initialAmountMajor, initialAmountMinor }: SaidAmount,
  currency: string,
): number | undefined {
  return initialAmountMinor ?? toMinorUnits(initialAmountMajor!, currency)
}

/** What an amount is judged by: its currency, and the settings with the currency that they are in. */
export interface Pricing {
  currency: string
  /** The organization's own; its amount settings hold for no other. */
  organizationCurrency: string
  settings: Pick<Settings, 'initialAmount' | 'minimumInitialAmount'>
}

/**
 * Turns the amount a caller named into minor units. Throws a Failure where it may not or cannot be charged, in the
 * units of the caller.
 */
export function askedAmount(said: SaidAmount, pricing: Pricing): number {
  const { currency } = pricing
  const minor = amountSaid(said, currency)
  if (minor === undefined) {
    const { initialAmountMajor: major } = said
    const least = leastAmount(pricing)
    if (major! < Number(toMajorText(least, currency)))
      throw invalid('initial_amount', `must be at least ${amountText(least, currency, 'major')}`)
    throw invalid('initial_amount', `must be written as ${toMajorText(least, currency)} is, for ${currency}`)
  }
  const wrong = whyNotInitial(minor, pricing, said.initialAmountMinor === undefined ? 'major' : 'minor')
  if (wrong) throw invalid('initial_amount', wrong)
  return minor
}

/** What is wrong with an initial charge (minor units) as what would be right; undefined where nothing is. */
export function whyNotInitial(minor: number, pricing: Pricing, unit: AmountUnit): string | undefined {
  const { currency } = pricing
  const least = leastAmount(pricing)
  const wrong = whyNotChargeable(minor, currency, unit)
  // Of two bounds from below the higher one is what would be right.
  if (minor < least && least >= leastChargeable(currency))
    return `must be at least ${amountText(least, currency, unit)}`
  return wrong
}

/** The least initial charge of an organization in minor units; at the gateways more may be needed. */
const leastAmount = ({ currency, organizationCurrency, settings }: Pricing) =>
  (currency === organizationCurrency ? settings.minimumInitialAmount : null) ?? defaultInitialAmount(currency)

/** The organization's own initial charge. Throws a Failure where its setting does not fit the currency. */
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
