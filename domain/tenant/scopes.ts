/** What an API key may be allowed to read or write. */
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
] as const

/** `*` allows all; who may write a resource may read it too. */
export type Scope = `${(typeof resources)[number]}:${'read' | 'write'}`
export const scopes: string[] = ['*', ...resources.flatMap((resource) => [`${resource}:read`, `${resource}:write`])]

export function allows(granted: string[], needed: Scope): boolean {
  return granted.includes('*') || granted.includes(needed) || granted.includes(needed.replace(/:read$/, ':write'))
}

/**
 * Whether one who was granted these is given setup links: a link can submit or replace a payment method, which reading
 * must not.
 */
export const mayHaveLinks = (granted: string[]): boolean => allows(granted, 'billing_customers:write')

/** Whether one who was granted these may grant those: nobody hands on what they do not have. */
export const mayGrant = (granted: string[], wanted: string[]): boolean =>
  granted.includes('*') || wanted.every((scope) => scope !== '*' && allows(granted, scope as Scope))
