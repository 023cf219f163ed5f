import type { Author } from '../../domain/events/author.ts'
import type { PageChanges } from '../../domain/hosted-page.ts'
import { usualGateway, type GatewayName } from '../../domain/lifecycle.ts'
import type { OnboardingBrief } from '../../domain/onboarding/onboarding.ts'
import type { BillingCustomer } from '../billing-customers/billing-customers.ts'
import type { Tenant } from '../../domain/reference.ts'
import { gatewaysFor, type GatewayChoice } from '../../domain/tenant/settings.ts'

/** A caller's request. An undefined field was not sent and never overwrites a stored value. */
export interface OnboardingRequest extends Tenant {
  contactId: string
  /** A hash of the call's Idempotency-Key, or a random value. */
  createdBy: string
  author: Author
  brandId?: string | undefined
  /** The currency of a new record, ISO 4217. */
  currency: string
  gateway?: GatewayName | undefined
  /** The gateways that customers of the organization can pay with, for a record or an onboarding without one. */
  offered: readonly GatewayName[]
  allowTrigger?: boolean | undefined
  requireInitial?: boolean | undefined
  /** The amount as a decimal number of major units. */
  initialAmountMajor?: number | undefined
  /** The amount in minor units. A request has one of the two. */
  initialAmountMinor?: number | undefined
  notes?: string | undefined
  metadata?: Record<string, unknown> | undefined
  billableItemId?: string | undefined
  /** Applies while the billing customer is pending. */
  page?: PageChanges | undefined
  /** Whether the caller may enroll an active billing customer at once. A pending one is enrolled by its onboarding. */
  mayEnroll?: boolean
  /** The latest time at which the run starts; it starts earlier if it is needed. Default: immediately. */
  startAt?: Date | undefined
  /** Whether the call activates the billing customer if nothing is charged and no payment method is expected. */
  activateAtOnce: boolean
}

export const tenantOf = ({ organizationId, environment }: OnboardingRequest): Tenant => ({
  organizationId,
  environment,
})

export interface OpenResult {
  billingCustomer: BillingCustomer
  onboarding: OnboardingBrief
  /** Whether the record existed before this call, or before its first attempt with the same `createdBy`. */
  existing: boolean
  /** Whether the caller must start the run, signal it, or do nothing. */
  run: 'start' | 'signal' | 'leave'
}

/** Returns the request for the next onboarding of a record: at another gateway if its own is no longer offered. */
export function atOfferedGateway(
  request: OnboardingRequest,
  settings: GatewayChoice,
  { gateway, currency }: Pick<BillingCustomer, 'gateway' | 'currency'>,
): OnboardingRequest {
  const supported = gatewaysFor(settings, currency)
  const offered = request.offered.filter((name) => supported.includes(name))
  if (request.gateway !== undefined || offered.length === 0 || offered.includes(gateway)) return request
  return { ...request, gateway: usualGateway(offered) }
}
