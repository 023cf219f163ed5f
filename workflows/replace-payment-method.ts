import type { OnboardingResult, RunInput } from '../domain/onboarding/run.ts'
import { drive } from './onboarding.ts'

/**
 * Lets the customer of an active billing customer save another payment method. The procedure is the onboarding's, on a
 * row that has nothing to charge and ends in a swap (docs/decisions/0008).
 */
export async function replacePaymentMethod(input: RunInput): Promise<OnboardingResult> {
  return drive(input, 'replacement')
}
