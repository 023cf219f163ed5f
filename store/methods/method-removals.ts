import type { OnboardingReference } from '../../domain/reference.ts'
import type { Database, Sql, Transaction } from '../database/database.ts'
import { insertEvent } from '../events/events.ts'
import { underLock } from '../database/lock.ts'
import { holderOf } from './method-holders.ts'
import type { SavedMethodToken, MethodUser } from './saved-method.ts'

export interface Removal extends SavedMethodToken {
  /** The onboarding whose undo claimed the removal first. */
  onboardingId: string
  state: 'removing' | 'removed'
  /** Numbers the idempotency key of the call that removes it; 0 or higher. */
  removalNumber: number
}

const columns = (sql: Sql) =>
  sql`account_id, environment, gateway, method_id, onboarding_id, state, c as removal_number`

/**
 * Takes the lock of one saved method until the transaction ends. To prevent deadlocks, it is the last lock of a
 * transaction, after the billing customer's, and one method per transaction (docs/decisions/0012). Without the account:
 * a rolling release must take the same lock, and ids of methods are unique at a gateway.
 */
const lockMethod = (sql: Sql, { environment, gateway, methodId }: SavedMethodToken) =>
  sql`select pg_advisory_xact_lock(hashtextextended(${`${environment}/${gateway}/${methodId}`}, 0))`

async function findUnderLock(sql: Sql, token: SavedMethodToken): Promise<Removal | undefined> {
  const { accountId, methodId } = token
  // A separate statement: it must see what was committed while this transaction waited for the lock.
  const [, [row]] = await Promise.all([
    lockMethod(sql, token),
    sql<Removal[]>`
      select ${columns(sql)} from method_removals
      where account_id = ${accountId} and method_id = ${methodId}`,
  ])
  return row
}

/**
 * Returns whether a saved method was removed or is being removed, so that it must not be used. Whoever uses one records
 * it in the same transaction, under the billing customer's lock, so that a later claim of a removal sees it.
 */
export async function isRemoved(sql: Sql, token: SavedMethodToken): Promise<boolean> {
  return (await findUnderLock(sql, token)) !== undefined
}

/**
 * Claims the removal of a saved method if only `undone` uses it, or joins a claimed removal. Returns undefined if
 * someone else uses it or it is not ours to remove. It then stays at the gateway, and `undone` releases it unless it
 * uses it itself.
 */
export async function claimRemoval(
  database: Database,
  token: SavedMethodToken,
  undone: MethodUser,
  isOursToRemove: boolean,
): Promise<Removal | undefined> {
  return underLock(database, undone.billingCustomerId, async (sql) => {
    const known = await findUnderLock(sql, token)
    if (known) return known
    const holder = await holderOf(sql, token, undone)
    if (!holder && isOursToRemove) return insertRemoval(sql, token, undone)
    // The onboarding to be undone still uses the method: it continues, so this undo is too late.
    if (holder !== 'itself') await letGo(sql, token, undone)
    return undefined
  })
}

async function insertRemoval(sql: Sql, token: SavedMethodToken, { onboardingId }: MethodUser): Promise<Removal> {
  const { accountId, environment, gateway, methodId } = token
  const row = { accountId, environment, gateway, methodId, onboardingId }
  const [made] = await sql<Removal[]>`
    insert into method_removals ${sql(row)} returning ${columns(sql)}`
  return made!
}

/** Records that the method was removed at the gateway. Safe to repeat. */
export async function finishRemoval(database: Database, token: SavedMethodToken, undone: MethodUser): Promise<void> {
  const { accountId, methodId } = token
  await underLock(database, undone.billingCustomerId, async (sql) => {
    await sql`
      update method_removals set state = 'removed', removed_at = now()
      where account_id = ${accountId} and method_id = ${methodId} and state = 'removing'`
    await letGo(sql, token, undone)
  })
}

/** Releases the method from the attempts and objects of what was undone, and from its pending billing customer. */
async function letGo(sql: Transaction, { methodId }: SavedMethodToken, undone: MethodUser): Promise<void> {
  const { billingCustomerId, onboardingId, attempt = null } = undone
  await sql`
    update payment_attempts set method_gone_at = coalesce(method_gone_at, now())
    where onboarding_id = ${onboardingId} and method_id = ${methodId}
      and (${attempt}::integer is null or number = ${attempt})`
  if (attempt !== null) return
  await sql`
    update payment_objects set method_gone_at = coalesce(method_gone_at, now())
    where onboarding_id = ${onboardingId} and method_id = ${methodId}`
  const forgotten = await sql`
    update billing_customers set payment_method_id = null, payment_method_label = null, payment_method_details = null
    where id = ${billingCustomerId} and payment_method_id = ${methodId} and status = 'pending' and not exists (
      select 1 from payment_objects p join onboardings o on o.id = p.onboarding_id
      where o.billing_customer_id = ${billingCustomerId} and o.id <> ${onboardingId} and o.ended_at is null
        and p.method_id = ${methodId} and p.state = 'paid')
    returning id`
  if (forgotten.length > 0)
    await insertEvent(sql, { billingCustomerId }, { type: 'billing_customer.payment_method_removed' })
}

/** Increments the number of a removal, to request it again after the gateway stored a failure as its response. */
export async function nextRemovalNumber(sql: Sql, { accountId, methodId, removalNumber }: Removal): Promise<void> {
  await sql`
    update method_removals set c = ${removalNumber + 1}
    where account_id = ${accountId} and method_id = ${methodId} and c = ${removalNumber}`
}

export type UnfinishedRemoval = Removal & OnboardingReference

/**
 * Claims removals that were not finished for `afterSeconds`, for another attempt, least recently attempted first.
 * Concurrent callers get different ones.
 */
export async function claimUnfinished(sql: Sql, afterSeconds: number, limit: number): Promise<UnfinishedRemoval[]> {
  return sql<UnfinishedRemoval[]>`
    with due as (
      select account_id, method_id from method_removals
      where state = 'removing' and tried_at < now() - ${afterSeconds}::float8 * interval '1 second'
      order by tried_at limit ${limit} for update skip locked
    )
    update method_removals r set tried_at = now()
    from due, onboardings o
    where (r.account_id, r.method_id) = (due.account_id, due.method_id)
      and o.id = r.onboarding_id
    returning r.account_id, r.environment, r.gateway, r.method_id, r.onboarding_id, r.state, r.c as removal_number,
      o.organization_id, o.billing_customer_id`
}
