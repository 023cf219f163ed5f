import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import type { PaymentGateway } from '../../gateways/gateway.ts'
import type { OnboardingReference } from '../../domain/reference.ts'
import { isOurCustomer } from '../../store/customers/customers.ts'
import type { Database } from '../../store/database/database.ts'
import { claimRemoval, finishRemoval, nextRemovalNumber, type Removal } from '../../store/methods/method-removals.ts'
import type { SavedMethodToken, MethodUser } from '../../store/methods/saved-method.ts'

/** A saved method whose use ends: by all of an onboarding, or by one attempt of it. */
export interface RemovalRequest {
  methodId: string
  attempt?: number
}

/**
 * Ends the use of a saved method by what is undone. Methods are removed at a gateway only here. Claims the removal
 * first, under the method's lock, and calls the gateway after the commit. Returns `kept` if the method stays: others
 * use it, or another program created it. Repeatable; throws a GatewayError if the outcome is open.
 */
export async function removeMethod(
  database: Database,
  gateway: PaymentGateway,
  reference: OnboardingReference,
  { methodId, attempt }: RemovalRequest,
): Promise<'removed' | 'kept'> {
  const { accountId, name } = gateway
  const token = { accountId, environment: reference.environment, gateway: name, methodId }
  const undone = { ...reference, attempt }
  const removal = await claimRemoval(database, token, undone, await isOursToRemove(database, gateway, token))
  if (!removal) return 'kept'
  await executeRemoval(database, gateway, removal, undone)
  return 'removed'
}

/** Calls the gateway for a claimed removal and records that it is done. Repeatable. */
export async function executeRemoval(
  database: Database,
  gateway: PaymentGateway,
  removal: Removal,
  undone: MethodUser,
): Promise<void> {
  if (removal.state === 'removing') await detach(database, gateway, removal)
  await finishRemoval(database, removal, undone)
}

async function detach(database: Database, gateway: PaymentGateway, removal: Removal): Promise<void> {
  const { onboardingId, methodId, removalNumber } = removal
  try {
    await gateway.detachMethod(methodId, `${onboardingId}/remove/${methodId}/${removalNumber}`)
  } catch (error) {
    if (isGatewayError(error, 'stored_failure', 'key_reused')) await nextRemovalNumber(database, removal)
    throw error
  }
}

/**
 * Returns whether the method was created by us. An account may return a payer's older payment token, created by another
 * program: that one names no customer of ours. A method that no longer exists may be removed.
 */
async function isOursToRemove(
  database: Database,
  gateway: PaymentGateway,
  { environment, methodId }: SavedMethodToken,
): Promise<boolean> {
  if (!gateway.usesOurCustomerIds) return true
  try {
    const { customer } = await gateway.readMethod(methodId)
    return customer !== null && (await isOurCustomer(database, environment, customer.id))
  } catch (error) {
    if (isGatewayError(error, 'method_unusable', 'not_found')) return true
    throw error
  }
}
