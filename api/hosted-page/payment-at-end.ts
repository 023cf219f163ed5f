import { amountDue, type OnboardingFacts } from '../../domain/onboarding/onboarding.ts'
import type { PageModel } from './view/model.ts'

// What the page says about the payment of a setup without success. Null: nothing that is certain.

/** Returns what becomes of the payment, once the onboarding has ended. */
export function paymentAtEnd(onboarding: OnboardingFacts): PageModel['payment'] {
  const { attempts } = onboarding
  if (attempts.some(({ state }) => state === 'paid')) return amountDue(onboarding) > 0 ? 'returned' : null
  return attempts.every(({ state }) => state === 'declined' || state === 'void') ? 'notCharged' : null
}

/** Returns the same before that: an open object can still be paid, and an expired setup that is paid goes on. */
export function paymentAtClosing(onboarding: OnboardingFacts): PageModel['payment'] {
  const { closing, objects } = onboarding
  const mayBePaid = objects.some(({ state }) => state === 'creating' || state === 'open')
  const payment = mayBePaid ? null : paymentAtEnd(onboarding)
  return payment === 'returned' && closing === 'expired' ? null : payment
}
