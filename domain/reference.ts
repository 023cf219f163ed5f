import type { Environment, GatewayName } from './lifecycle.ts'

/** The owner of a row: one organization in one environment. Tenants share no data. */
export interface Tenant {
  organizationId: string
  environment: Environment
}

/** An account at a gateway, whose ids are unique within it. An object keeps its account for life. */
export interface GatewayAccount {
  accountId: string
  environment: Environment
  gateway: GatewayName
}

/** A payment object, by its id at the gateway. */
export interface ObjectAtGateway extends GatewayAccount {
  objectId: string
}

/** Returns the installation's account, whose keys are in environment variables. Migration 0052 has the same ids. */
export const installationAccount = (environment: Environment, gateway: GatewayName): GatewayAccount => ({
  accountId: `ga_${gateway}_${environment}`,
  environment,
  gateway,
})

/** Returns an account as results and logs show it: `gateway/environment`, or its id if it is an organization's own. */
export function accountText({ accountId, environment, gateway }: GatewayAccount): string {
  return installationAccount(environment, gateway).accountId === accountId ? `${gateway}/${environment}` : accountId
}

/** Identifies an onboarding and its owners. Histories contain it, so it holds nothing but ids. */
export interface OnboardingReference extends Tenant {
  billingCustomerId: string
  onboardingId: string
}

/**
 * Returns the reference of the onboarding that a row names. `owner` is an onboarding of the same billing customer,
 * which may be a later one.
 */
export const referenceOf = (
  { environment, organizationId, billingCustomerId }: Omit<OnboardingReference, 'onboardingId'>,
  { onboardingId }: Pick<OnboardingReference, 'onboardingId'>,
): OnboardingReference => ({ environment, organizationId, billingCustomerId, onboardingId })
