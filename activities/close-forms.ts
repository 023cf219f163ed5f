import { isGatewayError, isOtherSetup } from '../domain/payment/gateway-errors.ts'
import { handleOf } from '../domain/payment/payment-object.ts'
import { formCancelKey, listForms, nextFormCancel } from '../store/payments/form-sessions.ts'
import { readFacts } from '../store/onboardings/facts.ts'
import type { ActivityDependencies } from '../payments/dependencies.ts'
import { removeMethod } from '../payments/methods/remove-method.ts'
import type { OnboardingReference } from '../domain/reference.ts'

/**
 * Cancels the card forms that callers of an onboarding opened, and removes cards that were saved there and are not
 * used. No money is involved.
 */
export const closeForms =
  (d: ActivityDependencies) =>
  async (reference: OnboardingReference): Promise<void> => {
    const facts = await readFacts(d.database, reference.onboardingId)
    if (!facts) return
    for (const form of await listForms(d.database, facts.onboardingId)) {
      const gateway = await d.gateways.of(form.accountId)
      const setup = handleOf(facts, { kind: 'setup', objectId: form.token! })
      try {
        const reading = await gateway.close(setup, formCancelKey(form), false)
        if (reading.state === 'paid') await removeMethod(d.database, gateway, facts, { methodId: reading.method.id })
      } catch (error) {
        // Under this key the gateway would return the same failure forever: the step is retried with another one.
        if (isGatewayError(error, 'stored_failure', 'key_reused')) await nextFormCancel(d.database, form)
        if (!isOtherSetup(error) && !isGatewayError(error, 'not_found')) throw error
      }
    }
  }
