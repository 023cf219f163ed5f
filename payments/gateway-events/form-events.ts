import { Failure } from '../../domain/failure/failures.ts'
import type { Form } from '../../store/payments/form-sessions.ts'
import { readFacts } from '../../store/onboardings/facts.ts'
import { countFormTries } from '../forms/form-guard.ts'
import type { EventDependencies } from './dependencies.ts'

/**
 * Handles an event according to which a card was tried on a caller's form. The attempts are counted even if the caller
 * never asks for the result, and at the limit the form is invalidated.
 */
export async function refreshForm(d: EventDependencies, form: Form): Promise<void> {
  const facts = await readFacts(d.database, form.onboardingId)
  if (!facts || facts.endedAt) return
  const gateway = await d.gateways.of(form.accountId)
  try {
    await countFormTries(d, gateway, facts, form)
  } catch (error) {
    // It was counted, and the form is invalid now.
    if (!(error instanceof Failure && error.code === 'too_many_requests')) throw error
  }
}
