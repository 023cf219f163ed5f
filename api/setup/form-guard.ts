import { Failure } from '../../domain/failure/failures.ts'
import { isGatewayError, isOtherSetup } from '../../domain/payment/gateway-errors.ts'
import { metadataOf } from '../../domain/payment/payment-object.ts'
import type { OnboardingFacts } from '../../domain/onboarding/onboarding.ts'
import type { PaymentGateway, Reading } from '../../gateways/gateway.ts'
import { formCancelKey, nextFormCancel, type Form } from '../../store/payments/form-sessions.ts'
import type { Admission } from '../../store/payments/decline-limits.ts'
import { dropSession } from '../../store/payments/sessions.ts'
import { recordFormTries } from '../../store/payments/form-tries.ts'
import { readSettings } from '../../store/tenants/settings.ts'
import type { ApiDependencies } from '../dependencies.ts'

/**
 * Counts the cards that were tried on a caller's form. The newest of them does not hold up itself while its bank asks
 * or once it is saved. Where the contact may try no more the form is made
 * useless at the gateway. Throws `too_many_requests` then, and as the gateway where that does not answer.
 */
export async function countFormTries(
  d: ApiDependencies,
  gateway: PaymentGateway,
  facts: OnboardingFacts,
  form: Form,
): Promise<void> {
  const settings = await readSettings(d.database, d.settingDefaults, facts)
  const setup = form.token ? { kind: 'setup' as const, id: form.token, metadata: metadataOf(facts) } : undefined
  const tries = setup && gateway.formTries ? await gateway.formTries(setup) : []
  const refused = await recordFormTries(
    d.database,
    facts,
    { gateway: gateway.name, sessionNumber: form.sessionNumber },
    tries,
    settings,
  )
  if (!refused) return
  const closed = setup && (await cancel(d, gateway, setup, form))
  if (refused.refusal === 'slow_down') {
    // A card was saved before the form could be canceled: it may be handed in.
    if (closed?.state === 'paid') return
    // The next call opens another form, when its turn comes.
    await dropSession(d.database, form)
  }
  throw refusedByLimit(refused)
}

const messages = {
  too_many_attempts: 'too many payment methods were declined; replace the setup link first',
  cool_down: 'too many payment methods were declined; try again later',
  slow_down: 'too many payment methods of this organization were declined; try again in a few seconds',
}

/** Returns the `too_many_requests` of a limit that was reached, with its wait in seconds. */
export function refusedByLimit(refused: Admission & { admitted: false }): Failure {
  const wait = 'retryAfter' in refused ? { retryAfter: refused.retryAfter } : {}
  return new Failure('too_many_requests', messages[refused.refusal], wait)
}

/**
 * The key is that of whoever closes the forms of an onboarding that ends: canceled twice is canceled. Returns how the
 * object stands then, if it is ours. Throws where the gateway leaves it open, a stored failure included: the next call
 * has another key.
 */
async function cancel(
  { database }: ApiDependencies,
  gateway: PaymentGateway,
  setup: Parameters<PaymentGateway['close']>[0],
  form: Form,
): Promise<Reading | undefined> {
  try {
    return await gateway.close(setup, formCancelKey(form), false)
  } catch (error) {
    if (isGatewayError(error, 'stored_failure', 'key_reused')) await nextFormCancel(database, form)
    // Not as we made it, or gone: no card can be saved for us with it.
    if (!isOtherSetup(error) && !isGatewayError(error, 'not_found')) throw error
    return undefined
  }
}
