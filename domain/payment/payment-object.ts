import type { Environment } from '../lifecycle.ts'
import type { OnboardingReference } from '../reference.ts'

/** Metadata of our objects at the gateway. It identifies the organization, customer and onboarding. */
export interface OurMetadata {
  organization_id: string
  environment: Environment
  customer_id?: string
  billing_customer_id?: string
  onboarding_id?: string
}

/** Customer details for the gateway's own records. Empty if the organization does not share them. */
export type CustomerDetails = Partial<
  Record<'name' | 'email' | 'line1' | 'line2' | 'city' | 'state' | 'postalCode' | 'country', string>
>

/** The texts of a payment. */
export interface PaymentDetails {
  /** What is paid for, without personal data. */
  description: string
  statementDescriptorSuffix?: string
  receiptEmail?: string
}

/**
 * A payment object at the gateway: one that moves money, or one that only saves a payment method. The latter has no
 * amount to check, so it must carry the metadata with which it was created.
 */
export type ObjectHandle = { kind: 'payment'; id: string } | { kind: 'setup'; id: string; metadata: OurMetadata }

interface Owner extends OnboardingReference {
  customerId: string
}

/** Returns the metadata of an object. `onboardingId` differs from `owner` if another onboarding created the object. */
export function metadataOf(owner: Owner, onboardingId = owner.onboardingId): OurMetadata {
  return {
    organization_id: owner.organizationId,
    environment: owner.environment,
    customer_id: owner.customerId,
    billing_customer_id: owner.billingCustomerId,
    onboarding_id: onboardingId,
  }
}

/** Returns the handle of a payment, which unlike that of a setup holds nothing but its id. */
export const paymentHandle = (id: string): Extract<ObjectHandle, { kind: 'payment' }> => ({ kind: 'payment', id })

/** Returns the handle of an object at the gateway. */
export function handleOf(
  owner: Owner,
  { kind, objectId: id, onboardingId }: { kind: ObjectHandle['kind']; objectId: string; onboardingId?: string },
): ObjectHandle {
  return kind === 'payment' ? paymentHandle(id) : { kind, id, metadata: metadataOf(owner, onboardingId) }
}
