import { isGatewayError, isOtherSetup } from '../../domain/gateway-errors.ts'
import { handleOf } from '../../domain/gateway-objects.ts'
import { formCancelKey, listSessions, nextFormCancel } from '../../store/form-sessions.ts'
import { readFacts } from '../../store/onboarding-facts.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import type { OnboardingReference } from '../look-at-record.ts'
import { gatewayFor } from './gateway-for.ts'
import { takeBackMethod } from './take-back-method.ts'

/**
 * Makes the forms that an onboarding gave out unable to save a card, and takes back what they saved and nobody uses. No
 * money is at stake.
 */
export async function closeForms(d: ActivityDependencies, reference: OnboardingReference): Promise<void> {
  const facts = await readFacts(d.database, reference.onboardingId)
  if (!facts) return
  const { environment, billingCustomerId, id: onboardingId } = facts
  const undone = { environment, billingCustomerId, onboardingId }
  for (const form of await listSessions(d.database, facts.id, 'stripe')) {
    const gateway = gatewayFor(d, { ...facts, gateway: 'stripe' })
    const setup = handleOf(facts, { kind: 'setup', objectId: form.token! })
    try {
      const reading = await gateway.close(setup, formCancelKey(form), false)
      if (reading.state === 'paid')
        await takeBackMethod(d.database, gateway, { ...undone, methodId: reading.method.id })
    } catch (error) {
      // A stored failure would be answered for ever: the step is repeated, with another key.
      if (isGatewayError(error, 'stored_failure', 'key_reused')) await nextFormCancel(d.database, form)
      if (!isOtherSetup(error) && !isGatewayError(error, 'not_found')) throw error
    }
  }
}
