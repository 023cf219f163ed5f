/** What each kind of thing's id begins with. */
export const idPrefixes = {
  organization: 'org',
  brand: 'brand',
  apiKey: 'key',
  customer: 'cus',
  billingCustomer: 'bc',
  onboarding: 'onb',
  charge: 'ch',
  billableItem: 'bi',
  enrollment: 'enr',
  event: 'evt',
} as const

export type Kind = keyof typeof idPrefixes

const shapes = Object.fromEntries(
  Object.entries(idPrefixes).map(([kind, prefix]) => [kind, new RegExp(`^${prefix}_[0-9a-hjkmnp-tv-z]{26}$`)]),
) as Record<Kind, RegExp>

/** Says whether `value` has the shape of an id of this kind; whether it exists is another question. */
export function isIdOf(kind: Kind, value: string): boolean {
  return shapes[kind].test(value)
}

/** The edge door's name for a charge: `ch_…` is `rev_…` there. */
export const toEdgeRevenueId = (id: string | null) => id?.replace(/^ch_/, 'rev_') ?? null

/** The edge door's name for an enrollment: `enr_…` is `ts_…` there. */
export const toEdgeEnrollmentId = (id: string) => id.replace(/^enr_/, 'ts_')
