import type { GatewayAccount } from '../../domain/reference.ts'
import type { Sql } from '../database/database.ts'

/**
 * Lists charges of ended onboardings that may have changed at the gateway: charges up to 7 days old, and those with
 * refunds up to 40 days old or still pending. In id order, after `after`.
 */
export async function listChargesToCheck(sql: Sql, after: string, limit: number): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select c.id from charges c join onboardings o on o.id = c.onboarding_id
    where c.id > ${after} and o.ended_at is not null
      and (c.created_at > now() - interval '7 days'
        or (c.state in ('refund_pending', 'refunded') and c.created_at > now() - interval '40 days')
        or c.id in (
          select charge_id from refunds where state = 'pending' or created_at > now() - interval '40 days'))
    order by c.id limit ${limit}`
  return rows.map(({ id }) => id)
}

/** Returns those of the gateway's paid objects that are not recorded as paid here. */
export async function listNotKnownAsPaid(
  sql: Sql,
  { accountId }: GatewayAccount,
  objectIds: string[],
): Promise<string[]> {
  const rows = await sql<{ objectId: string }[]>`
    select given.object_id from unnest(${objectIds}::text[]) as given (object_id)
    where not exists (
      select 1 from payment_objects p
      where p.account_id = ${accountId} and p.object_id = given.object_id and p.state = 'paid')`
  return rows.map(({ objectId }) => objectId)
}
