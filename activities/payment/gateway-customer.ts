import { ApplicationFailure } from '@temporalio/common'
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
import { mappedGatewayCustomer } from '../../store/integration-mappings.ts'
import { findObject, type PaymentAttempt } from '../../store/payment-rows.ts'
import { mappedCustomerNotFound, mappedCustomerNotOurs } from '../failures.ts'

/**
 * The gateway customer that is charged: the one that the caller mapped; else the one that a named saved method belongs
 * to; each only if it is this organization's; else this customer's own, created once. Throws `method_unusable` for a
 * method or customer of somebody else, and a failure for a person where the mapping cannot be used.
 */
export async function chargedCustomer(
  database: Database,
  gateway: PaymentGateway,
  facts: OnboardingFacts,
  attempt: PaymentAttempt,
): Promise<{ customerId: string; attached: boolean }> {
  const mapped = await mappedCustomer(database, gateway, facts)
  if (attempt.singleUse) return { customerId: mapped ?? (await ownCustomer(database, gateway, facts)), attached: false }
  try {
    return await ownerOfMethod(database, gateway, facts, attempt, mapped)
  } catch (error) {
    const sentTo = isGatewayError(error, 'method_unusable') ? await customerSentTo(database, attempt) : undefined
    if (!sentTo) throw error
    return { customerId: sentTo, attached: true }
  }
}

/** It was sent for this customer already, and may have paid before it was taken away: then the object must be read first. */
async function customerSentTo(database: Database, { onboardingId, k, sentAt }: PaymentAttempt) {
  if (sentAt === null || k === null) return undefined
  return (await findObject(database, onboardingId, k))?.gatewayCustomerId
}

async function ownerOfMethod(
  database: Database,
  gateway: PaymentGateway,
  facts: OnboardingFacts,
  attempt: PaymentAttempt,
  mapped: string | undefined,
): Promise<{ customerId: string; attached: boolean }> {
  const { customer } = await gateway.readMethod(attempt.reference)
  const named = attempt.gatewayCustomerId
  const said = new Set([mapped, customer?.id, named].filter((id) => id != null))
  if (said.size > 1) throw new GatewayError('method_unusable', 'other_customer')
  if (mapped) return { customerId: mapped, attached: customer !== null }
  const owner = customer ?? (named ? await readNamed(gateway, named) : null)
  if (!owner) return { customerId: await ownCustomer(database, gateway, facts), attached: false }
  await proveOurs(database, gateway, facts, owner)
  return { customerId: owner.id, attached: customer !== null }
}

/**
 * The customer that the caller mapped at this gateway; undefined where there is none. It is read at every use: whose it is
 * may have changed, and it may be gone. Nothing else is charged in its place.
 */
async function mappedCustomer(
  database: Database,
  gateway: PaymentGateway,
  facts: OnboardingFacts,
): Promise<string | undefined> {
  if (gateway.customersAreOurs) return undefined
  const mapped = await mappedGatewayCustomer(database, facts.customerId, gateway.name)
  if (!mapped) return undefined
  try {
    await proveOurs(database, gateway, facts, await gateway.readCustomer(mapped))
    return mapped
  } catch (error) {
    if (isGatewayError(error, 'not_found'))
      throw ApplicationFailure.nonRetryable('the mapped customer is not at the gateway', mappedCustomerNotFound)
    if (isGatewayError(error, 'method_unusable'))
      throw ApplicationFailure.nonRetryable('the mapped customer is not ours', mappedCustomerNotOurs)
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
