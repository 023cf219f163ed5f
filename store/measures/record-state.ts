import type { PendingQuery, Row } from 'postgres'
import type { GatewayAccount } from '../../domain/reference.ts'
import type { RecordState } from '../../metrics/record.ts'
import type { Sql } from '../database/database.ts'
import { dueBefore } from '../database/postponed.ts'
import { firstDue } from '../webhooks/deliveries/pending.ts'

/**
 * Reads what metrics show of the record: nine statements, of which the first reads every live onboarding.
 * `ofInstallation`: the accounts of the installation that are configured. No other of them is read or compared.
 */
export async function readRecordState(
  sql: Sql,
  ofInstallation: Pick<GatewayAccount, 'accountId'>[],
): Promise<RecordState> {
  const lists = listsByKind(
    sql,
    ofInstallation.map(({ accountId }) => accountId),
  )
  const [live, [others], charges, deadEvents, endpoints, [due], [round], eventsReadAt, compared] = await Promise.all([
    readLive(sql),
    readOverdue(sql),
    sql<RecordState['charges']>`
      select environment, state, count(*) from charges
      where state in ('open', 'unknown', 'refund_pending', 'refund_failed') group by environment, state`,
    sql<RecordState['deadEvents']>`
      select gateway, count(*) from gateway_events where state = 'dead' group by gateway`,
    sql<RecordState['endpoints']>`
      select case w.status when 'disabled' then 'disabled' else h.state end as state, count(*)
      from webhook_endpoints w join webhook_health h on h.endpoint_id = w.id
      where w.deleted_at is null and w.kind = 'push' group by 1`,
    sql<{ seconds: number }[]>`
      select coalesce(greatest(0, extract(epoch from now() - min(${firstDue(sql)}))), 0)::float8 as seconds
      from webhook_endpoints w join webhook_health h on h.endpoint_id = w.id
      where w.deleted_at is null and w.kind = 'push' and w.status = 'enabled' and h.state = 'healthy'`,
    sql<{ at: number }[]>`select extract(epoch from finished_at)::float8 as at from reconciliation`,
    readEventLists(sql, lists),
    readCompared(sql, lists),
  ])
  return {
    live: live.map(({ overdueFor: _, ...group }) => group),
    overdueFor: Math.max(0, others!.overdueFor, ...live.map(({ overdueFor }) => overdueFor)),
    charges,
    deadEvents,
    endpoints,
    deliveryDueFor: due!.seconds,
    reconciledAt: round!.at,
    eventsReadAt,
    compared,
  }
}

/**
 * `overdueFor`: seconds since which one of the group is due. Each claim of a dispatcher postpones `wake_at`. `step` is
 * that of `currentStep`: what waits for the customer is not paid, so only charges of the others are looked up. Those
 * that wait are counted by columns alone, which PostgreSQL knows to have few values: it need not sort 100,000 rows.
 */
const readLive = (sql: Sql) => sql<(RecordState['live'][number] & { overdueFor: number })[]>`
  with waiting as (
    select environment, gateway, blocked_on, blocked_reason, 'payment_method' as step, count(*), ${overdue(sql)}
    from onboardings o
    where ended_at is null and blocked_on = 'customer' and not exists (
      select from payment_attempts a where a.onboarding_id = o.id and a.closed_at is null and a.state = 'open')
    group by environment, gateway, blocked_on, blocked_reason
  ), others as (
    select environment, gateway, blocked_on, blocked_reason, step, count(*), ${overdue(sql)}
    from (
      select o.*, case
          when (select true from charges c where c.onboarding_id = o.id and c.state = 'succeeded' limit 1)
            then 'activation'
          when o.closing is null and o.require_initial and a.state = 'open' then 'initial_charge'
          else 'payment_method'
        end as step
      from onboardings o
        left join payment_attempts a on a.onboarding_id = o.id and a.closed_at is null
      where o.ended_at is null and (o.blocked_on is distinct from 'customer' or a.state = 'open')
    ) live
    group by environment, gateway, blocked_on, blocked_reason, step
  )
  select environment, gateway, blocked_on, blocked_reason as reason, step, sum(count)::int8 as count,
    max(overdue_for) as overdue_for
  from (select * from waiting union all select * from others) live
  group by 1, 2, 3, 4, 5`

const overdue = (sql: Sql) => sql`
  extract(epoch from now() - min(case when wakes > 0 then coalesce(first_wake_at, wake_at) else wake_at end))::float8
    as overdue_for`

/** Since when the run of a charge with a pending refund, or of a bulk onboarding, is due. Few rows have a `wake_at`. */
const readOverdue = (sql: Sql) => sql<{ overdueFor: number }[]>`
  select coalesce(extract(epoch from now() - min(due_at)), 0)::float8 as overdue_for
  from (
    select ${dueBefore(sql, sql`wake_at`, sql`wakes`)} as due_at from charges where wake_at is not null
    union all
    select ${dueBefore(sql, sql`wake_at`, sql`wakes`)} from bulk_onboardings where wake_at is not null
  ) due`

/** Lists `l` of accounts `a`, each with the kind of its account. A disabled account cannot be read. */
const listsByKind = (sql: Sql, ofInstallation: string[]) => sql`
  (
    select l.*, a.environment, a.gateway,
      case when a.organization_id is null then 'installation' when a.auth = 'connect' then 'connected' else 'own' end
        as account
    from gateway_lists l join gateway_accounts a on a.id = l.account_id
    where a.status <> 'disabled' and (a.organization_id is not null or a.id = any(${ofInstallation}))
  ) l`

/** When lists of events were last read to their end, the oldest of each kind. One that never was is not in use. */
const readEventLists = (sql: Sql, lists: PendingQuery<Row[]>) => sql<RecordState['eventsReadAt']>`
  select environment, gateway, account, extract(epoch from min(finished_at))::float8 as at
  from ${lists} where list = 'events' and finished_at is not null group by 1, 2, 3`

/** Until when the lists of accounts were compared, the oldest of each kind. */
const readCompared = (sql: Sql, lists: PendingQuery<Row[]>) => sql<RecordState['compared']>`
  select environment, gateway, account, extract(epoch from min(compared_until))::float8 as until
  from ${lists} where list in ('payments', 'refunds', 'disputes') group by 1, 2, 3`
