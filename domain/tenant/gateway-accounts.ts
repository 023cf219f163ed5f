import { invalid } from '../failure/failures.ts'
import type { GatewayName } from '../lifecycle.ts'
import { installationAccount, type Tenant } from '../reference.ts'

/** Whose accounts an organization's customers pay at. */
export const accountChoices = ['own', 'shared', 'own_or_shared'] as const
export type AccountChoice = (typeof accountChoices)[number]

/**
 * The ids of an organization's own active accounts. Null for one that was active, and that its gateway does not permit
 * to charge at present: no other account is used in its place.
 */
export type OwnAccounts = Partial<Record<GatewayName, string | null>>

/** A tenant with what decides which accounts it begins payments with. */
export interface Payer extends Tenant {
  settings: { gatewayAccounts: AccountChoice; ownAccounts: OwnAccounts }
}

/**
 * Returns the id of the account with which something new begins at a gateway. Undefined if the organization must use
 * its own and has no active one, or has one that is restricted. An existing object keeps its account: do not ask here.
 */
export function accountForNew({ environment, settings }: Payer, gateway: GatewayName): string | undefined {
  const own = settings.gatewayAccounts === 'shared' ? undefined : settings.ownAccounts[gateway]
  if (own !== undefined || settings.gatewayAccounts === 'own') return own ?? undefined
  return installationAccount(environment, gateway).accountId
}

/** As `accountForNew`. Throws `invalid_request` if there is none. */
export function requireAccountForNew(payer: Payer, gateway: GatewayName): string {
  const accountId = accountForNew(payer, gateway)
  if (accountId) return accountId
  throw invalid('gateway', `${gateway} is not set up for this organization`)
}

/** `keys`: called with keys of its own. `connect`: with those of the installation's account, as a platform. */
export const accountAuths = ['keys', 'connect'] as const
export type AccountAuth = (typeof accountAuths)[number]

/**
 * `pending`: a connected account that the gateway does not permit to charge, not yet or not at present. `active`:
 * payments begin with it. `draining`: nothing new begins. `disabled`: nothing more is charged either. Each still
 * verifies events, reads, cancels, refunds and removes payment methods.
 */
export const accountStatuses = ['pending', 'active', 'draining', 'disabled'] as const
export type AccountStatus = (typeof accountStatuses)[number]

/** The most accounts of an organization in an environment, in any status. */
export const mostAccounts = 50
/** The most webhook secrets of an account that verify events at a time. */
export const mostWebhookSecrets = 5

/** What calls of an account are made with. In memory only. */
export interface AccountKeys {
  publishableKey: string
  secretKey: string
  /** All that verify events, newest first. */
  webhookSecrets: string[]
  /** The webhook endpoint at the gateway, if it is part of the signature. */
  webhookEndpointId: string | null
}
