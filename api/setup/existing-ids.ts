import { conflict, Failure, invalid } from '../../domain/failure/failures.ts'
import { isOnboardedWhenAsked, type GatewayName } from '../../domain/lifecycle.ts'
import { accountForNew, requireAccountForNew } from '../../domain/tenant/gateway-accounts.ts'
import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import { verifyExistingIds, type ExistingIds, type VerifiedIds } from '../../payments/customers/existing-ids.ts'
import type { GatewayAccount } from '../../domain/reference.ts'
import { recordAccountRefused } from '../../store/gateway-accounts/refused-accounts.ts'
import { readContactRecord } from '../../store/billing-customers/contact-record.ts'
import { mapExistingCustomer } from '../../store/customers/existing-customer.ts'
import type { OpenResult } from '../../store/lifecycle/onboarding-request.ts'
import type { Caller } from '../call/auth.ts'
import type { ApiDependencies } from '../dependencies.ts'
import { isAccountRefused } from './gateway-refusal.ts'

/**
 * Checks existing ids of a call at the gateway, before anything is created. Returns undefined if they do not apply,
 * because the billing customer is active or suspended: then nothing is checked. Throws `invalid_request` for ids that
 * the organization cannot use, and `unavailable` if the gateway does not answer.
 */
export async function requireUsableIds(
  d: ApiDependencies,
  caller: Caller,
  contactId: string,
  { gateway: name, ...ids }: ExistingIds & { gateway: GatewayName },
): Promise<Pick<VerifiedIds, 'isSaved'> | undefined> {
  const { organizationId, environment } = caller
  const known = await readContactRecord(d.database, { organizationId, environment, contactId })
  if (known && !isOnboardedWhenAsked(known.status)) return undefined
  const failed = (error: unknown) =>
    throwFailure(d, caller, { gateway: name, accountId: accountForNew(caller, name)! }, error)
  const gateway = await d.gateways.current(caller, name).catch(failed)
  if (!gateway) throw invalid('gateway', `${name} is not set up for this organization`)
  const verified = await verifyExistingIds(d.database, gateway, caller, ids).catch(failed)
  if (verified.wrong) throw invalid(verified.wrong.param, verified.wrong.message)
  return verified
}

async function throwFailure(
  d: ApiDependencies,
  caller: Caller,
  { gateway, accountId }: Pick<GatewayAccount, 'gateway' | 'accountId'>,
  error: unknown,
): Promise<never> {
  if (!isGatewayError(error)) throw error
  if (!isAccountRefused(error))
    throw new Failure('unavailable', 'the gateway is not responding; try again', { retryAfter: 5, cause: error })
  const { organizationId: organization, environment } = caller
  const code = error.vendorCode
  if (error.rejectsAccount) await recordAccountRefused(d.database, caller, { gateway, accountId }, code)
  d.log.error(
    { organization, environment, gateway, account: accountId, code },
    'a gateway rejects our account; an operator must act',
  )
  throw conflict('gateway_refused', 'gateway', 'rejects the account of this service; try again later')
}

/** Maps the gateway customer of a call, if it has one, to the customer of the opened onboarding. */
export async function mapExisting(
  d: ApiDependencies,
  { organizationId, environment, id, settings }: Caller,
  { billingCustomer: { customerId } }: OpenResult,
  { gateway, gatewayCustomerId }: ExistingIds & { gateway: GatewayName },
): Promise<void> {
  if (gatewayCustomerId === undefined) return
  const accountId = requireAccountForNew({ organizationId, environment, settings }, gateway)
  const existing = { customerId, accountId, gateway, gatewayCustomerId }
  await d.database.begin((sql) => mapExistingCustomer(sql, { organizationId, environment }, existing, id))
}
