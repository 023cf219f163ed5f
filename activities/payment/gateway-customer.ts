import { GatewayError, isGatewayError } from '../../domain/gateway-errors.ts'
import type { OnboardingFacts } from '../../domain/onboarding.ts'
import type { PaymentGateway, SavedMethod } from '../../gateways/gateway.ts'
import type { Database } from '../../store/database.ts'
import {
  buryGatewayCustomer,
  claimGatewayCustomer,
  ensureGatewayCustomerRow,
  ownerOfGatewayCustomer,
  storeGatewayCustomerId,
} from '../../store/gateway-customers.ts'
import type { PaymentAttempt } from '../../store/payment-rows.ts'

/**
 * The gateway customer that is charged: the one that a named saved method belongs to, if it is this organization's; else
 * this customer's own, created once. Throws `method_unusable` for a method or customer of somebody else.
 */
export async function chargedCustomer(
  database: Database,
  gateway: PaymentGateway,
  facts: OnboardingFacts,
  attempt: PaymentAttempt,
): Promise<{ customerId: string; attached: boolean }> {
  if (attempt.singleUse) return { customerId: await ownCustomer(database, gateway, facts), attached: false }
  const { customer } = await gateway.readMethod(attempt.reference)
  const named = attempt.gatewayCustomerId
  if (customer && named && customer.id !== named) throw new GatewayError('method_unusable', 'other_customer')
  const owner = customer ?? (named ? await readNamed(gateway, named) : null)
  if (!owner) return { customerId: await ownCustomer(database, gateway, facts), attached: false }
  await proveOurs(database, gateway, facts, owner)
  return { customerId: owner.id, attached: customer !== null }
}

async function readNamed(gateway: PaymentGateway, customerId: string): Promise<NonNullable<SavedMethod['customer']>> {
  try {
    return await gateway.readCustomer(customerId)
  } catch (error) {
    throw isGatewayError(error, 'not_found') ? new GatewayError('method_unusable', 'no_such_customer') : error
  }
}

/** Whose card is it? Ours by our table, or by the object's own metadata; anything else is refused. */
async function proveOurs(
  database: Database,
  gateway: PaymentGateway,
  facts: OnboardingFacts,
  owner: NonNullable<SavedMethod['customer']>,
): Promise<void> {
  const known = await ownerOfGatewayCustomer(database, facts, gateway.name, owner.id)
  if (known === 'ours') return
  const namesUs = owner.organizationId === facts.organizationId && owner.environment === facts.environment
  const owned = { customerId: facts.customerId, gateway: gateway.name, gatewayCustomerId: owner.id }
  if (known === 'unknown' && namesUs && (await claimGatewayCustomer(database, facts, owned))) return
  throw new GatewayError('method_unusable', 'not_ours')
}

/** This customer's own customer at the gateway, created once under a key of its number. */
async function ownCustomer(database: Database, gateway: PaymentGateway, facts: OnboardingFacts): Promise<string> {
  const { customerId, organizationId, environment } = facts
  const row = await ensureGatewayCustomerRow(database, facts, customerId, gateway.name)
  if (row.gatewayCustomerId) return row.gatewayCustomerId
  const numbered = { customerId, gateway: gateway.name, i: row.i }
  try {
    const metadata = { organization_id: organizationId, environment, customer_id: customerId }
    const created = await gateway.createCustomer(metadata, `${customerId}/${gateway.name}/customer/${row.i}`)
    return await storeGatewayCustomerId(database, numbered, created)
  } catch (error) {
    if (!isGatewayError(error, 'stored_failure', 'key_reused')) throw error
    await buryGatewayCustomer(database, numbered)
    return ownCustomer(database, gateway, facts)
  }
}
