import type { GatewayName } from '../../domain/lifecycle.ts'
import type { OnboardingBrief } from '../../domain/onboarding/onboarding.ts'
import type { BillingCustomer } from '../billing-customers/billing-customers.ts'
import type { Tenant } from '../../domain/reference.ts'

/** What a caller asks for. What is undefined was not said: it never overwrites what is. */
export interface OnboardingRequest extends Tenant {
  contactId: string
  /** A hash of the call's Idempotency-Key, or random. */
  createdBy: string
  brandId?: string | undefined
  /** What a new record is billed in, ISO 4217. */
  currency: string
  gateway?: GatewayName | undefined
  allowTrigger?: boolean | undefined
  requireInitial?: boolean | undefined
  /** A decimal number of major units. */
  initialAmountMajor?: number | undefined
  /** The same in minor units; a caller speaks one of both. */
  initialAmountMinor?: number | undefined
  notes?: string | undefined
  metadata?: Record<string, unknown> | undefined
  billableItemId?: string | undefined
  /** Whether who asks may enroll an active billing customer at once; one that is pending is enrolled with its setup. */
  mayEnroll?: boolean
  /** Where nothing is charged and no payment method is expected, the billing customer becomes active in the call. */
  activateAtOnce: boolean
}

export const tenantOf = ({ organizationId, environment }: OnboardingRequest): Tenant => ({
  organizationId,
  environment,
})

export interface Opened {
  billingCustomer: BillingCustomer
  onboarding: OnboardingBrief
  /** Whether the record was there before this call (or a repeat of it with the same `createdBy`). */
  existing: boolean
  /** What the caller owes the run: to start it, to wake it, or nothing. */
  run: 'start' | 'wake' | 'leave'
}
