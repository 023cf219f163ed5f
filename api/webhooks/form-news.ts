import { Failure } from '../../domain/failure/failures.ts'
import type { GatewayAccount } from '../../domain/reference.ts'
import type { Form } from '../../store/payments/form-sessions.ts'
import { readFacts } from '../../store/onboardings/facts.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { countFormTries } from '../setup/form-guard.ts'

/**
 * A card was tried on a caller's form, or so an event says: what was tried there is counted, also if the caller never
 * asks how it went, and the form is made useless at the limit.
 */
export async function lookAtForm(d: ApiDependencies, { gateway: name }: GatewayAccount, form: Form): Promise<void> {
  const facts = await readFacts(d.database, form.onboardingId)
  const gateway = facts && d.gateways.for(facts, name)
  if (!gateway || facts.endedAt) return
  try {
    await countFormTries(d, gateway, facts, form)
  } catch (error) {
    // Counted, and the form is over.
    if (!(error instanceof Failure && error.code === 'too_many_requests')) throw error
  }
}
