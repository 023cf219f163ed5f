import type { Tenant } from '../../domain/reference.ts'
import type { Database, Sql } from '../database/database.ts'
import { postponed } from '../database/postponed.ts'
import { insertTenantEvent } from '../events/events.ts'

/** Customers that one statement plans: those that the version before deleted. */
const planned = 500

/**
 * Plans the erasure of customers that the version before deleted: from now on, after the delay that their organization
 * set, or else `usual` days.
 */
export async function planErasures(sql: Sql, usual: number): Promise<void> {
  await sql`
    update customers c
    set erase_at = now() + days * interval '1 day', erase_next_at = now() + days * interval '1 day'
    from (
      select o.id, coalesce((
          select (s.value #>> '{}')::integer from settings s
          where s.organization_id = o.organization_id and s.environment = o.environment
            and s.name = 'erasure_delay_days'
        ), ${usual}::integer) as days
      from (
        select id, organization_id, environment from customers
        where deleted_at is not null and erased_at is null and erase_next_at is null
        limit ${planned} for update skip locked
      ) o
    ) due
    where c.id = due.id`
}

export interface DueErasure extends Tenant {
  customerId: string
}

/**
 * Claims customers whose personal data is to be erased, and postpones each by 15 seconds, doubling up to 10 minutes:
 * that of a worker that dies is taken over by another one. Concurrent workers get different ones.
 */
export async function claimDueErasures(sql: Sql, limit: number): Promise<DueErasure[]> {
  return sql<DueErasure[]>`
    update customers c set erase_tries = erase_tries + 1, erase_next_at = ${postponed(sql, sql`c.erase_tries`)}
    from (
      select id from customers
      where deleted_at is not null and erased_at is null and erase_next_at <= now()
      order by erase_next_at limit ${limit} for update skip locked
    ) due
    where c.id = due.id
    returning c.id as customer_id, c.organization_id, c.environment`
}

/** Records that nothing personal is left of a customer, with the event, once. */
export async function finishErasure(database: Database, { customerId, ...tenant }: DueErasure): Promise<void> {
  await database.begin(async (sql) => {
    const { count } = await sql`
      update customers set erased_at = now() where id = ${customerId} and erased_at is null`
    if (count > 0)
      await insertTenantEvent(sql, tenant, {
        type: 'customer.erased',
        actor: 'system',
        data: { customer_id: customerId },
      })
  })
}
