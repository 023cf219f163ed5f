import type { GatewayAccount, OnboardingReference } from '../../domain/reference.ts'

/** A saved payment method. Organizations can share a gateway account, and therefore the method. */
export interface SavedMethodToken extends GatewayAccount {
  methodId: string
}

/** What stops using a method: a whole onboarding, or one attempt of it. */
export interface MethodUser extends OnboardingReference {
  attempt?: number | undefined
}
