import { isGatewayError, isOtherSetup } from '../../domain/gateway-errors.ts'
import { handleOf } from '../../domain/gateway-objects.ts'
import { isMethodInUse, listSessions } from '../../store/form-sessions.ts'
import { readFacts } from '../../store/onboarding-facts.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import type { OnboardingReference } from '../look-at-record.ts'
import { gatewayFor } from './gateway-for.ts'

const nothingSent = { ownMethods: [], callersUnderWay: false }

/**
 * Makes the forms that an onboarding gave out unable to save a card, and takes back what they saved and nobody uses. No
 * money is at stake.
 */
export async function closeForms(d: ActivityDependencies, reference: OnboardingReference): Promise<void> {
  const facts = await readFacts(d.database, reference.onboardingId)
  if (!facts) return
  for (const { token, n } of await listSessions(d.database, facts.id, 'stripe')) {
    const gateway = gatewayFor(d, { ...facts, gateway: 'stripe' })
    const key = `${facts.id}/form/${n}`
    const setup = handleOf(facts, { kind: 'setup', objectId: token! })
    try {
      const reading = await gateway.close(setup, `${key}/cancel`, nothingSent)
      if (reading.state === 'paid' && !(await isMethodInUse(d.database, reference, reading.method.id)))
        await gateway.detachMethod(reading.method.id, `${key}/detach`)
    } catch (error) {
      // It would answer the same for ever; a saved card that nobody may charge is not worth a person's time.
      if (!isOtherSetup(error) && !isGatewayError(error, 'stored_failure', 'key_reused', 'not_found')) throw error
    }
  }
}
