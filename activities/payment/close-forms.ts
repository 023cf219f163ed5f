import { isGatewayError } from '../../domain/gateway-errors.ts'
import { isMethodInUse, listSessions } from '../../store/form-sessions.ts'
import type { ActivityDependencies } from '../dependencies.ts'
import type { OnboardingReference } from '../look-at-record.ts'
import { gatewayFor } from './gateway-for.ts'

const nothingSent = { ownMethods: [], callersUnderWay: false }

/**
 * Makes the forms that an onboarding gave out unable to save a card, and takes back what they saved and nobody uses. No
 * money is at stake.
 */
export async function closeForms(d: ActivityDependencies, reference: OnboardingReference): Promise<void> {
  const { onboardingId } = reference
  for (const { token, n } of await listSessions(d.database, onboardingId, 'stripe')) {
    const gateway = gatewayFor(d, { ...reference, gateway: 'stripe' })
    const key = `${onboardingId}/form/${n}`
    try {
      const reading = await gateway.close({ kind: 'setup', id: token! }, `${key}/cancel`, nothingSent)
      if (reading.state === 'paid' && !(await isMethodInUse(d.database, reference, reading.method.id)))
        await gateway.detachMethod(reading.method.id, `${key}/detach`)
    } catch (error) {
      // It would answer the same for ever; a saved card that nobody may charge is not worth a person's time.
      if (!isGatewayError(error, 'stored_failure', 'key_reused', 'not_found')) throw error
    }
  }
}
