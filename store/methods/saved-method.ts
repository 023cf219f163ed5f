import type { GatewayAccount, OnboardingReference } from '../../domain/reference.ts'

/** A saved payment method. Organizations share the account, and so the method. */
export interface SavedMethodToken extends GatewayAccount {
  methodId: string
}

/** Whose use of a method ends: all of an onboarding, or one attempt of it. */
export interface Undone extends OnboardingReference {
  attempt?: number | undefined
}
