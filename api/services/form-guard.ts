import { Failure } from '../../domain/failures.ts'
import { isGatewayError, isOtherSetup } from '../../domain/gateway-errors.ts'
import { metadataOf } from '../../domain/gateway-objects.ts'
import type { OnboardingFacts } from '../../domain/onboarding.ts'
import type { PaymentGateway } from '../../gateways/gateway.ts'
import type { StoredSession } from '../../store/approval-sessions.ts'
import { recordFormTries } from '../../store/form-tries.ts'
import { readSettings } from '../../store/settings.ts'
import type { ApiDependencies } from '../dependencies.ts'

/** A caller's form that was given out. */
export type Form = Pick<StoredSession, 'n' | 'token'>

/**
 * Counts the cards that were tried on a caller's form and not saved. Where the contact may try no more the form is made
 * useless at the gateway. Throws `too_many_requests` then, and as the gateway where that does not answer.
 */
export async function countFormTries(
  d: ApiDependencies,
  gateway: PaymentGateway,
  facts: OnboardingFacts,
  form: Form | undefined,
): Promise<void> {
  const { organizationId, environment, billingCustomerId, id: onboardingId } = facts
  const settings = await readSettings(d.database, d.settingDefaults, organizationId, environment)
  const setup = form?.token ? { kind: 'setup' as const, id: form.token, metadata: metadataOf(facts) } : undefined
  const tries = setup && gateway.formTries ? await gateway.formTries(setup) : []
  const refused = await recordFormTries(d.database, { billingCustomerId, onboardingId }, tries, settings)
  if (!refused) return
  if (setup) await cancel(gateway, setup, `${onboardingId}/form/${form!.n}/cancel`)
  const [message, wait] =
    refused.refusal === 'too_many_attempts'
      ? ['too many payment methods were declined; replace the setup link first', {}]
      : ['too many payment methods were declined; try again later', { retryAfter: refused.retryAfter }]
  throw new Failure('too_many_requests', message, wait)
}

/** The key is that of whoever closes the forms of an onboarding that ends: canceled twice is canceled. */
async function cancel(
  gateway: PaymentGateway,
  setup: Parameters<PaymentGateway['close']>[0],
  key: string,
): Promise<void> {
  try {
    await gateway.close(setup, key, false)
  } catch (error) {
    // Not as we made it, or gone: no card can be saved for us with it.
    if (!isOtherSetup(error) && !isGatewayError(error, 'stored_failure', 'key_reused', 'not_found')) throw error
  }
}
