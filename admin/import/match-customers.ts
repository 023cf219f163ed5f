import { whyNotExternalId } from '../../domain/text/ids.ts'
import type { ListedCustomer } from '../../gateways/gateway.ts'

const longestExternalId = 256

/** The result of a customer of the account. */
export const verdicts = ['matched', 'ambiguous', 'without_method', 'unmatched', 'not_owned'] as const
export type Verdict = (typeof verdicts)[number]

/** A customer of the account with what our records say about it. */
export interface Candidate {
  id: string
  methodId: string | null
  unsupported: ListedCustomer['unsupported']
  /** Whether the organization can use it. */
  isOwned: boolean
  /** The text in its metadata under the key of external ids. */
  externalId: string | undefined
  /** Its email as it is compared; null if it has none. */
  email: string | null
  /** The external ids of our customers with this email. One without an external id is null. */
  contacts: (string | null)[]
}

export interface Match {
  id: string
  methodId: string | null
  verdict: Verdict
  /** Why it is not matched; null if it is. */
  reason: string | null
  /** Whom it belongs to, or may belong to. */
  externalIds: string[]
}

/**
 * Matches customers of an account to contacts: by the external id in their metadata; else by their email, if exactly
 * one customer there and exactly one of ours have it. Pure. All that lead to one contact are ambiguous: a person must
 * say which of them is right.
 */
export function matchCustomers(candidates: Candidate[]): Match[] {
  const owned = candidates.filter(({ isOwned }) => isOwned)
  const emails = count(owned.flatMap(({ email }) => email ?? []))
  const targets = new Map(owned.map((candidate) => [candidate, targetOf(candidate, emails)]))
  const uses = count([...targets.values()].flatMap(({ externalId }) => externalId ?? []))
  return candidates.map((candidate) => {
    const { id, methodId } = candidate
    const { verdict, reason, externalIds } = judge(candidate, targets.get(candidate), uses)
    return { id, methodId, verdict, reason, externalIds }
  })
}

/** Returns an external id as it is stored; undefined if no contact can have it. */
function readExternalId(text: string): string | undefined {
  const stored = text.normalize('NFC')
  return stored.length > longestExternalId || whyNotExternalId(stored) ? undefined : stored
}

interface Target {
  externalId?: string
  reason?: string
  ambiguous?: string[]
}

function targetOf({ externalId: text, email, contacts }: Candidate, emails: Map<string, number>): Target {
  if (text !== undefined && text !== '') {
    const externalId = readExternalId(text)
    return externalId === undefined ? { reason: 'invalid_external_id' } : { externalId }
  }
  const known = contacts.filter((contact) => contact !== null)
  if (email === null || contacts.length === 0) return { reason: 'no_contact' }
  if (contacts.length > 1 || emails.get(email)! > 1) return { reason: 'same_email', ambiguous: known }
  return known[0] === undefined ? { reason: 'contact_without_external_id' } : { externalId: known[0] }
}

function judge(
  { methodId, unsupported, isOwned }: Candidate,
  target: Target | undefined,
  uses: Map<string, number>,
): Pick<Match, 'verdict' | 'reason' | 'externalIds'> {
  if (!isOwned || !target) return { verdict: 'not_owned', reason: 'not_of_this_organization', externalIds: [] }
  const { externalId, reason, ambiguous } = target
  const externalIds = externalId === undefined ? (ambiguous ?? []) : [externalId]
  if (methodId === null) return { verdict: 'without_method', reason: missingMethod[unsupported ?? 'none'], externalIds }
  if (ambiguous) return { verdict: 'ambiguous', reason: reason!, externalIds }
  if (externalId === undefined) return { verdict: 'unmatched', reason: reason!, externalIds }
  if (uses.get(externalId)! > 1) return { verdict: 'ambiguous', reason: 'same_contact', externalIds }
  return { verdict: 'matched', reason: null, externalIds }
}

const missingMethod = { none: 'no_default_method', source: 'default_source', type: 'other_type' }

function count(texts: string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  return counts
}
