import type { OnboardingResult, RunInput } from '../domain/onboarding/run.ts'
import { runOnboarding } from './onboarding.ts'

/**
 * Replaces the payment method of an active billing customer. The procedure is that of an onboarding that charges
 * nothing and ends by swapping the methods (docs/decisions/0008).
 */
export async function replacePaymentMethod(input: RunInput): Promise<OnboardingResult> {
  return runOnboarding(input, 'replacement')
}
