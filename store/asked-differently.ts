import { isDeepStrictEqual } from 'node:util'
import { conflict, invalid } from '../domain/failures.ts'
import {
  amountText,
  defaultInitialAmount,
  leastChargeable,
  toMajorText,
  toMinorUnits,
  whyNotChargeable,
  whyNotTaken,
  type AmountUnit,
} from '../domain/money.ts'
import type { OnboardingBrief, OnboardingFacts } from '../domain/onboarding.ts'
import type { GatewayName } from '../domain/lifecycle.ts'
import { gatewaysFor, type Settings } from '../domain/settings.ts'
import type { BillingCustomer, BillingCustomerChanges } from './billing-customers.ts'
import type { OnboardingRequest } from './onboarding-request.ts'

interface AskedChanges {
  any: boolean
  asked: Set<string>
  billingCustomer: BillingCustomerChanges
  onboarding: Partial<Pick<OnboardingFacts, 'gateway' | 'requireInitial' | 'billableItemId'>>
}

/** Picks what was said explicitly and differs from what is. */
export function changesAsked(
  request: OnboardingRequest,
  billingCustomer: BillingCustomer,
  onboarding: OnboardingBrief,
): AskedChanges {
  const pending = billingCustomer.status === 'pending'
  const gateway = pending ? request.gateway : undefined
  const { brandId, allowTrigger, notes, billableItemId } = request
  const record = differing<BillingCustomerChanges>(billingCustomer, { brandId, allowTrigger, notes, gateway })
  const metadata = differing(billingCustomer.metadata, request.metadata ?? {})
  if (Object.keys(metadata).length > 0) record.metadata = metadata
  const requireInitial = pending ? request.requireInitial : undefined
  const run = differing<AskedChanges['onboarding']>(onboarding, { billableItemId, gateway, requireInitial })
  const amount = pending && saysAmount(request) && amountSaid(request, onboarding.currency) !== onboarding.amount
  const asked = new Set([...Object.keys(record), ...Object.keys(run), ...(amount ? ['initialAmount'] : [])])
  return { any: asked.size > 0, asked, billingCustomer: record, onboarding: run }
}

type SaidAmount = Pick<OnboardingRequest, 'initialAmountMajor' | 'initialAmountMinor'>

/** Whether the caller named an initial charge. */
export const saysAmount = ({ initialAmountMajor, initialAmountMinor }: SaidAmount) =>
  initialAmountMajor !== undefined || initialAmountMinor !== undefined

/** What the caller named in minor units; undefined where the currency has no such amount. */
function amountSaid({ initialAmountMajor, initialAmountMinor }: SaidAmount, currency: string): number | undefined {
  return initialAmountMinor ?? toMinorUnits(initialAmountMajor!, currency)
}

/** What of `wanted` was said and is not so. */
function differing<T extends object>(current: object, wanted: { [Key in keyof T]: T[Key] | undefined }): T {
  const found: Partial<T> = {}
  for (const key in wanted) {
    const value = wanted[key]
    if (value !== undefined && !isDeepStrictEqual(value, (current as T)[key])) found[key] = value
  }
  return found as T
}

/** What an amount is judged by: its currency, and the settings with the currency that they are in. */
export interface Pricing {
  currency: string
  /** The organization's own; its amount settings hold for no other. */
  organizationCurrency: string
  settings: Pick<Settings, 'initialAmount' | 'minimumInitialAmount'>
}

/**
 * Turns the amount a caller named into minor units. Throws a Failure where it may not or cannot be charged, in the units of
 * the caller.
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

/** Throws a Failure where a gateway that was asked for does not take the currency, or none that is offered does. */
export function refuseGateway(
  asked: GatewayName | undefined,
  currency: string,
  settings: Pick<Settings, 'gateways' | 'paypalAccountCountry'>,
): void {
  const wrong = asked && whyNotTaken(asked, currency, settings.paypalAccountCountry)
  if (wrong) throw invalid('gateway', wrong)
  if (gatewaysFor(settings, currency).length > 0) return
  const message = `none of the organization's gateways (${settings.gateways.join(', ')}) takes ${currency}`
  throw conflict('settings_mismatch', 'gateway', message)
}
