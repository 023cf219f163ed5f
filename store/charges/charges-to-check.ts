import type { Sql } from '../database/database.ts'

/** A charge to read at its gateway. `differsSince`: since when a list shows it otherwise, in microseconds. */
export interface ChargeToRead {
  id: string
  differsSince: string | null
}

/**
 * Lists charges of an account whose onboardings have ended, and that are to be read at the gateway: those that its
 * lists show otherwise, and those with a pending refund. `eachRecent`: also charges up to 7 days old and those with
 * refunds up to 40 days old, if the account cannot be listed. In id order, after `after`.
 */
export async function listChargesToRead(
  sql: Sql,
  { accountId, eachRecent }: { accountId: string; eachRecent: boolean },
  after: string,
  limit: number,
): Promise<ChargeToRead[]> {
  return sql<ChargeToRead[]>`
    select c.id, c.differs_since::text from charges c join onboardings o on o.id = c.onboarding_id
    where c.account_id = ${accountId} and c.id > ${after} and o.ended_at is not null
      and (c.differs_since is not null
        or c.id in (select charge_id from refunds where state = 'pending')
        or ${eachRecent} and (c.created_at > now() - interval '7 days'
          or (c.state in ('refund_pending', 'refunded') and c.created_at > now() - interval '40 days')
          or c.id in (select charge_id from refunds where created_at > now() - interval '40 days')))
    order by c.id limit ${limit}`
}

/** Records that a charge was read. It stays marked if a list has shown a difference since. */
export async function recordRead(sql: Sql, { id, differsSince }: ChargeToRead): Promise<void> {
  await sql`
    update charges set unlisted_since = null, differs_since = null
    where id = ${id} and differs_since is not distinct from ${differsSince}::text::timestamptz
      and (differs_since is not null or unlisted_since is not null)`
}

/**
 * Marks the charges of an account with refunds of the last 40 days, once a day: no list shows a refund again that fails
 * days after it was made.
 */
export async function markRecentRefunds(sql: Sql, accountId: string): Promise<void> {
  await sql`
    with due as (
      insert into gateway_lists as l (account_id, list, compared_until) values (${accountId}, 'recent_refunds', now())
      on conflict (account_id, list) do update set compared_until = now()
      where l.compared_until < now() - interval '20 hours'
      returning account_id
    )
    update charges set differs_since = now()
    where account_id in (select account_id from due) and differs_since is null
      and id in (select charge_id from refunds where state = 'succeeded' and created_at > now() - interval '40 days')`
}
