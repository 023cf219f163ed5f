import type { ActivityDependencies } from './dependencies.ts'
import type { OnboardingFacts } from '../domain/onboarding/onboarding.ts'
import type { PaymentAttempt } from '../store/payments/attempts.ts'
import type { PaymentOutcome } from '../domain/onboarding/run.ts'
import { gatewayFor } from './gateway-for.ts'
import { chargedCustomer } from './customers/charged-customer.ts'
import type { GatewayName } from '../domain/lifecycle.ts'
import { payInOneStep } from './pay-in-one-step.ts'
import { readPaymentDetails } from '../store/payments/payment-details.ts'
import { ensureObject } from './payment-object.ts'
import { withMethod } from './methods/with-method.ts'
import { undoLate } from './undo-late.ts'
import { isGatewayError } from '../domain/payment/gateway-errors.ts'
import { recordNotPaid } from '../store/payments/outcomes.ts'
import { readSettings } from '../store/tenants/settings.ts'
import { voidCode, type Payment, type Confirmed, confirmAttempt } from './confirm-attempt.ts'
import type { PaymentObject, OpenObject } from '../store/payments/objects.ts'

export async function payWith(
  d: ActivityDependencies,
  facts: OnboardingFacts,
  attempt: PaymentAttempt,
): Promise<PaymentOutcome> {
  const gateway = gatewayFor(d, { ...facts, gateway: attempt.gateway })
  try {
    const { customerId, attached } = await chargedCustomer(d.database, gateway, facts, attempt, d.settingDefaults)
    const gatewayOf = (name: GatewayName) => gatewayFor(d, { ...facts, gateway: name })
    const atOnce = gateway.payInOneStep !== undefined && (await isSingleStep(d, facts))
    const details = async () => readPaymentDetails(d.database, await settingsOf(d, facts), facts.billingCustomerId)
    let ready: PaymentAttempt | undefined = attempt
    for (let objects = 0; objects < 5; objects++) {
      const made = await ensureObject({
        database: d.database,
        gateway,
        gatewayOf,
        facts,
        attempt,
        customerId,
        atOnce,
        details,
      })
      if (!made) return { outcome: 'nothing_to_do' }
      const { object } = made
      // An older object of another gateway that turned out to be paid needs nothing of this one.
      if (object.gateway === gateway.name) ready = await withMethod(d.database, gateway, facts, ready)
      if (!ready) return { outcome: 'nothing_to_do' }
      const outcome = await payOn(object, made.fresh, {
        database: d.database,
        gateway: gatewayOf(object.gateway),
        facts,
        attempt: ready,
        attached,
      })
      if (outcome === 'paid_late') {
        await undoLate(d, facts.id)
        return { outcome: 'nothing_to_do' }
      }
      if (outcome !== 'next_object') return outcome
    }
    return { outcome: 'blocked', on: 'operator' }
  } catch (error) {
    if (!isGatewayError(error, 'method_unusable')) throw error
    const code = voidCode(attempt)
    await recordNotPaid(
      d.database,
      { billingCustomerId: facts.billingCustomerId, onboardingId: facts.id },
      { number: attempt.number, state: 'void', code },
    )
    return { outcome: 'void' }
  }
}

async function isSingleStep(d: ActivityDependencies, facts: OnboardingFacts): Promise<boolean> {
  return (await settingsOf(d, facts)).paypalOrderFlow === 'single_step'
}

const settingsOf = (d: ActivityDependencies, { organizationId, environment }: OnboardingFacts) =>
  readSettings(d.database, d.settingDefaults, organizationId, environment)

/** An object that has an id is confirmed; one that is created and paid in one call has none before that. */
function payOn(object: PaymentObject, fresh: boolean, payment: Omit<Payment, 'object'>): Promise<Confirmed> {
  if (!object.objectId) return payInOneStep({ ...payment, object })
  const known = fresh ? ({ state: 'untouched', trace: '' } as const) : undefined
  return confirmAttempt({ ...payment, object: object as OpenObject }, known)
}
