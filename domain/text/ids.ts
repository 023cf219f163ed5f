import { whyNotText } from './free-text.ts'

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

/** The prefixes that doors write in place of ours, before the same characters. */
export const doorPrefixes = {
  moment: { customer: 'bcus' },
  flexprice: { customer: 'cust' },
  edge: { charge: 'rev', enrollment: 'ts' },
} as const

const shapes = Object.fromEntries(
  Object.entries(idPrefixes).map(([kind, prefix]) => [kind, new RegExp(`^${prefix}_[0-9a-hjkmnp-tv-z]{26}$`)]),
) as Record<Kind, RegExp>

/** Says whether `value` has the shape of an id of this kind; whether it exists is another question. */
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
  /** As the native API writes it. */
  id: string
}

/**
 * Reads an id of ours in any spelling: with the prefix of any door, in capitals, in full-width characters, with blanks
 * or invisible characters anywhere. Returns undefined for everything else: that is a caller's own id.
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

/** Our id of the customer that a text names in any spelling; other texts as they are. */
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
  billableItem: 'a billable item',
  enrollment: 'an enrollment',
  event: 'an event',
}

/** What a text names where it is the id of something of another kind, such as `a billing customer`. */
export function otherThan(wanted: Kind, text: string): string | undefined {
  const kind = readId(text)?.kind
  return kind === undefined || kind === wanted ? undefined : kindNames[kind]
}

/** The same where a customer is wanted. */
export const otherThanCustomer = (text: string): string | undefined => otherThan('customer', text)

/**
 * Why a text cannot become an external id; undefined where it can. Ids that were stored before the rule still resolve.
 */
export function whyNotExternalId(text: string): string | undefined {
  const kind = readId(text)?.kind
  if (kind) return `must not look like an id of ours: it has the form of the id of ${kindNames[kind]}`
  const wrong = whyNotText(text, 'id')
  if (wrong) return wrong
  // URL parsers remove such segments, also where they are percent-encoded (url.spec.whatwg.org, "dot path segment").
  return text === '.' || text === '..' ? 'must not be . or ..: no path can hold it' : undefined
}

const withPrefix = (prefix: string) => (id: string) => id.replace(/^[a-z]+(?=_)/, prefix)

/** The edge door's name for a charge: `ch_…` is `rev_…` there. */
export const toEdgeRevenueId = (id: string | null) => id && withPrefix(doorPrefixes.edge.charge)(id)

/** The edge door's name for an enrollment: `enr_…` is `ts_…` there. */
export const toEdgeEnrollmentId = withPrefix(doorPrefixes.edge.enrollment)

/** Moment's name for a customer: `cus_…` is `bcus_…` there. */
export const toMomentCustomerId = withPrefix(doorPrefixes.moment.customer)

/** FlexPrice's name for a customer: `cus_…` is `cust_…` there. */
export const toFlexpriceCustomerId = withPrefix(doorPrefixes.flexprice.customer)
