import { isGatewayError } from '../domain/payment/gateway-errors.ts'
import { handleOf } from '../domain/payment/payment-object.ts'
import type { OnboardingFacts } from '../domain/onboarding/onboarding.ts'
import { referenceOf } from '../domain/reference.ts'
import type { PaymentGateway, Reading } from '../gateways/gateway.ts'
import type { Database } from '../store/database/database.ts'
import { type OpenObject, type PaymentObject, nextCancelNumber } from '../store/payments/objects.ts'
import { removeMethod } from './methods/remove-method.ts'
import { listSentAttempts, type SentAttempt } from '../store/payments/attempts.ts'

export interface Closing {
  database: Database
  gateway: PaymentGateway
  facts: OnboardingFacts
}

/**
 * Makes an open object unable to pay and returns its state. After a stored failure, the next call has the next number.
 */
export async function closeObject(closing: Closing, object: OpenObject): Promise<Reading> {
  const { database, gateway, facts } = closing
  const handle = handleOf(facts, object)
  try {
    if (isSubmission(gateway, object)) return await consumeSubmission(closing, object)
    const sent = await listSentAttempts(database, object)
    // A paid object keeps the method that paid it: its onboarding may continue.
    const isDecided = sent.some(({ ownMethod }) => ownMethod) && !(await isUnpaid(closing, object))
    const underWay = isDecided ? false : await stop(closing, object, sent)
    return await gateway.close(handle, cancelKey(object), underWay)
  } catch (error) {
    if (isGatewayError(error, 'stored_failure', 'key_reused'))
      await nextCancelNumber(database, referenceOf(facts, object), object)
    throw error
  }
}

/** Does the same for an object whose id only the caller has: nothing was sent to it. */
export function closeUnsent(closing: Closing, object: OpenObject): Promise<Reading> {
  const { gateway, facts } = closing
  return isSubmission(gateway, object)
    ? consumeSubmission(closing, object)
    : gateway.close(handleOf(facts, object), cancelKey(object), false)
}

type ObjectRow = Pick<PaymentObject, 'onboardingId' | 'objectNumber'>

const cancelKey = ({ onboardingId, objectNumber, cancelNumber }: OpenObject) =>
  `${onboardingId}/cancel/${objectNumber}/${cancelNumber}`

const isSubmission = ({ setupIsSubmission }: PaymentGateway, { kind }: OpenObject) =>
  kind === 'setup' && setupIsSubmission === true

async function isUnpaid({ gateway, facts }: Closing, object: OpenObject): Promise<boolean> {
  const { state } = await gateway.read(handleOf(facts, object))
  return state === 'untouched' || state === 'declined'
}

/**
 * Removes the methods that were created for an object, so that calls in progress that use one fail. Returns whether a
 * call may still pay it: with a method that others use or that a caller sent, within the time limit of a step.
 */
export const removeSentMethods = async (closing: Closing, object: ObjectRow): Promise<boolean> =>
  stop(closing, object, await listSentAttempts(closing.database, object))

async function stop({ database, gateway, facts }: Closing, object: ObjectRow, all: SentAttempt[]): Promise<boolean> {
  let underWay = false
  for (const sent of all) {
    const { ownMethod: methodId } = sent
    const taken = methodId ? await removeMethod(database, gateway, referenceOf(facts, object), { methodId }) : 'kept'
    underWay ||= taken === 'kept' && sent.underWay
  }
  return underWay
}

/**
 * A submission cannot be withdrawn, and an exchange of it may be in progress. It can be exchanged only once, so this
 * exchanges it and removes the resulting method. If another call was faster, the object shows what was saved.
 */
async function consumeSubmission({ database, gateway, facts }: Closing, object: OpenObject): Promise<Reading> {
  const dead: Reading = { state: 'dead', trace: '' }
  const made = await gateway.exchange!(object.objectId, cancelKey(object)).catch((error: unknown) => {
    if (isGatewayError(error, 'method_unusable')) return undefined
    throw error
  })
  if (made) {
    await removeMethod(database, gateway, referenceOf(facts, object), { methodId: made.id })
    return dead
  }
  const reading = await gateway.read(handleOf(facts, object))
  return reading.state === 'paid' ? reading : dead
}
