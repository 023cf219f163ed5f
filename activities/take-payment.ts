import { isGatewayError } from '../domain/gateway-errors.ts'
import type { GatewayName } from '../domain/lifecycle.ts'
import type { OnboardingFacts } from '../domain/onboarding.ts'
import type { PaymentOutcome } from '../domain/run.ts'
import { canEnrollIn } from '../store/billable-items.ts'
import { failForItem } from '../store/activate.ts'
import { underLock } from '../store/lock.ts'
import { readFacts } from '../store/onboarding-facts.ts'
import { findOpenAttempt, type OpenObject, type PaymentAttempt, type PaymentObject } from '../store/payment-rows.ts'
import { recordNotPaid } from '../store/record-outcome.ts'
import { readPaymentDetails } from '../store/payment-details.ts'
import { readSettings } from '../store/settings.ts'
import { planNextLook } from '../store/wake.ts'
import type { ActivityDependencies } from './dependencies.ts'
import type { OnboardingReference } from './look-at-record.ts'
import { confirmAttempt, type Confirmed, type Payment } from './payment/confirm-attempt.ts'
import { chargedCustomer } from './payment/gateway-customer.ts'
import { gatewayFor } from './payment/gateway-for.ts'
import { undoLate } from './payment/undo-late.ts'
import { voidCode } from './payment/void-code.ts'
import { withMethod } from './payment/with-method.ts'
import { payAtOnce } from './payment/pay-at-once.ts'
import { ensureObject } from './payment/payment-object.ts'
import { settleLeftBehind } from './payment/settle-left-behind.ts'
import { takeBackUnused } from './payment/take-back-unused.ts'
import { asStep } from './step.ts'

/** Milliseconds; the workflow gives the step as long. */
export const paymentTimeLimit = 150_000

/**
 * Brings the open attempt to an outcome at the gateway. May be repeated as a whole, and two copies of it at once are
 * harmless: every number rises by compare-and-set, and the payment object admits one success.
 */
export const takePayment = (d: ActivityDependencies) => (reference: OnboardingReference) =>
  asStep(d, async (): Promise<PaymentOutcome> => {
    await planNextLook(d.database, reference.onboardingId, paymentTimeLimit)
    const facts = await readFacts(d.database, reference.onboardingId)
    if (!facts || facts.endedAt || facts.closing) return { outcome: 'nothing_to_do' }
    const settled = await settleLeftBehind(d, facts)
    if (settled) return settled
    if (await itemIsGone(d, facts)) return { outcome: 'nothing_to_do' }
    const attempt = await findOpenAttempt(d.database, facts.id)
    if (!attempt) return { outcome: 'nothing_to_do' }
    const outcome = await payWith(d, facts, attempt)
    if (attempt.number > 1 || outcome.outcome !== 'paid') await takeBackUnused(d, facts)
    return outcome
  })

/** Checked again right before money moves: nobody is charged for an item that was withdrawn. */
async function itemIsGone(d: ActivityDependencies, facts: OnboardingFacts): Promise<boolean> {
  if (!facts.billableItemId || (await canEnrollIn(d.database, facts, facts.billableItemId))) return false
  // Where something was sent already, the money decides first: it may have moved.
  if (facts.objects.some((object) => object.state === 'paid')) return false
  await underLock(d.database, facts.billingCustomerId, (sql) => failForItem(sql, facts.id))
  return true
}

async function payWith(
  d: ActivityDependencies,
  facts: OnboardingFacts,
  attempt: PaymentAttempt,
): Promise<PaymentOutcome> {
  const gateway = gatewayFor(d, { ...facts, gateway: attempt.gateway })
  try {
    const { customerId, attached } = await chargedCustomer(d.database, gateway, facts, attempt, d.settingDefaults)
    const gatewayOf = (name: GatewayName) => gatewayFor(d, { ...facts, gateway: name })
    const atOnce = gateway.payAtOnce !== undefined && (await isSingleStep(d, facts))
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
  if (!object.objectId) return payAtOnce({ ...payment, object })
  const known = fresh ? ({ state: 'untouched', trace: '' } as const) : undefined
  return confirmAttempt({ ...payment, object: object as OpenObject }, known)
}
