import type { OnboardingFacts } from '../domain/onboarding/onboarding.ts'
import { referenceOf } from '../domain/reference.ts'
import type { Reading } from '../gateways/gateway.ts'
import { type PaymentObject, markObjectDead } from '../store/payments/objects.ts'
import type { ActivityDependencies } from './dependencies.ts'
import { findOrder } from './one-step-order.ts'
import { closeObject } from './close-object.ts'
import { recordReadAsPaid } from './record-read-as-paid.ts'

/** Makes an object unable to pay, or records that it was paid. Returns false if a bank may still pay it. */
export async function closePermanently(
  d: ActivityDependencies,
  facts: OnboardingFacts,
  object: PaymentObject,
): Promise<boolean> {
  if (!object.objectId && !object.sentAt) {
    // Its id is unknown, so it cannot be confirmed.
    await markObjectDead(d.database, referenceOf(facts, object), object.objectNumber)
    return true
  }
  const gateway = await d.gateways.of(object.accountId)
  const open = await findOrder({ database: d.database, gateway, facts }, object)
  const reading = open
    ? await closeObject({ database: d.database, gateway, facts }, open)
    : { state: 'dead' as const, trace: '' }
  return recordClosed(d, facts, object, reading)
}

/** Records the state of an object after its cancel. Returns false if a bank may still pay it. */
export async function recordClosed(
  { database }: ActivityDependencies,
  facts: OnboardingFacts,
  object: PaymentObject,
  reading: Reading,
): Promise<boolean> {
  if (reading.state === 'paid') await recordReadAsPaid(database, facts, object, reading)
  else if (reading.state === 'dead') await markObjectDead(database, referenceOf(facts, object), object.objectNumber)
  else return false
  return true
}
