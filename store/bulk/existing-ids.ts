import { refusalFailure } from '../../domain/failure/submission-refusals.ts'
import { isOnboardedWhenAsked, usualGateway } from '../../domain/lifecycle.ts'
import { requireAccountForNew } from '../../domain/tenant/gateway-accounts.ts'
import { findBillingCustomerOf } from '../billing-customers/billing-customers.ts'
import { mapExistingCustomer } from '../customers/existing-customer.ts'
import type { Transaction } from '../database/database.ts'
import { lockBillingCustomer } from '../database/lock.ts'
import type { OpenResult } from '../lifecycle/onboarding-request.ts'
import { submitUnderLock } from '../payments/submissions.ts'
import type { RowContext } from './row-context.ts'
import type { RowInput } from './row-input.ts'

/** Maps the gateway customer of a row, unless the billing customer is active or suspended. */
export async function mapCustomerOfRow(
  sql: Transaction,
  customerId: string,
  { gateway: named, gatewayCustomerId }: RowInput,
  { bulk: { organizationId, environment, createdBy }, offered, settings }: RowContext,
): Promise<void> {
  if (gatewayCustomerId === undefined) return
  const tenant = { organizationId, environment }
  const known = await findBillingCustomerOf(sql, tenant, customerId)
  if (known && !isOnboardedWhenAsked(known.status)) return
  const gateway = named ?? usualGateway(offered)
  const accountId = requireAccountForNew({ ...tenant, settings }, gateway)
  await mapExistingCustomer(sql, tenant, { customerId, accountId, gateway, gatewayCustomerId }, createdBy)
}

/**
 * Submits the payment method of a row for the opened onboarding, in the transaction of the row. Its run acts on it at
 * `startAt`. Throws a Failure if no submission is allowed now.
 */
export async function submitMethodOfRow(
  sql: Transaction,
  { billingCustomer, onboarding }: OpenResult,
  { gateway: named, gatewayCustomerId, paymentMethodId }: RowInput,
  { offered, settings, startAt, methodIsSaved = false }: Omit<RowContext, 'startOf'> & { startAt: Date },
): Promise<void> {
  if (paymentMethodId === undefined || billingCustomer.status !== 'pending') return
  await lockBillingCustomer(sql, billingCustomer.id)
  const gateway = named ?? usualGateway(offered)
  const accountId = requireAccountForNew({ ...billingCustomer, settings }, gateway)
  const source = methodIsSaved ? 'imported' : 'api'
  const submission = { source, gateway, accountId, reference: paymentMethodId, singleUse: false } as const
  const result = await submitUnderLock(
    sql,
    onboarding.onboardingId,
    { ...submission, gatewayCustomerId, startAt },
    settings,
  )
  if (!result.accepted) throw refusalFailure(result.refusal, result.retryAfter, 'payment_method_id')
}
