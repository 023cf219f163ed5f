import { GatewayError, isGatewayError } from '../domain/payment/gateway-errors.ts'
import { metadataOf } from '../domain/payment/payment-object.ts'
import type { OnboardingFacts } from '../domain/onboarding/onboarding.ts'
import type { GatewayName } from '../domain/lifecycle.ts'
import type { PaymentDetails, PaymentGateway } from '../gateways/gateway.ts'
import type { Database } from '../store/database/database.ts'
import { abandonGatewayCustomerById } from '../store/customers/gateway-customers.ts'
import { findOpenAttempt, type PaymentAttempt } from '../store/payments/attempts.ts'
import {
  listObjects,
  type OpenObject,
  type PaymentObject,
  beginObject,
  buryObject,
  storeObjectId,
} from '../store/payments/objects.ts'
import { findOrder } from './one-step-order.ts'
import { closeObject, closeUnsent } from './close-object.ts'
import { countOtherTries } from './count-other-tries.ts'

/** What an object is made for: one attempt, at its gateway, for the gateway customer that is charged. */
export interface ObjectOrder {
  database: Database
  gateway: PaymentGateway
  /** The gateway of an older object, which may be another one. */
  gatewayOf(name: GatewayName): PaymentGateway
  facts: OnboardingFacts
  attempt: PaymentAttempt
  customerId: string
  /** Whether the next object is to be created and paid in one call. */
  atOnce: boolean
  /** Reads what the payment says beside its amount. */
  details(): Promise<PaymentDetails>
}

/**
 * The payment object of this attempt, open at the gateway, with whether it was created just now; one that is created
 * and paid in one call has no id yet. Objects are made one after the other: the next only when the one before can never
 * pay. Answers undefined where nothing may be made (any more).
 */
export async function ensureObject(order: ObjectOrder): Promise<{ object: PaymentObject; fresh: boolean } | undefined> {
  const { database, facts, attempt } = order
  const current = (await listObjects(database, facts.id)).find((object) => object.state !== 'dead')
  if (!current) {
    const begun = { gatewayCustomerId: order.customerId, attempt: attempt.number, atOnce: order.atOnce }
    const row = await beginObject(database, referenceOf(facts), begun)
    return row?.atOnce ? { object: row, fresh: true } : row && createObject(order, row)
  }
  if (fits(order, current)) {
    const ready = hasId(current) || current.atOnce
    return ready ? { object: current, fresh: false } : createObject(order, current)
  }
  // What does not fit may be a later attempt's, where others went on while this copy of the step was away.
  if ((await findOpenAttempt(database, facts.id))?.number !== attempt.number) return undefined
  if (!hasId(current)) await giveUpUnanswered(order, current)
  else if (!(await giveUp(order, current))) return { object: current, fresh: false }
  return ensureObject(order)
}

const hasId = (object: PaymentObject): object is OpenObject => object.objectId !== null

const referenceOf = (facts: OnboardingFacts) => ({ billingCustomerId: facts.billingCustomerId, onboardingId: facts.id })

/**
 * An object of another gateway or gateway customer, or of another submission where that is the object, cannot take this
 * method; nor can one without an id that another attempt asked for, or one that takes no other card.
 */
function fits({ gateway, customerId, attempt }: ObjectOrder, object: PaymentObject): boolean {
  if (object.gateway !== gateway.name) return false
  if (!hasId(object)) return object.sentAt === null || attempt.objectNumber === object.objectNumber
  if (object.gatewayCustomerId !== customerId || (object.state === 'open' && object.closedAt !== null)) return false
  return !(object.kind === 'setup' && gateway.setupIsSubmission && object.objectId !== attempt.reference)
}

/** An object whose answer never came is found by asking again, or cannot be paid any more. */
async function giveUpUnanswered({ database, gatewayOf, facts }: ObjectOrder, object: PaymentObject): Promise<void> {
  const found = await findOrder({ database, gateway: gatewayOf(object.gateway), facts }, object)
  if (!found) await buryObject(database, referenceOf(facts), object.objectNumber)
}

/** Makes an object unable to pay before the next one. Answers false where it turned out to be paid. */
async function giveUp({ database, gatewayOf, facts }: ObjectOrder, object: OpenObject): Promise<boolean> {
  const closing = { database, gateway: gatewayOf(object.gateway), facts }
  const closed = await closeObject(closing, object)
  if (closed.state === 'paid') return false
  if (closed.state !== 'dead') throw new GatewayError('unknown', 'not_closed_yet')
  await countOtherTries(closing, object)
  await buryObject(database, referenceOf(facts), object.objectNumber)
  return true
}

async function createObject(
  order: ObjectOrder,
  row: PaymentObject,
): Promise<{ object: PaymentObject; fresh: boolean } | undefined> {
  const { database, gateway, facts, attempt } = order
  const reference = referenceOf(facts)
  const input = {
    kind: row.kind,
    customerId: row.gatewayCustomerId,
    amount: row.amount,
    currency: row.currency,
    metadata: metadataOf(facts),
    reference: attempt.reference,
    ...(row.kind === 'payment' ? { details: await order.details() } : {}),
  }
  try {
    const objectId = await gateway.createObject(input, `${facts.id}/payment/${row.objectNumber}`)
    if (await storeObjectId(database, reference, row.objectNumber, objectId))
      return { object: { ...row, objectId, state: 'open' }, fresh: true }
    // Closed while it was being made: nobody has its id but us, so nothing was sent to it, and it is canceled here. One
    // whose id another copy of this step stored was paid or closed by that: canceling it once more changes nothing.
    await closeUnsent(order, { ...row, objectId })
    return undefined
  } catch (error) {
    if (isGatewayError(error, 'not_found')) {
      // The customer was deleted at the gateway: the whole step is repeated, with a new one.
      await buryObject(database, reference, row.objectNumber)
      await abandonGatewayCustomerById(database, facts, gateway.name, row.gatewayCustomerId)
      throw new GatewayError('unknown', 'customer_gone')
    }
    if (!isGatewayError(error, 'stored_failure', 'key_reused')) throw error
    await buryObject(database, reference, row.objectNumber)
    return ensureObject(order)
  }
}
