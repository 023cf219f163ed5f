import { metadataOf } from '../domain/payment/payment-object.ts'
import { decideObject, type ObjectSituation } from '../domain/payment/decide-object.ts'
import { GatewayError, isGatewayError } from '../domain/payment/gateway-errors.ts'
import { abandonGatewayCustomerById } from '../store/customers/gateway-customers.ts'
import { findOpenAttempt } from '../store/payments/attempts.ts'
import {
  listObjects,
  type OpenObject,
  type PaymentObject,
  beginObject,
  markObjectDead,
  storeObjectId,
} from '../store/payments/objects.ts'
import { findOrder } from './one-step-order.ts'
import { closeObject, closeUnsent } from './close-object.ts'
import { countOtherTries } from './count-other-tries.ts'
import type { PaymentSetup } from './set-up-payment.ts'

/** An object to pay an attempt on. `fresh`: just created. One that is paid in one step may have no id. */
export interface ReadyObject {
  object: PaymentObject
  fresh: boolean
}

/** The object; `next_object` if it can never be created; undefined if nothing may be created now. */
type Ensured = ReadyObject | 'next_object' | undefined

/** `again`: an older object can no longer be paid, so the decision must be repeated. */
type CarriedOut = Ensured | 'again'

/**
 * Returns the object that the attempt of this setup is paid on (see `decideObject`). Throws if the gateway leaves the
 * outcome open; then the whole step is repeated.
 */
export async function ensureObject(setup: PaymentSetup): Promise<Ensured> {
  for (;;) {
    const { object, situation } = await readObjects(setup)
    const done = await carryOut(setup, decideObject(situation), object)
    if (done !== 'again') return done
  }
}

/** Reads the attempt after the objects: while it is open, no object is a later attempt's. */
async function readObjects(
  setup: PaymentSetup,
): Promise<{ object: PaymentObject | undefined; situation: ObjectSituation }> {
  const { database, facts, attempt } = setup
  const object = (await listObjects(database, facts.onboardingId)).find(({ state }) => state !== 'dead')
  const attemptIsOpen =
    object !== undefined && (await findOpenAttempt(database, facts.onboardingId))?.number === attempt.number
  return { object, situation: { object: object && describe(setup, object), attemptIsOpen } }
}

function describe({ gateway, customerId, attempt }: PaymentSetup, object: PaymentObject): ObjectSituation['object'] {
  return {
    hasId: hasId(object),
    inOneStep: object.atOnce,
    isSent: object.sentAt !== null,
    isSentByUs: attempt.objectNumber === object.objectNumber,
    sameAccount: object.accountId === gateway.accountId,
    sameCustomer: object.gatewayCustomerId === customerId,
    isClosed: object.state === 'open' && object.closedAt !== null,
    isOtherSubmission:
      object.kind === 'setup' && gateway.setupIsSubmission === true && object.objectId !== attempt.reference,
  }
}

const hasId = (object: PaymentObject): object is OpenObject => object.objectId !== null

async function carryOut(
  setup: PaymentSetup,
  decision: ReturnType<typeof decideObject>,
  object: PaymentObject | undefined,
): Promise<CarriedOut> {
  switch (decision) {
    case 'begin':
      return begin(setup)
    case 'create':
      return create(setup, object!)
    case 'use':
      return { object: object!, fresh: false }
    case 'close':
      // An object that is found paid is the outcome of this attempt.
      return (await close(setup, object as OpenObject)) ? 'again' : { object: object!, fresh: false }
    case 'find':
      await findOrGiveUp(setup, object!)
      return 'again'
    case 'stop':
      return undefined
  }
}

async function begin(setup: PaymentSetup): Promise<CarriedOut> {
  const { database, gateway, facts, attempt, customerId: gatewayCustomerId, inOneStep: atOnce } = setup
  const { accountId } = gateway
  const row = await beginObject(database, facts, { accountId, gatewayCustomerId, attempt: attempt.number, atOnce })
  if (!row) return undefined
  return row.atOnce ? { object: row, fresh: true } : create(setup, row)
}

/** Finds an object whose response was lost by repeating the call. If there is none, it can no longer be paid. */
async function findOrGiveUp(setup: PaymentSetup, object: PaymentObject): Promise<void> {
  const { database, gatewayOf, facts } = setup
  const found = await findOrder({ database, gateway: await gatewayOf(object), facts }, object)
  if (!found) await markObjectDead(database, facts, object.objectNumber)
}

/** Makes an object unable to pay before the next one is created. Returns false if it was paid. */
async function close(setup: PaymentSetup, object: OpenObject): Promise<boolean> {
  const { database, gatewayOf, facts } = setup
  const closing = { database, gateway: await gatewayOf(object), facts }
  const closed = await closeObject(closing, object)
  if (closed.state === 'paid') return false
  if (closed.state !== 'dead') throw new GatewayError('unknown', 'not_closed_yet')
  await countOtherTries(closing, object)
  await markObjectDead(database, facts, object.objectNumber)
  return true
}

async function create(setup: PaymentSetup, row: PaymentObject): Promise<CarriedOut> {
  const { database, gateway, facts, attempt, details } = setup
  const input = {
    kind: row.kind,
    customerId: row.gatewayCustomerId,
    amount: row.amount,
    currency: row.currency,
    metadata: metadataOf(facts),
    reference: attempt.reference,
    ...(row.kind === 'payment' ? { details } : {}),
  }
  try {
    const objectId = await gateway.createObject(input, `${facts.onboardingId}/payment/${row.objectNumber}`)
    if (await storeObjectId(database, facts, row.objectNumber, objectId))
      return { object: { ...row, objectId, state: 'open' }, fresh: true }
    // Closed while it was being created: only this step has its id, so nothing was sent to it, and it is canceled here.
    // If another copy of this step stored its id, that paid or closed it: another cancel changes nothing.
    await closeUnsent(setup, { ...row, objectId })
    return undefined
  } catch (error) {
    if (isGatewayError(error, 'not_found')) {
      // The customer was deleted at the gateway: the whole step is repeated with a new one.
      await markObjectDead(database, facts, row.objectNumber)
      await abandonGatewayCustomerById(database, facts, gateway.accountId, row.gatewayCustomerId)
      throw new GatewayError('unknown', 'customer_gone')
    }
    if (!isGatewayError(error, 'stored_failure', 'key_reused')) throw error
    await markObjectDead(database, facts, row.objectNumber)
    return 'next_object'
  }
}
