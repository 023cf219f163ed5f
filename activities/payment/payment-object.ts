import { GatewayError, isGatewayError } from '../../domain/gateway-errors.ts'
import type { OnboardingFacts } from '../../domain/onboarding.ts'
import type { OurMetadata, PaymentGateway } from '../../gateways/gateway.ts'
import type { Database } from '../../store/database.ts'
import { listObjects, type PaymentObject } from '../../store/payment-rows.ts'
import {
  beginObject,
  buryObject,
  nextCancelNumber,
  storeObjectId,
  type PaymentReference,
} from '../../store/prepare-payment.ts'

export type OpenObject = PaymentObject & { objectId: string }

/**
 * The payment object of this attempt, open at the gateway, with whether it was created just now. Objects are made one
 * after the other: the next only when the one before can never pay. Answers undefined where nothing may be made (any more).
 */
export async function ensureObject(
  database: Database,
  gateway: PaymentGateway,
  facts: OnboardingFacts,
  customerId: string,
): Promise<{ object: OpenObject; fresh: boolean } | undefined> {
  const reference = { billingCustomerId: facts.billingCustomerId, onboardingId: facts.id }
  const current = (await listObjects(database, facts.id)).find((object) => object.state !== 'dead')
  if (current?.state === 'open' || current?.state === 'paid') {
    const object = current as OpenObject
    if (object.gatewayCustomerId === customerId || !(await giveUp(database, gateway, reference, object)))
      return { object, fresh: false }
    return ensureObject(database, gateway, facts, customerId)
  }
  const row = current ?? (await beginObject(database, reference, customerId))
  return row && createObject(database, gateway, facts, reference, row)
}

/** An object of another gateway customer cannot take this method. Answers false where it turned out to be paid. */
async function giveUp(
  database: Database,
  gateway: PaymentGateway,
  reference: PaymentReference,
  object: OpenObject,
): Promise<boolean> {
  const closed = await closeObject(database, gateway, reference, object)
  if (closed.state === 'paid') return false
  if (closed.state !== 'dead') throw new GatewayError('unknown', 'not_closed_yet')
  await buryObject(database, reference, object.k)
  return true
}

async function createObject(
  database: Database,
  gateway: PaymentGateway,
  facts: OnboardingFacts,
  reference: PaymentReference,
  row: PaymentObject,
): Promise<{ object: OpenObject; fresh: boolean } | undefined> {
  const input = {
    kind: row.kind,
    customerId: row.gatewayCustomerId,
    amount: row.amount,
    currency: row.currency,
    metadata: metadataOf(facts),
  }
  try {
    const objectId = await gateway.createObject(input, `${facts.id}/payment/${row.k}`)
    if (await storeObjectId(database, reference, row.k, objectId))
      return { object: { ...row, objectId, state: 'open' }, fresh: true }
    // Closed while it was being made: nobody has its id but us, so it is canceled here.
    await gateway.close({ kind: row.kind, id: objectId }, cancelKey(facts.id, row))
    return undefined
  } catch (error) {
    if (!isGatewayError(error, 'stored_failure', 'key_reused')) throw error
    await buryObject(database, reference, row.k)
    return ensureObject(database, gateway, facts, row.gatewayCustomerId)
  }
}

export function metadataOf(facts: OnboardingFacts): OurMetadata {
  return {
    organization_id: facts.organizationId,
    environment: facts.environment,
    customer_id: facts.customerId,
    billing_customer_id: facts.billingCustomerId,
    onboarding_id: facts.id,
  }
}

const cancelKey = (onboardingId: string, { k, c }: Pick<PaymentObject, 'k' | 'c'>) => `${onboardingId}/cancel/${k}/${c}`

/** Makes an open object unable to pay and answers what it is then. A stored failure is asked again under the next number. */
export async function closeObject(
  database: Database,
  gateway: PaymentGateway,
  reference: PaymentReference,
  object: OpenObject,
) {
  try {
    return await gateway.close({ kind: object.kind, id: object.objectId }, cancelKey(object.onboardingId, object))
  } catch (error) {
    if (isGatewayError(error, 'stored_failure', 'key_reused')) await nextCancelNumber(database, reference, object)
    throw error
  }
}
