import { decideOneStep, type OneStepSituation } from '../domain/payment/decide-confirm.ts'
import type { DeclineCode } from '../domain/payment/declines.ts'
import { GatewayError, isGatewayError } from '../domain/payment/gateway-errors.ts'
import { metadataOf } from '../domain/payment/payment-object.ts'
import { referenceOf } from '../domain/reference.ts'
import type { OnboardingFacts } from '../domain/onboarding/onboarding.ts'
import type { PaymentGateway, Reading } from '../gateways/gateway.ts'
import type { Database } from '../store/database/database.ts'
import { storeReturnedId, recordUnknownOutcome } from '../store/payments/one-step-orders.ts'
import { removeSentMethods } from './close-object.ts'
import type { OpenObject, PaymentObject } from '../store/payments/objects.ts'

export interface OrderContext {
  database: Database
  gateway: PaymentGateway
  facts: OnboardingFacts
}

export type OneStepOutcome =
  | { do: 'read_object'; object: OpenObject; reading: Reading }
  | { do: 'record_declined'; code: DeclineCode }
  | { do: 'record_void' }
  | { do: 'next_object'; error: GatewayError }

type Answer = { id: string | null; reading: Reading } | GatewayError

/**
 * Creates and pays an object in one call, or repeats that call to get its result, and stores the id (see
 * `decideOneStep`). `again`: whether the call was made before. Throws if the step must be repeated, and `undecidable`
 * if only a person can find out.
 */
export async function createAndPay(
  asking: OrderContext,
  object: PaymentObject,
  again: boolean,
): Promise<OneStepOutcome> {
  const remembered = Date.now() < object.sentAt!.getTime() + (asking.gateway.keyLife ?? 0)
  const decide = (answer: OneStepSituation['answer']) => decideOneStep({ answer, askedBefore: again, remembered })
  if (decide('none_yet') === 'ask_person') throw await undecidable(asking, object, 'key_forgotten')
  const answer = await ask(asking, object)
  const error = answer instanceof GatewayError ? answer : undefined
  switch (decide(wordFor(answer))) {
    case 'read_object':
      return keep(asking, object, answer as { id: string; reading: Reading })
    case 'record_declined':
      return { do: 'record_declined', code: codeOf(answer) }
    case 'record_void':
      return { do: 'record_void' }
    case 'next_object':
      return { do: 'next_object', error: error! }
    case 'ask_person':
      throw await undecidable(asking, object, error!.vendorCode)
    default:
      throw error!
  }
}

/** Always the same values for the same row: a gateway accepts no other ones under a request id. */
async function ask({ gateway, facts }: OrderContext, object: PaymentObject): Promise<Answer> {
  const { onboardingId, objectNumber, amount, currency, methodId, payerPresent } = object
  const input = { amount, currency, methodId: methodId!, payerPresent, metadata: metadataOf(facts, onboardingId) }
  try {
    return await gateway.payInOneStep!(input, `${onboardingId}/payment/${objectNumber}`)
  } catch (error) {
    if (isGatewayError(error)) return error
    throw error
  }
}

function wordFor(answer: Answer): OneStepSituation['answer'] {
  if (!(answer instanceof GatewayError)) return answer.id === null ? 'declined' : 'an_object'
  if (isGatewayError(answer, 'unknown', 'not_now')) return 'unclear'
  if (isGatewayError(answer, 'method_unusable')) return 'unusable'
  return isGatewayError(answer, 'refused') ? 'refused' : 'contradiction'
}

const codeOf = (answer: Answer): DeclineCode =>
  !(answer instanceof GatewayError) && answer.reading.state === 'declined' ? answer.reading.code : 'declined'

async function keep(
  asking: OrderContext,
  object: PaymentObject,
  { id, reading }: { id: string; reading: Reading },
): Promise<OneStepOutcome> {
  if (!(await storeReturnedId(asking.database, referenceOf(asking.facts, object), object.objectNumber, id)))
    throw await undecidable(asking, object, 'two_objects')
  return { do: 'read_object', object: { ...object, objectId: id }, reading }
}

async function undecidable(asking: OrderContext, object: PaymentObject, code: string): Promise<GatewayError> {
  await recordUnknownOutcome(asking.database, referenceOf(asking.facts, object), object.objectNumber)
  return new GatewayError('undecidable', code)
}

/**
 * Finds an object whose response was lost, by repeating the call; returns undefined if it can never be paid. The method
 * that we created for it is removed first, so that the repeated call does not pay it. A method that others use stays:
 * then the repeated call may pay the object, and the code that closes it refunds the payment. Throws as `createAndPay`.
 */
export async function findOrder(asking: OrderContext, object: PaymentObject): Promise<OpenObject | undefined> {
  if (object.objectId) return object as OpenObject
  if (!object.sentAt) return undefined
  await removeSentMethods(asking, object)
  const outcome = await createAndPay(asking, object, true)
  return outcome.do === 'read_object' ? outcome.object : undefined
}
