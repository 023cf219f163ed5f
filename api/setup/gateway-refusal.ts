import { conflict, type Failure } from '../../domain/failure/failures.ts'
import { isGatewayError, isOtherSetup, type GatewayError } from '../../domain/payment/gateway-errors.ts'
import type { GatewayName } from '../../domain/lifecycle.ts'
import { accountForNew, type Payer } from '../../domain/tenant/gateway-accounts.ts'
import type { GatewayAccount, OnboardingReference } from '../../domain/reference.ts'
import { recordGatewayRefused } from '../../store/onboardings/refused-gateways.ts'
import type { ApiDependencies } from '../dependencies.ts'

/**
 * Returns whether a gateway rejects the service's account: its permissions, its key or the account itself. A retry does
 * not help until an operator acts.
 */
export const isAccountRefused = (error: unknown): error is GatewayError =>
  isGatewayError(error, 'refused') && !isOtherSetup(error)

/**
 * Notifies operators that a gateway rejects the service's account: in the log, with an event, and in `needs_person` of
 * the onboarding. Returns the error for the caller. Of the customer, only ids are logged.
 */
export async function reportRefusal(
  d: ApiDependencies,
  reference: OnboardingReference,
  { gateway, accountId }: Pick<GatewayAccount, 'gateway' | 'accountId'>,
  error: GatewayError,
): Promise<Failure> {
  const { organizationId: organization, environment, onboardingId: onboarding } = reference
  const { vendorCode: code } = error
  d.log.error(
    { organization, environment, gateway, account: accountId, code, onboarding },
    'a gateway rejects our account; an operator must act (docs/operations.md, gateway_refused)',
  )
  await recordGatewayRefused(d.database, reference, { gateway, accountId }, code)
  return conflict(
    'gateway_refused',
    'gateway',
    'rejects the account of this service; the operators were notified. Use another gateway in the meantime',
  )
}

/**
 * Runs the opening of a gateway for an onboarding. If its account cannot be used, for example because its keys cannot
 * be decrypted, notifies operators and throws the error for the caller.
 */
export async function reportingRefusal<Opened>(
  d: ApiDependencies,
  reference: OnboardingReference,
  payer: Payer,
  gateway: GatewayName,
  open: () => Promise<Opened>,
): Promise<Opened> {
  try {
    return await open()
  } catch (error) {
    if (!isAccountRefused(error)) throw error
    throw await reportRefusal(d, reference, { gateway, accountId: accountForNew(payer, gateway)! }, error)
  }
}
