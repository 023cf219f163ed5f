import { GatewayError } from '../domain/payment/gateway-errors.ts'
import { handleOf } from '../domain/payment/payment-object.ts'
import type { OnboardingFacts } from '../domain/onboarding/onboarding.ts'
import { readFacts } from '../store/onboardings/facts.ts'
import {
  listObjectsWithEvents,
  recordObjectRead,
  type ObjectWithEvents,
  markObjectDead,
} from '../store/payments/objects.ts'
import { planNextRead } from '../store/onboardings/wake.ts'
import type { ActivityDependencies } from '../payments/dependencies.ts'
import { recordClosed } from '../payments/close-permanently.ts'
import { closeObject } from '../payments/close-object.ts'
import { countOtherTries } from '../payments/count-other-tries.ts'
import { recordReadAsPaid } from '../payments/record-read-as-paid.ts'
import type { OnboardingReference } from '../domain/reference.ts'
import { paymentTimeLimit } from '../domain/onboarding/waits.ts'

/**
 * Reads payment objects that the gateway sent events about while no attempt is open: a payment that seemed lost may
 * have succeeded. Records it, and the onboarding continues with it. Cancels an object that accepts no further card.
 */
export const readObject =
  (d: ActivityDependencies) =>
  async (reference: OnboardingReference): Promise<void> => {
    await planNextRead(d.database, reference.onboardingId, paymentTimeLimit)
    const facts = await readFacts(d.database, reference.onboardingId)
    if (!facts || facts.endedAt || facts.closing) return
    for (const object of await listObjectsWithEvents(d.database, facts.onboardingId)) {
      if (object.closedAt === null) await readNews(d, facts, object)
      else await cancelObject(d, facts, object)
      await recordObjectRead(d.database, object)
    }
  }

async function readNews(d: ActivityDependencies, facts: OnboardingFacts, object: ObjectWithEvents): Promise<void> {
  const gateway = await d.gateways.of(object.accountId)
  const reading = await gateway.read(handleOf(facts, object))
  if (reading.state === 'paid') await recordReadAsPaid(d.database, facts, object, reading)
  if (reading.state === 'dead') await markObjectDead(d.database, facts, object.objectNumber)
}

/** Counts the cards tried on it before its row is closed: if the step is repeated, it finds the object open. */
async function cancelObject(d: ActivityDependencies, facts: OnboardingFacts, object: ObjectWithEvents): Promise<void> {
  const closing = { database: d.database, gateway: await d.gateways.of(object.accountId), facts }
  const reading = await closeObject(closing, object)
  if (reading.state === 'dead') await countOtherTries(closing, object)
  if (!(await recordClosed(d, facts, object, reading))) throw new GatewayError('unknown', 'not_closed_yet')
}
