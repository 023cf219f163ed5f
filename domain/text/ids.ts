import { whyNotText } from './free-text.ts'

/** Id prefixes by kind. */
export const idPrefixes = {
  organization: 'org',
  brand: 'brand',
  apiKey: 'key',
  customer: 'cus',
  billingCustomer: 'bc',
  onboarding: 'onb',
  charge: 'ch',
  refund: 'rfd',
  billableItem: 'bi',
  enrollment: 'enr',
  event: 'evt',
  bulkOnboarding: 'bulk',
  webhookEndpoint: 'we',
  gatewayAccount: 'ga',
} as const

export type Kind = keyof typeof idPrefixes

/** Prefixes that doors use instead of ours; the rest of the id is the same. */
export const doorPrefixes = {
  moment: { customer: 'bcus' },
  flexprice: { customer: 'cust' },
  edge: { charge: 'rev', enrollment: 'ts' },
} as const

const shapes = Object.fromEntries(
  Object.entries(idPrefixes).map(([kind, prefix]) => [kind, new RegExp(`^${prefix}_[0-9a-hjkmnp-tv-z]{26}$`)]),
) as Record<Kind, RegExp>

/** Returns whether `value` has the form of an id of this kind. It does not check that the object exists. */
export function isIdOf(kind: Kind, value: string): boolean {
  return shapes[kind].test(value)
}

const kindOfPrefix = new Map(
  [idPrefixes, ...Object.values(doorPrefixes)].flatMap((prefixes) =>
    Object.entries(prefixes).map(([kind, prefix]) => [prefix as string, kind as Kind]),
  ),
)
const anyShape = /^([a-z]+)_([0-9a-hjkmnp-tv-z]{26})$/
const shortestId = Math.min(...[...kindOfPrefix.keys()].map((prefix) => prefix.length)) + 27

export interface ReadId {
  kind: Kind
  /** In the native form. */
  id: string
}

/**
 * Parses one of our ids in any spelling: with the prefix of any door, in uppercase, in full-width characters, with
 * whitespace or invisible characters anywhere. Returns undefined for any other text, which is a caller's own id.
 */
export function readId(text: string): ReadId | undefined {
  if (text.length < shortestId) return undefined
  const plain = text
    .normalize('NFKC')
    .replace(/[\p{White_Space}\p{Cc}\p{Cf}]/gu, '')
    .toLowerCase()
  const [, prefix, rest] = anyShape.exec(plain) ?? []
  const kind = prefix && kindOfPrefix.get(prefix)
  return kind ? { kind, id: `${idPrefixes[kind]}_${rest}` } : undefined
}

/** Returns our customer id if a text is one in any spelling; otherwise the text unchanged. */
export function customerIdIn(text: string): string {
  const read = readId(text)
  return read?.kind === 'customer' ? read.id : text
}

const kindNames: Record<Kind, string> = {
  organization: 'an organization',
  brand: 'a brand',
  apiKey: 'an API key',
  customer: 'a customer',
  billingCustomer: 'a billing customer',
  onboarding: 'an onboarding',
  charge: 'a charge',
  refund: 'a refund',
  billableItem: 'a billable item',
  enrollment: 'an enrollment',
  event: 'an event',
  bulkOnboarding: 'a bulk onboarding',
  webhookEndpoint: 'a webhook endpoint',
  gatewayAccount: 'a gateway account',
}

/** Returns the kind of an id that is not of the wanted kind, such as `a billing customer`; otherwise undefined. */
export function otherThan(wanted: Kind, text: string): string | undefined {
  const kind = readId(text)?.kind
  return kind === undefined || kind === wanted ? undefined : kindNames[kind]
}

/** `otherThan` for customer ids. */
export const otherThanCustomer = (text: string): string | undefined => otherThan('customer', text)

/** Returns why a text is not a valid external id, or undefined. External ids stored before this rule still resolve. */
export function whyNotExternalId(text: string): string | undefined {
  const kind = readId(text)?.kind
  if (kind) return `must not look like an id of this service: it has the form of the id of ${kindNames[kind]}`
  const wrong = whyNotText(text, 'id')
  if (wrong) return wrong
  // URL parsers remove such segments, even if they are percent-encoded (url.spec.whatwg.org, "dot path segment").
  return text === '.' || text === '..' ? 'must not be . or ..: it cannot be part of a path' : undefined
}

const withPrefix = (prefix: string) => (id: string) => id.replace(/^[a-z]+(?=_)/, prefix)

/** Returns the id of a charge at the edge door: `ch_…` becomes `rev_…`. */
export const toEdgeRevenueId = (id: string | null) => id && withPrefix(doorPrefixes.edge.charge)(id)

/** Returns the id of an enrollment at the edge door: `enr_…` becomes `ts_…`. */
export const toEdgeEnrollmentId = withPrefix(doorPrefixes.edge.enrollment)

/** Returns the id of a customer at the Moment door: `cus_…` becomes `bcus_…`. */
export const toMomentCustomerId = withPrefix(doorPrefixes.moment.customer)

/** Returns the id of a customer at the FlexPrice door: `cus_…` becomes `cust_…`. */
export const toFlexpriceCustomerId = withPrefix(doorPrefixes.flexprice.customer)
