import type { Environment, GatewayName } from '../../domain/lifecycle.ts'
import type { OnboardingReference } from '../../domain/reference.ts'

/** A saved payment method as its gateway account knows it. Organizations share the account, and so the method. */
export interface SavedMethodToken {
  environment: Environment
  gateway: GatewayName
  methodId: string
}

/** Whose use of a method ends: all of an onboarding, or one attempt of it. */
export interface Undone extends OnboardingReference {
  attempt?: number | undefined
}
