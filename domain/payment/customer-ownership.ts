import type { AccountOwnership } from '../tenant/gateway-accounts.ts'

/**
 * How a gateway customer that the service did not create is recognized as an organization's own. `proven`: its metadata
 * names the organization. `exclusive`: the account belongs to one organization. `exclusive_while_alone`: as `exclusive`
 * while no other organization uses the environment, else as `proven`.
 */
export type CustomerOwnership = AccountOwnership | 'exclusive_while_alone'
