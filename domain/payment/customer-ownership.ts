/**
 * When a customer at the gateway belongs to the organization: `proven`, if its metadata says so; `exclusive`, also
 * without metadata, because nobody else uses the account.
 */
export const accountOwnerships = ['proven', 'exclusive'] as const
export type AccountOwnership = (typeof accountOwnerships)[number]

/**
 * How a gateway customer that the service did not create is recognized as an organization's own. `proven`: its metadata
 * names the organization. `exclusive`: the account belongs to one organization. `exclusive_while_alone`: as `exclusive`
 * while no other organization uses the environment, else as `proven`.
 */
export type CustomerOwnership = AccountOwnership | 'exclusive_while_alone'
