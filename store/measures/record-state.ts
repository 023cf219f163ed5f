import type { RecordState } from '../../metrics/record.ts'
import type { Sql } from '../database/database.ts'
import { firstDue } from '../webhooks/deliveries/pending.ts'

/** Reads what metrics show of the record: six statements, of which the first reads every live onboarding. */
export async function readRecordState(sql: Sql): Promise<RecordState> {
  const [live, charges, deadEvents, endpoints, [due], [round]] = await Promise.all([
    readLive(sql),
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
  ])
  return {
    live: live.map(({ overdueFor: _, ...group }) => group),
    overdueFor: Math.max(0, ...live.map(({ overdueFor }) => overdueFor)),
    charges,
    deadEvents,
    endpoints,
    deliveryDueFor: due!.seconds,
    reconciledAt: round!.at,
  }
}

/** `overdueFor`: seconds since which one of the group is due. Each claim of a dispatcher postpones `wake_at`. */
const readLive = (sql: Sql) => sql<(RecordState['live'][number] & { overdueFor: number })[]>`
  select environment, gateway, blocked_on, blocked_reason as reason, count(*),
    extract(epoch from now() - min(case when wakes > 0 then coalesce(first_wake_at, wake_at) else wake_at end))::float8
      as overdue_for
  from onboardings where ended_at is null
  group by environment, gateway, blocked_on, blocked_reason`
