import type { Author } from '../../domain/events/author.ts'
import { conflict, type Failure } from '../../domain/failure/failures.ts'
import { differingOptions, type PageChanges } from '../../domain/hosted-page.ts'
import type { OnboardingFacts } from '../../domain/onboarding/onboarding.ts'
import type { OnboardingReference } from '../../domain/reference.ts'
import type { Database, Transaction } from '../database/database.ts'
import { underLock } from '../database/lock.ts'
import { insertEvent } from '../events/events.ts'
import { readFacts } from '../onboardings/facts.ts'
import { optionNames, pageColumns, requireOptions } from '../onboardings/page-options.ts'

/**
 * Changes page options of a live onboarding. No run depends on them, so none is signaled. Returns `ended` if the
 * onboarding has ended. Throws `conflict` if it is closing, `invalid_request` if the options do not fit together.
 */
export async function updatePage(
  database: Database,
  reference: OnboardingReference,
  page: PageChanges,
  author: Author,
): Promise<'done' | 'ended'> {
  return underLock(database, reference.billingCustomerId, (sql) => changePage(sql, reference, page, author))
}

/** `updatePage` inside a transaction that has the lock. */
export async function changePage(
  sql: Transaction,
  { onboardingId }: OnboardingReference,
  page: PageChanges,
  author: Author,
): Promise<'done' | 'ended'> {
  const facts = await readFacts(sql, onboardingId)
  if (!facts || facts.endedAt) return 'ended'
  if (facts.closing) throw beingEnded()
  await writeOptions(sql, facts, page, author)
  return 'done'
}

export const beingEnded = (): Failure => conflict('onboarding_closing', 'onboarding', 'is already closing')

/** Writes options that differ, with the event. Throws `invalid_request` if the options do not fit together. */
export async function writeOptions(
  sql: Transaction,
  facts: OnboardingFacts,
  asked: PageChanges,
  author: Author,
): Promise<void> {
  const changes = differingOptions(facts.page, asked)
  const changed = optionNames(changes)
  if (changed.length === 0) return
  requireOptions(facts.page, changes)
  await sql`update onboardings set ${sql(pageColumns(changes))} where id = ${facts.onboardingId}`
  await insertEvent(sql, facts, { type: 'billing_customer.updated', ...author, data: { changed } })
}
