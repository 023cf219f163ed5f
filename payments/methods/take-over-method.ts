import { amountDue } from '../../domain/onboarding/onboarding.ts'
import { recordTakenOver } from '../../store/payments/taken-over.ts'
import type { PaymentSetup } from '../set-up-payment.ts'
import type { PaymentOutcome } from '../../domain/onboarding/run.ts'

/**
 * Takes over a method that its customer saved at the gateway before, if nothing is charged: it is read, and no bank is
 * asked. Returns undefined if this attempt must be paid, or its method saved, as any other. Throws `method_unusable` if
 * the method no longer exists or cannot be charged.
 */
export async function takeOverMethod(setup: PaymentSetup): Promise<PaymentOutcome | undefined> {
  const { database, gateway, facts, attempt, attached, customerId } = setup
  if (amountDue(facts) > 0 || attempt.singleUse || !attached) return undefined
  // Where the submission itself is the setup, a saved method has none.
  if (attempt.source !== 'imported' && !gateway.setupIsSubmission) return undefined
  const method = await gateway.readMethod(attempt.reference)
  const { accountId } = gateway
  const taken = { attempt: attempt.number, accountId, gatewayCustomerId: customerId, method }
  const recorded = await recordTakenOver(database, facts, taken)
  return outcomes[recorded]
}

const outcomes = {
  paid: { outcome: 'paid' },
  method_removed: { outcome: 'void' },
  over: { outcome: 'nothing_to_do' },
  other_way: undefined,
} as const
