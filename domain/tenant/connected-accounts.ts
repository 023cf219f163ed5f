import type { AccountStatus } from './gateway-accounts.ts'

// Accounts that are connected to the installation's account as a platform. The gateway decides whether they can charge.

/** What a gateway requires of an account's owner, as the API shows it and as it is stored. */
export interface AccountRequirements {
  /** What must be provided now, as the gateway names it. */
  currently_due: string[]
  past_due: string[]
  /** What the gateway reviews. */
  pending_verification: string[]
  /** Why the account is restricted, as the gateway names it. */
  disabled_reason: string | null
  /** ISO 8601: when the account is restricted otherwise. */
  current_deadline: string | null
}

/** What a gateway says of a connected account, as it is stored. */
export interface AccountStanding {
  charges_enabled: boolean
  /** Whether its owner has completed an onboarding link. */
  details_submitted: boolean
  requirements: AccountRequirements
}

/** Returns the status of an account after the gateway was read. `isFree`: no other account is active there. */
export function statusWith(
  status: AccountStatus,
  { charges_enabled }: AccountStanding,
  isFree: boolean,
): AccountStatus {
  if (status === 'pending' && charges_enabled && isFree) return 'active'
  return status === 'active' && !charges_enabled ? 'pending' : status
}

/** Why an account that was disconnected at the gateway cannot be used. */
export const disconnected = 'the account was disconnected from the platform at the gateway'

/** Returns why payments do not begin with an account; null if nothing is wrong. `active`: another one that is. */
export function problemWith(standing: AccountStanding, active: string | undefined): string | null {
  const { charges_enabled, details_submitted, requirements } = standing
  if (charges_enabled) return active ? `${active} is active: drain or disable it, then activate this account` : null
  if (!details_submitted) return 'the gateway does not permit charges: its owner has not completed an onboarding link'
  const due = [...new Set([...requirements.past_due, ...requirements.currently_due])]
  if (due.length > 0) return `the gateway does not permit charges before its owner provides ${due.join(', ')}`
  return `the gateway does not permit charges at present (${requirements.disabled_reason ?? 'no reason given'})`
}
