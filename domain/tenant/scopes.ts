/** Resources that the scopes of an API key name. */
export const resources = [
  'customers',
  'billing_customers',
  'billable_items',
  'enrollments',
  'charges',
  'events',
  'api_keys',
  'brands',
  'settings',
  'bulk_onboardings',
  'webhook_endpoints',
  'gateway_accounts',
] as const

/** `*` grants everything; `write` includes `read`. */
export type Scope = `${(typeof resources)[number]}:${'read' | 'write'}`
export const scopes: string[] = ['*', ...resources.flatMap((resource) => [`${resource}:read`, `${resource}:write`])]

/** Returns whether the granted scopes include the needed one. */
export function allows(granted: string[], needed: Scope): boolean {
  return granted.includes('*') || granted.includes(needed) || granted.includes(needed.replace(/:read$/, ':write'))
}

/**
 * Returns whether these scopes include setup links: a link can submit or replace a payment method, so a read scope does
 * not.
 */
export const mayHaveLinks = (granted: string[]): boolean => allows(granted, 'billing_customers:write')

/** Returns whether a key with the scopes `granted` may grant `wanted`: a key can grant only scopes that it has. */
export const mayGrant = (granted: string[], wanted: string[]): boolean =>
  granted.includes('*') || wanted.every((scope) => scope !== '*' && allows(granted, scope as Scope))
