import type { RecordState } from '../../metrics/record.ts'
import type { Sql } from '../database/database.ts'
import { dueBefore } from '../database/postponed.ts'
import { firstDue } from '../webhooks/deliveries/pending.ts'

/** Reads what metrics show of the record: nine statements, of which the first reads every live onboarding. */
export async function readRecordState(sql: Sql): Promise<RecordState> {
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
    sql<RecordState['eventsReadAt']>`
      select a.gateway, extract(epoch from max(l.finished_at))::float8 as at
      from gateway_lists l join gateway_accounts a on a.id = l.account_id
      where l.list = 'events' and l.finished_at is not null group by a.gateway`,
    readCompared(sql),
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
 * that of `currentStep`: what waits for the customer is not paid, so only charges of the others are looked up.
 */
const readLive = (sql: Sql) => sql<(RecordState['live'][number] & { overdueFor: number })[]>`
  select environment, gateway, blocked_on, blocked_reason as reason, step, count(*),
    extract(epoch from now() - min(case when wakes > 0 then coalesce(first_wake_at, wake_at) else wake_at end))::float8
      as overdue_for
  from (
    select o.*, case
        when o.blocked_on = 'customer' and a.state is distinct from 'open' then 'payment_method'
        when (select true from charges c where c.onboarding_id = o.id and c.state = 'succeeded' limit 1)
          then 'activation'
        when o.closing is null and o.require_initial and a.state = 'open' then 'initial_charge'
        else 'payment_method'
      end as step
    from onboardings o
      left join payment_attempts a on a.onboarding_id = o.id and a.closed_at is null
    where o.ended_at is null
  ) live
  group by environment, gateway, blocked_on, blocked_reason, step`

/** Since when the run of a charge with a pending refund, or of a bulk onboarding, is due. Few rows have a `wake_at`. */
const readOverdue = (sql: Sql) => sql<{ overdueFor: number }[]>`
  select coalesce(extract(epoch from now() - min(due_at)), 0)::float8 as overdue_for
  from (
    select ${dueBefore(sql, sql`wake_at`, sql`wakes`)} as due_at from charges where wake_at is not null
    union all
    select ${dueBefore(sql, sql`wake_at`, sql`wakes`)} from bulk_onboardings where wake_at is not null
  ) due`

/** Until when the lists of accounts were compared, the oldest of each kind. A disabled account cannot be read. */
const readCompared = (sql: Sql) => sql<RecordState['compared']>`
  select a.environment, a.gateway,
    case when a.organization_id is null then 'installation' when a.auth = 'connect' then 'connected' else 'own' end
      as account,
    extract(epoch from min(l.compared_until))::float8 as until
  from gateway_lists l join gateway_accounts a on a.id = l.account_id
  where a.status <> 'disabled' and l.list in ('payments', 'refunds', 'disputes')
  group by 1, 2, 3`
