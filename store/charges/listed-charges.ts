import type { Sql } from '../database/database.ts'

// Compares pages of a gateway's lists with the record, each in one statement. A charge that differs is marked
// (`differs_since`): reconciliation reads it at the gateway before anything is written about it.

/** Rows as a parameter of `json_to_recordset`. */
const rows = (sql: Sql, listed: object[]) => sql`${sql.json(listed as never)}::json`

export interface PaymentToCompare {
  objectId: string
  ours: boolean
  /** Whether it may still fail. */
  pending: boolean
  /** Minor units. */
  amount: number
  currency: string
  /** Null if the list does not show it. */
  refunded: number | null
  disputed: boolean
}

export interface RefundToCompare {
  objectId: string
  id: string
  /** Minor units. */
  amount: number
  state: string
}

/**
 * Compares listed payments with the charges of an account, and marks those that differ. Others are not awaited any
 * longer. Returns the objects that are not recorded as paid, without those of other programs. A pending payment differs
 * only if its charge counts as canceled, and is returned only if it has no row.
 */
export async function comparePayments(sql: Sql, accountId: string, listed: PaymentToCompare[]): Promise<string[]> {
  const notPaid = await sql<{ objectId: string }[]>`
    with compared as (
      select l."objectId" as object_id, l.ours, l.pending, p.onboarding_id, p.state as object_state, c.id as charge_id,
        case when l.pending then c.state = 'canceled' else
          c.state in ('open', 'unknown', 'canceled') or c.amount <> l.amount or c.currency <> l.currency
          or l.disputed and c.disputed_at is null
          or l.refunded is not null and l.refunded <> coalesce((
            select sum(f.amount) from refunds f where f.charge_id = c.id and f.state in ('pending', 'succeeded')
          ), 0) end as differs
      from json_to_recordset(${rows(sql, listed)}) as l ("objectId" text, ours boolean, pending boolean, amount bigint,
        currency text, refunded bigint, disputed boolean)
      left join payment_objects p on p.account_id = ${accountId} and p.object_id = l."objectId"
      left join charges c on c.object_onboarding_id = p.onboarding_id and c.k = p.k
    ), marked as (
      update charges c
      set unlisted_since = null, differs_since = case when f.differs then now() else c.differs_since end
      from compared f where c.id = f.charge_id and (f.differs or c.unlisted_since is not null and not f.pending)
    )
    select object_id from compared
    where object_state is distinct from 'paid' and (onboarding_id is not null or ours)
      and (onboarding_id is null or not pending)`
  return notPaid.map(({ objectId }) => objectId)
}

/** Marks the charges of listed refunds that are not recorded with this state and amount. */
export async function compareRefunds(sql: Sql, accountId: string, listed: RefundToCompare[]): Promise<void> {
  await sql`
    update charges c set differs_since = now()
    from json_to_recordset(${rows(sql, listed)}) as l ("objectId" text, id text, amount bigint, state text)
    join payment_objects p on p.account_id = ${accountId} and p.object_id = l."objectId"
    where c.object_onboarding_id = p.onboarding_id and c.k = p.k and not exists (
      select 1 from refunds f
      where f.charge_id = c.id and f.gateway_refund_id = l.id and f.amount = l.amount and f.state = l.state)`
}

/** Marks the charges of these objects that are not recorded as disputed. */
export async function compareDisputes(sql: Sql, accountId: string, objectIds: string[]): Promise<void> {
  await sql`
    update charges c set differs_since = now()
    from payment_objects p
    where p.account_id = ${accountId} and p.object_id = any(${objectIds})
      and c.object_onboarding_id = p.onboarding_id and c.k = p.k and c.disputed_at is null`
}

/**
 * Marks charges of an account that were recorded as paid before `until`, and that no list has shown since. At most
 * 1,000; returns whether there may be more.
 */
export async function markUnlisted(sql: Sql, accountId: string, until: Date): Promise<boolean> {
  const most = 1_000
  const marked = await sql`
    update charges set differs_since = now(), unlisted_since = null
    where id in (
      select id from charges where account_id = ${accountId} and unlisted_since < ${until}
      order by unlisted_since limit ${most})
    returning id`
  return marked.length === most
}
