import type { ActivityDependencies } from './dependencies.ts'
import type { OnboardingFacts } from '../domain/onboarding/onboarding.ts'
import { findOpenAttempt, type PaymentAttempt } from '../store/payments/attempts.ts'
import type { PaymentOutcome } from '../domain/onboarding/run.ts'
import { payInOneStep } from './pay-in-one-step.ts'
import { ensureObject, type ReadyObject } from './payment-object.ts'
import { ensureMethod } from './methods/ensure-method.ts'
import { takeOverMethod } from './methods/take-over-method.ts'
import { undoLatePayment } from './charges/undo-late-payment.ts'
import { isGatewayError } from '../domain/payment/gateway-errors.ts'
import { recordNotPaid } from '../store/payments/outcomes.ts'
import { confirmAttempt } from './confirm-attempt.ts'
import { voidCode, type ConfirmOutcome } from './settle-attempt.ts'
import type { OpenObject } from '../store/payments/objects.ts'
import { setUpPayment, type PaymentSetup } from './set-up-payment.ts'

/** Maximum number of objects that one step creates or tries. After that an operator must act. */
const mostObjects = 5

/**
 * Pays an attempt. First reads what it needs (`setUpPayment`). Then, object by object, decides which object to use
 * (`decideObject`) and what to do with it (`decideConfirm`), and does it. Throws if the gateway leaves the outcome
 * open; then the whole step is repeated.
 */
export async function payWith(
  d: ActivityDependencies,
  facts: OnboardingFacts,
  attempt: PaymentAttempt,
): Promise<PaymentOutcome> {
  try {
    const setup = await setUpPayment(d, facts, attempt)
    const outcome = (await takeOverMethod(setup)) ?? (await payOnObjects(setup))
    if (outcome === 'next_object') return { outcome: 'blocked', on: 'operator', reason: 'payment_objects_exhausted' }
    if (outcome !== 'paid_late') return outcome
    await undoLatePayment(d, facts.onboardingId)
    return { outcome: 'nothing_to_do' }
  } catch (error) {
    if (!isGatewayError(error, 'method_unusable')) throw error
    await recordNotPaid(d.database, facts, { number: attempt.number, state: 'void', code: voidCode(attempt) })
    return { outcome: 'void' }
  }
}

/** Returns `next_object` if none of the objects that one step may try can be paid. */
async function payOnObjects(setup: PaymentSetup): Promise<ConfirmOutcome> {
  const { database, facts, attempt } = setup
  let current: PaymentAttempt | undefined = attempt
  for (let objects = 0; objects < mostObjects; objects++) {
    const outcome = await payOnNext({ ...setup, attempt: current })
    if (outcome !== 'next_object') return outcome
    // It was sent to the dead object: without its new numbers, what is sent next would count as superseded.
    current = await findOpenAttempt(database, facts.onboardingId)
    if (current?.number !== attempt.number) return { outcome: 'nothing_to_do' }
  }
  return 'next_object'
}

/** Tries one object. Returns `next_object` if it cannot be created, or is dead. */
async function payOnNext(setup: PaymentSetup): Promise<ConfirmOutcome> {
  const { database, gateway, facts } = setup
  const ready = await ensureObject(setup)
  if (ready === 'next_object') return ready
  if (!ready) return { outcome: 'nothing_to_do' }
  // An older object of another account that turned out to be paid needs nothing of this one.
  const isOfAccount = ready.object.accountId === gateway.accountId
  const attempt = isOfAccount ? await ensureMethod(database, gateway, facts, setup.attempt) : setup.attempt
  return attempt ? payOn(setup, ready, attempt) : { outcome: 'nothing_to_do' }
}

/** An object that has an id is confirmed; one that is created and paid in one call has none before that. */
async function payOn(
  { database, gatewayOf, facts, attached }: PaymentSetup,
  { object, fresh }: ReadyObject,
  attempt: PaymentAttempt,
): Promise<ConfirmOutcome> {
  const payment = { database, gateway: await gatewayOf(object), facts, attempt, attached }
  if (!object.objectId) return payInOneStep({ ...payment, object })
  const known = fresh ? ({ state: 'untouched', trace: '' } as const) : undefined
  return confirmAttempt({ ...payment, object: object as OpenObject }, known)
}
