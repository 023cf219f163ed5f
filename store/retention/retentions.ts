import type { PendingQuery, Row } from 'postgres'
import { settingRules, type Settings } from '../../domain/tenant/settings.ts'
import type { Tenant } from '../../domain/reference.ts'
import type { Sql } from '../database/database.ts'

/** A tenant that keeps something for a number of days. */
export interface Retention extends Tenant {
  days: number
}

/** Lists the tenants with a setting that limits how long something is kept. */
export const listRetentions = (sql: Sql, setting: keyof Settings): Promise<Retention[]> =>
  sql<Retention[]>`
    select organization_id, environment, (value #>> '{}')::integer as days from settings
    where name = ${settingRules[setting].name} and jsonb_typeof(value) = 'number'`

/**
 * Condition on the id of a billing customer: its history is needed, because an onboarding is live, or one of its
 * charges is not decided, is being refunded, or was disputed.
 */
export const isUnderWay = (sql: Sql, billingCustomerId: PendingQuery<Row[]>) => sql`(
  exists (select from onboardings live where live.billing_customer_id = ${billingCustomerId} and live.ended_at is null)
  or exists (
    select from charges c where c.billing_customer_id = ${billingCustomerId} and (
      c.state in ('open', 'unknown', 'refund_pending', 'refund_failed') or (c.late and c.state = 'succeeded')
      or c.wake_at is not null or c.disputed_at is not null
    )
  )
)`
