import type { Environment } from '../lifecycle.ts'

/** What our objects carry at the gateway, so that anything found there can be traced back. */
export interface OurMetadata {
  organization_id: string
  environment: Environment
  customer_id?: string
  billing_customer_id?: string
  onboarding_id?: string
}

/** What is known of a customer, for the gateway's own records. Empty where the organization does not want it there. */
export type CustomerDetails = Partial<
  Record<'name' | 'email' | 'line1' | 'line2' | 'city' | 'state' | 'postalCode' | 'country', string>
>

/** What a payment says beside its amount. */
export interface PaymentDetails {
  /** Says what is paid, without personal data. */
  description: string
  statementDescriptorSuffix?: string
  receiptEmail?: string
}

/**
 * A payment object at the gateway: one that moves money, or one that only saves a payment method. Of the latter no amount tells
 * that it is ours: it must carry what was written when it was made.
 */
export type ObjectHandle = { kind: 'payment'; id: string } | { kind: 'setup'; id: string; metadata: OurMetadata }

/** An onboarding and what it belongs to. */
interface Owner {
  id: string
  organizationId: string
  environment: Environment
  customerId: string
  billingCustomerId: string
}

/** What an object of an onboarding carries at the gateway; another one of the same customer than `owner` may have begun it. */
export function metadataOf(owner: Owner, onboardingId = owner.id): OurMetadata {
  return {
    organization_id: owner.organizationId,
    environment: owner.environment,
    customer_id: owner.customerId,
    billing_customer_id: owner.billingCustomerId,
    onboarding_id: onboardingId,
  }
}

/** By what an object is known at the gateway. */
export function handleOf(
  owner: Owner,
  { kind, objectId: id, onboardingId }: { kind: ObjectHandle['kind']; objectId: string; onboardingId?: string },
): ObjectHandle {
  return kind === 'payment' ? { kind, id } : { kind, id, metadata: metadataOf(owner, onboardingId) }
}
