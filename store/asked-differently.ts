import { isDeepStrictEqual } from 'node:util'
import { conflict, invalid } from '../domain/failures.ts'
import { defaultInitialAmount, largestAmount, toMajorText, toMinorUnits, whyNotChargeable } from '../domain/money.ts'
import type { OnboardingBrief, OnboardingFacts } from '../domain/onboarding.ts'
import type { Settings } from '../domain/settings.ts'
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

/**
 * Turns the amount a caller named into minor units. Throws a Failure where it may not or cannot be charged, in the units of
 * the caller.
 */
export function askedAmount(said: SaidAmount, currency: string, settings: Settings): number {
  const minor = amountSaid(said, currency)
  const least = leastAmount(currency, settings)
  const { initialAmountMajor: major } = said
  if (major === undefined) return checkedMinor(minor!, least, currency)
  if (major < Number(toMajorText(least, currency)))
    throw invalid('initial_amount', `must be at least ${toMajorText(least, currency)}`)
  if (minor === undefined) {
    throw invalid(
      'initial_amount',
      `must be written as ${toMajorText(least, currency)} is, and be at most ${toMajorText(largestAmount, currency)}`,
    )
  }
  const wrong = whyNotChargeable(minor, currency)
  if (wrong) throw invalid('initial_amount', wrong)
  return minor
}

function checkedMinor(minor: number, least: number, currency: string): number {
  if (minor < least)
    throw invalid(
      'initial_amount',
      `must be at least ${least} minor units: ${toMajorText(least, currency)} ${currency}`,
    )
  const wrong = whyNotChargeable(minor, currency)
  if (wrong) throw invalid('initial_amount', `${wrong} ${currency}, in minor units`)
  return minor
}

/** The least initial charge of an organization, in minor units. */
export const leastAmount = (currency: string, settings: Pick<Settings, 'minimumInitialAmount'>) =>
  settings.minimumInitialAmount ?? defaultInitialAmount(currency)

/** The organization's own initial charge. Throws a Failure where its setting does not fit the currency. */
export function usualAmount(currency: string, settings: Settings): number {
  const amount = settings.initialAmount ?? defaultInitialAmount(currency)
  const wrong = whyNotChargeable(amount, currency)
  if (wrong) throw conflict('initial_amount', `the organization's setting does not fit ${currency}: it ${wrong}`)
  return amount
}
