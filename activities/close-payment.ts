import { isGatewayError } from '../domain/gateway-errors.ts'
import type { OnboardingFacts } from '../domain/onboarding.ts'
import type { ClosingOutcome } from '../domain/run.ts'
import { reopenIfPaid } from '../store/end-onboarding.ts'
import { readFacts } from '../store/onboarding-facts.ts'
import { listObjects, type PaymentObject } from '../store/payment-rows.ts'
import { buryObject, closeObjects, nextCancelNumber } from '../store/prepare-payment.ts'
import { listChargesOf } from '../store/refunds.ts'
import { planNextLook } from '../store/wake.ts'
import type { ActivityDependencies } from './dependencies.ts'
import type { OnboardingReference } from './look-at-record.ts'
import { gatewayFor } from './payment/gateway-for.ts'
import { closeObject, type OpenObject } from './payment/payment-object.ts'
import { recordReadAsPaid } from './payment/record-read-as-paid.ts'
import { returnMoney } from './payment/return-money.ts'
import { asStep } from './step.ts'
import { paymentTimeLimit } from './take-payment.ts'

/**
 * Undoes what an onboarding that closes has begun: its objects are made unable to pay, money that came is returned, a
 * payment method that it attached is detached. Where it only expired and the money is there, it is reopened instead.
 */
export const closePayment = (d: ActivityDependencies) => (reference: OnboardingReference) =>
  asStep(d, async (): Promise<ClosingOutcome> => {
    await planNextLook(d.database, reference.onboardingId, paymentTimeLimit)
    const facts = await readFacts(d.database, reference.onboardingId)
    if (!facts || facts.endedAt || !facts.closing) return 'closed'
    const open = await closeAll(d, facts, reference)
    if (open) return 'still_open'
    if (await reopenIfPaid(d.database, reference)) return 'reopened'
    await undoAll([() => returnAll(d, facts), () => detachAll(d, facts, reference)])
    return 'closed'
  })

/** Answers whether an object is left that a bank may still pay. */
async function closeAll(
  d: ActivityDependencies,
  facts: OnboardingFacts,
  reference: OnboardingReference,
): Promise<boolean> {
  const objects = await closeObjects(d.database, reference)
  const closed: boolean[] = []
  for (const object of objects.filter(({ state }) => state === 'creating' || state === 'open')) {
    closed.push(await closeOne(d, facts, reference, object))
  }
  return closed.includes(false)
}

async function closeOne(
  d: ActivityDependencies,
  facts: OnboardingFacts,
  reference: OnboardingReference,
  object: PaymentObject,
): Promise<boolean> {
  if (!object.objectId) {
    // Nobody has its id, so nobody can confirm it.
    await buryObject(d.database, reference, object.k)
    return true
  }
  const reading = await closeObject(
    d.database,
    gatewayFor(d, { ...facts, gateway: object.gateway }),
    reference,
    object as OpenObject,
  )
  if (reading.state === 'paid') await recordReadAsPaid(d.database, facts, object, reading)
  else if (reading.state === 'dead') await buryObject(d.database, reference, object.k)
  else return false
  return true
}

async function returnAll(d: ActivityDependencies, facts: OnboardingFacts): Promise<void> {
  for (const charge of await listChargesOf(d.database, facts.id)) {
    if (charge.state === 'succeeded' || charge.state === 'refund_pending') await returnMoney(d, charge)
  }
}

async function detachAll(
  d: ActivityDependencies,
  facts: OnboardingFacts,
  reference: OnboardingReference,
): Promise<void> {
  for (const object of await listObjects(d.database, facts.id)) {
    if (!object.methodOurs || !object.methodId) continue
    try {
      await gatewayFor(d, { ...facts, gateway: object.gateway }).detachMethod(
        object.methodId,
        `${facts.id}/detach/${object.k}/${object.c}`,
      )
    } catch (error) {
      if (isGatewayError(error, 'stored_failure', 'key_reused')) await nextCancelNumber(d.database, reference, object)
      throw error
    }
  }
}

/** One failing undo does not keep the others from being tried; the first failure is thrown at the end. */
async function undoAll(undos: (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = []
  for (const undo of undos) await undo().catch((error: unknown) => failures.push(error))
  if (failures.length > 0) throw failures[0]
}
