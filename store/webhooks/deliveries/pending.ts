import type { Sql } from '../../database/database.ts'

// The planner estimates from statistics that a backlog outruns: they say that nothing is pending while 100,000
// deliveries are. So no statement leaves it a choice of indexes: each condition is that of one index, or of none.

/** Pending deliveries, in the order in which they are due: by `webhook_deliveries_due`. */
export const pendingByTime = (sql: Sql) => sql`state = 'pending' and due_at > '-infinity'`

/** Pending deliveries of single billing customers, in the order of their events: by `webhook_deliveries_lane`. */
export const pendingByCustomer = (sql: Sql) => sql`state = 'pending' and happened_at > '-infinity'`

/** Whether delivery `d`, which is found by its ids, is pending: by the primary key. */
export const isPending = (sql: Sql) => sql`case d.state when 'pending' then true end`

/** When the first pending delivery of endpoint `w` is due; null if none is pending. Reads one row. */
export const firstDue = (sql: Sql) => sql`
  (select due_at from webhook_deliveries where endpoint_id = w.id and ${pendingByTime(sql)} order by due_at limit 1)`
