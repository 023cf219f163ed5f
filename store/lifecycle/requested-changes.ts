import { isDeepStrictEqual } from 'node:util'
import { conflict, invalid } from '../../domain/failure/failures.ts'
import { whyUnsupported } from '../../domain/payment/money.ts'
import { differingOptions, type PageChanges } from '../../domain/hosted-page.ts'
import type { OnboardingBrief, OnboardingFacts } from '../../domain/onboarding/onboarding.ts'
import type { GatewayName } from '../../domain/lifecycle.ts'
import { accountCountriesOf, gatewaysFor, type GatewayChoice } from '../../domain/tenant/settings.ts'
import type { BillingCustomer, BillingCustomerChanges } from '../billing-customers/billing-customers.ts'
import { optionNames } from '../onboardings/page-options.ts'
import type { OnboardingRequest } from './onboarding-request.ts'
import { hasRequestedAmount, requestedMinorUnits } from '../../domain/onboarding/initial-amount.ts'

interface RequestedChanges {
  any: boolean
  asked: Set<string>
  billingCustomer: BillingCustomerChanges
  onboarding: Partial<Pick<OnboardingFacts, 'gateway' | 'requireInitial' | 'billableItemId'>>
  page: PageChanges
}

/** Returns the requested values that differ from the stored ones. */
export function requestedChanges(
  request: OnboardingRequest,
  billingCustomer: BillingCustomer,
  onboarding: OnboardingBrief,
): RequestedChanges {
  const pending = billingCustomer.status === 'pending'
  const gateway = pending ? request.gateway : undefined
  const { brandId, allowTrigger, notes, billableItemId } = request
  const record = differing<BillingCustomerChanges>(billingCustomer, { brandId, allowTrigger, notes, gateway })
  const metadata = differing(billingCustomer.metadata, request.metadata ?? {})
  if (Object.keys(metadata).length > 0) record.metadata = metadata
  // The initial charge that stands is not made again, whatever is requested: the response says so.
  const isPriced = pending && onboarding.standingChargeId === null
  const requireInitial = isPriced ? request.requireInitial : undefined
  const run = differing<RequestedChanges['onboarding']>(onboarding, { billableItemId, gateway, requireInitial })
  const amount =
    isPriced && hasRequestedAmount(request) && requestedMinorUnits(request, onboarding.currency) !== onboarding.amount
  const page = pending ? differingOptions(onboarding.page, request.page) : {}
  const asked = new Set([
    ...Object.keys(record),
    ...Object.keys(run),
    ...(amount ? ['initialAmount'] : []),
    ...optionNames(page),
  ])
  return { any: asked.size > 0, asked, billingCustomer: record, onboarding: run, page }
}

/** Returns the fields of `wanted` that are defined and differ. */
function differing<T extends object>(current: object, wanted: { [Key in keyof T]: T[Key] | undefined }): T {
  const found: Partial<T> = {}
  for (const key in wanted) {
    const value = wanted[key]
    if (value !== undefined && !isDeepStrictEqual(value, (current as T)[key])) found[key] = value
  }
  return found as T
}

/** Throws a Failure if the requested gateway, or each gateway that is offered, does not support the currency. */
export function requireCurrencySupport(
  asked: GatewayName | undefined,
  currency: string,
  settings: GatewayChoice,
): void {
  const wrong = asked && whyUnsupported(asked, currency, accountCountriesOf(settings))
  if (wrong) throw invalid('gateway', wrong)
  if (gatewaysFor(settings, currency).length > 0) return
  const message = `none of the organization's gateways (${settings.gateways.join(', ')}) supports ${currency}`
  throw conflict('settings_mismatch', 'gateway', message)
}
