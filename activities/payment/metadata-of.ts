import type { OnboardingFacts } from '../../domain/onboarding.ts'
import type { OurMetadata } from '../../gateways/gateway.ts'

/** What an object of an onboarding carries at the gateway; another one than that of `facts` may have begun it. */
export function metadataOf(facts: OnboardingFacts, onboardingId = facts.id): OurMetadata {
  return {
    organization_id: facts.organizationId,
    environment: facts.environment,
    customer_id: facts.customerId,
    billing_customer_id: facts.billingCustomerId,
    onboarding_id: onboardingId,
  }
}
