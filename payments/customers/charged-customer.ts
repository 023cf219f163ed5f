import { GatewayError, isGatewayError } from '../../domain/payment/gateway-errors.ts'
import type { OnboardingFacts } from '../../domain/onboarding/onboarding.ts'
import { PersonNeededError } from '../../domain/payment/person-needed.ts'
import type { Settings } from '../../domain/tenant/settings.ts'
import type { PaymentGateway, SavedMethod } from '../../gateways/gateway.ts'
import { mappedCustomer } from './mapped-customer.ts'
import { ownCustomer } from './own-customer.ts'
import { isSharedWithUs } from './existing-ids.ts'
import { ownershipOf, verifyOwnership } from './verify-ownership.ts'
import type { Database } from '../../store/database/database.ts'
import type { PaymentAttempt } from '../../store/payments/attempts.ts'
import { findObject } from '../../store/payments/objects.ts'

/**
 * Returns the gateway customer to charge: the one that the caller mapped; else the owner of the saved method; each only
 * if it belongs to this organization; else this customer's own, created once. Throws `method_unusable` for a method or
 * customer of someone else, and `PersonNeededError` if the mapping cannot be used.
 */
export async function chargedCustomer(
  database: Database,
  gateway: PaymentGateway,
  facts: OnboardingFacts,
  attempt: PaymentAttempt,
  defaults: Settings,
): Promise<{ customerId: string; attached: boolean }> {
  const own = () => ownCustomer(database, gateway, facts, defaults)
  const mapped = await mappedOrPerson(database, gateway, facts)
  if (attempt.singleUse) return { customerId: mapped ?? (await own()), attached: false }
  try {
    return await ownerOfMethod(database, gateway, facts, attempt, mapped, own)
  } catch (error) {
    const sentTo = isGatewayError(error, 'method_unusable') ? await customerSentTo(database, attempt) : undefined
    if (!sentTo) throw error
    return { customerId: sentTo, attached: true }
  }
}

/** Returns the customer for whom the attempt was already sent. It may have paid, so its object must be read first. */
async function customerSentTo(database: Database, { onboardingId, objectNumber, sentAt }: PaymentAttempt) {
  if (sentAt === null || objectNumber === null) return undefined
  return (await findObject(database, onboardingId, objectNumber))?.gatewayCustomerId
}

async function ownerOfMethod(
  database: Database,
  gateway: PaymentGateway,
  facts: OnboardingFacts,
  attempt: PaymentAttempt,
  mapped: string | undefined,
  own: () => Promise<string>,
): Promise<{ customerId: string; attached: boolean }> {
  const { customer } = await gateway.readMethod(attempt.reference)
  const named = attempt.gatewayCustomerId
  const said = new Set([mapped, customer?.id, named].filter((id) => id != null))
  if (said.size > 1) throw new GatewayError('method_unusable', 'other_customer')
  if (mapped) return { customerId: mapped, attached: customer !== null }
  const owner = customer ?? (named ? await readNamed(gateway, named) : null)
  if (!owner) return { customerId: await own(), attached: false }
  if (await isNotOfOurCustomer(database, gateway, facts, { owner, methodId: attempt.reference }))
    return { customerId: await own(), attached: true }
  await verifyOwnership(database, gateway, facts, owner)
  return { customerId: owner.id, attached: customer !== null }
}

/** A payer's token that this organization can use, although another program or organization saved it first. */
async function isNotOfOurCustomer(
  database: Database,
  gateway: PaymentGateway,
  facts: OnboardingFacts,
  { owner, methodId }: { owner: NonNullable<SavedMethod['customer']>; methodId: string },
): Promise<boolean> {
  if (!gateway.usesOurCustomerIds) return false
  const ownership = await ownershipOf(database, gateway, facts, owner)
  return ownership === 'claimable' || (ownership === 'foreign' && isSharedWithUs(database, gateway, facts, methodId))
}

/** Returns the mapped customer. If it cannot be used, a person must change the mapping. */
async function mappedOrPerson(database: Database, gateway: PaymentGateway, facts: OnboardingFacts) {
  try {
    return await mappedCustomer(database, gateway, facts)
  } catch (error) {
    if (isGatewayError(error, 'not_found'))
      throw new PersonNeededError('MappedCustomerNotFound', 'the mapped customer does not exist at the gateway')
    if (isGatewayError(error, 'method_unusable'))
      throw new PersonNeededError('MappedCustomerNotOurs', 'the mapped customer does not belong to this organization')
    throw error
  }
}

async function readNamed(gateway: PaymentGateway, customerId: string): Promise<NonNullable<SavedMethod['customer']>> {
  try {
    return await gateway.readCustomer(customerId)
  } catch (error) {
    throw isGatewayError(error, 'not_found') ? new GatewayError('method_unusable', 'no_such_customer') : error
  }
}
