import { isDeepStrictEqual } from 'node:util'
import { invalid } from '../domain/failures.ts'
import { defaultInitialAmount, largestAmount, toMajorText, toMinorUnits } from '../domain/money.ts'
import type { OnboardingFacts } from '../domain/onboarding.ts'
import type { Settings } from '../domain/settings.ts'
import type { BillingCustomer, BillingCustomerChanges } from './billing-customers.ts'
import type { OnboardingRequest } from './onboarding-request.ts'

interface AskedChanges {
  any: boolean
  asked: Set<string>
  billingCustomer: BillingCustomerChanges
  onboarding: Partial<Pick<OnboardingFacts, 'gateway' | 'requireInitial' | 'billableItemId'>> & {
    initialAmountMajor?: number
  }
}

/** Picks what was said explicitly and differs from what is. */
export function changesAsked(
  request: OnboardingRequest,
  billingCustomer: BillingCustomer,
  onboarding: OnboardingFacts,
): AskedChanges {
  const pending = billingCustomer.status === 'pending'
  const record = differing(billingCustomer, {
    brandId: request.brandId,
    allowTrigger: request.allowTrigger,
    notes: request.notes,
    ...(pending ? { gateway: request.gateway } : {}),
  })
  const metadata = differing(billingCustomer.metadata, request.metadata ?? {})
  const run = differing(onboarding, {
    billableItemId: request.billableItemId,
    ...(pending ? { gateway: request.gateway, requireInitial: request.requireInitial } : {}),
  })
  const amount =
    pending && request.initialAmountMajor !== undefined && asksOtherAmount(request.initialAmountMajor, onboarding)
  const changes: Omit<AskedChanges, 'any' | 'asked'> = {
    billingCustomer: { ...record, ...(Object.keys(metadata).length > 0 ? { metadata } : {}) },
    onboarding: { ...run, ...(amount ? { initialAmountMajor: request.initialAmountMajor! } : {}) },
  }
  const asked = new Set(Object.keys({ ...changes.billingCustomer, ...run, ...(amount ? { initialAmount: true } : {}) }))
  return { ...changes, asked, any: asked.size > 0 }
}

function asksOtherAmount(major: number, onboarding: OnboardingFacts): boolean {
  return toMinorUnits(major, onboarding.currency) !== onboarding.amount
}

function differing<T extends object>(current: object, wanted: T): Partial<T> {
  const entries = Object.entries(wanted).filter(
    ([key, value]) => value !== undefined && !isDeepStrictEqual(value, (current as Record<string, unknown>)[key]),
  )
  return Object.fromEntries(entries) as Partial<T>
}

/** Turns the amount a caller named into minor units. Throws a Failure below the organization's minimum. */
export function askedAmount(major: number, currency: string, settings: Settings): number {
  const least = settings.minimumInitialAmount ?? defaultInitialAmount(currency)
  if (major < Number(toMajorText(least, currency)))
    throw invalid('initial_amount', `must be at least ${toMajorText(least, currency)}`)
  const minor = toMinorUnits(major, currency)
  if (minor === undefined) {
    throw invalid(
      'initial_amount',
      `must be written as ${toMajorText(least, currency)} is, and be at most ${toMajorText(largestAmount, currency)}`,
    )
  }
  return minor
}
