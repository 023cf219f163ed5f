import { referenceOf } from '../domain/reference.ts'
import { handleOf } from '../domain/payment/payment-object.ts'
import { recordOtherTries } from '../store/payments/form-tries.ts'
import type { Closing } from './close-object.ts'
import type { OpenObject } from '../store/payments/objects.ts'

/**
 * Counts the cards that were tried on an object with its client secret, which the page had while the bank asked. Call
 * it when the object accepts no other card. Repeatable: each attempt is counted once.
 */
export async function countOtherTries({ database, gateway, facts }: Closing, object: OpenObject): Promise<void> {
  if (!gateway.failedTries || object.closedAt === null) return
  const failed = await gateway.failedTries(handleOf(facts, object))
  await recordOtherTries(database, referenceOf(facts, object), object.objectNumber, failed)
}
