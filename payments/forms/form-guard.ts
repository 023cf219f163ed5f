import { Failure } from '../../domain/failure/failures.ts'
import { isGatewayError, isOtherSetup } from '../../domain/payment/gateway-errors.ts'
import { metadataOf } from '../../domain/payment/payment-object.ts'
import type { OnboardingFacts } from '../../domain/onboarding/onboarding.ts'
import type { Settings } from '../../domain/tenant/settings.ts'
import type { PaymentGateway, Reading } from '../../gateways/gateway.ts'
import { formCancelKey, nextFormCancel, type Form } from '../../store/payments/form-sessions.ts'
import type { Database } from '../../store/database/database.ts'
import type { Admission } from '../../store/payments/decline-limits.ts'
import { dropSession } from '../../store/payments/sessions.ts'
import { recordFormTries } from '../../store/payments/form-tries.ts'
import { readSettings } from '../../store/tenants/settings.ts'

interface Dependencies {
  database: Database
  settingDefaults: Settings
}

/**
 * Counts the cards that were tried on a caller's form. The newest card is not blocked by itself while its bank asks for
 * a confirmation, or once it is saved. If the contact has no attempts left, cancels the form at the gateway and throws
 * `too_many_requests`. Throws as the gateway if it does not respond.
 */
export async function countFormTries(
  d: Dependencies,
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
    { gateway: gateway.name, accountId: gateway.accountId, sessionNumber: form.sessionNumber },
    tries,
    settings,
  )
  if (!refused) return
  const closed = setup && (await cancel(d, gateway, setup, form))
  if (refused.refusal === 'slow_down') {
    // A card was saved before the form could be canceled. It may be submitted.
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

/** Returns the `too_many_requests` error for a limit that was reached, with the seconds to wait. */
export function refusedByLimit(refused: Admission & { admitted: false }): Failure {
  const wait = 'retryAfter' in refused ? { retryAfter: refused.retryAfter } : {}
  return new Failure('too_many_requests', messages[refused.refusal], wait)
}

/**
 * Cancels a form, with the idempotency key that the end of an onboarding also uses, so that a repeat has no effect.
 * Returns the new state of the object, if it is ours. Throws if the gateway leaves it open, including by a stored
 * failure: the next call has another key.
 */
async function cancel(
  { database }: Dependencies,
  gateway: PaymentGateway,
  setup: Parameters<PaymentGateway['close']>[0],
  form: Form,
): Promise<Reading | undefined> {
  try {
    return await gateway.close(setup, formCancelKey(form), false)
  } catch (error) {
    if (isGatewayError(error, 'stored_failure', 'key_reused')) await nextFormCancel(database, form)
    // It was changed or deleted, so no card can be saved for us with it.
    if (!isOtherSetup(error) && !isGatewayError(error, 'not_found')) throw error
    return undefined
  }
}
