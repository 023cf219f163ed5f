import type { WrongField } from '../../domain/failure/failures.ts'
import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import type { Tenant } from '../../domain/reference.ts'
import type { PaymentGateway, SavedMethod } from '../../gateways/gateway.ts'
import type { Sql } from '../../store/database/database.ts'
import { isChargedIn } from '../../store/methods/method-holders.ts'
import { ownershipOf } from './verify-ownership.ts'

/** Ids of a customer and a payment method that exist at a gateway, which a caller brings along. */
export interface ExistingIds {
  gatewayCustomerId?: string | undefined
  methodId?: string | undefined
}

const wrongCustomer: WrongField = {
  param: 'gateway_customer_id',
  message: 'must be a customer at the gateway that belongs to this organization',
}
const wrongMethod: WrongField = {
  param: 'payment_method_id',
  message: 'must be a payment method at the gateway that this organization can use',
}
const ofOtherCustomer: WrongField = {
  param: 'payment_method_id',
  message: 'must belong to the customer gateway_customer_id at the gateway',
}

/** What the gateway says about existing ids: what is wrong, and whether the method is saved to a customer there. */
export interface VerifiedIds {
  wrong?: WrongField | undefined
  isSaved: boolean
}

/**
 * Checks that the organization can use the ids. Reads them at the gateway and records nothing, so that a wrong id is
 * rejected before anything exists. Throws a GatewayError if the gateway does not answer.
 */
export async function verifyExistingIds(
  sql: Sql,
  gateway: PaymentGateway,
  tenant: Tenant,
  ids: ExistingIds,
): Promise<VerifiedIds> {
  const { methodId } = ids
  const method = methodId === undefined ? null : await unlessMissing(() => gateway.readMethod(methodId))
  return { wrong: await whyNotUsable(sql, gateway, tenant, { ...ids, method }), isSaved: Boolean(method?.customer) }
}

/** `method` is undefined if it does not exist, and null if the call names none. */
async function whyNotUsable(
  sql: Sql,
  gateway: PaymentGateway,
  tenant: Tenant,
  { gatewayCustomerId, methodId, method }: ExistingIds & { method: SavedMethod | null | undefined },
): Promise<WrongField | undefined> {
  if (method === undefined) return wrongMethod
  const owner = method?.customer ?? null
  if (gatewayCustomerId === undefined)
    return owner && !(await canUse(sql, gateway, tenant, owner, methodId!)) ? wrongMethod : undefined
  if (owner && owner.id !== gatewayCustomerId) return ofOtherCustomer
  const customer = owner ?? (await unlessMissing(() => gateway.readCustomer(gatewayCustomerId)))
  const isOurs = customer && (await ownershipOf(sql, gateway, tenant, customer)) !== 'foreign'
  return isOurs ? undefined : wrongCustomer
}

/** Returns undefined for an object that does not exist, or that cannot be charged. */
async function unlessMissing<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (isGatewayError(error, 'not_found', 'method_unusable')) return undefined
    throw error
  }
}

/** A payer's token may name the customer of another organization that saved it first, and pay for customers of ours. */
const canUse = async (
  sql: Sql,
  gateway: PaymentGateway,
  tenant: Tenant,
  owner: NonNullable<SavedMethod['customer']>,
  methodId: string,
): Promise<boolean> =>
  (await ownershipOf(sql, gateway, tenant, owner)) !== 'foreign' || isSharedWithUs(sql, gateway, tenant, methodId)

/** Returns whether an active customer of the organization pays with a token of a payer that others saved first. */
export const isSharedWithUs = async (
  sql: Sql,
  { accountId, name, usesOurCustomerIds = false }: PaymentGateway,
  { organizationId, environment }: Tenant,
  methodId: string,
): Promise<boolean> =>
  usesOurCustomerIds && isChargedIn(sql, organizationId, { accountId, environment, gateway: name, methodId })
