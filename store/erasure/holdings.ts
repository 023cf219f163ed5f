import type { Tenant } from '../../domain/reference.ts'
import type { Sql } from '../database/database.ts'

/** A period in which a customer had an external id. The times are SQL texts, and can be `infinity`. */
export interface Holding {
  customerId: string
  externalId: string
  since: string
  until: string
  /** Until when it also names this customer while nobody has it: longer than `until` if nobody had it later. */
  namesUntil: string
}

/** The external ids that customers gave up, each time. Those `isLast` name their customer while nobody has them. */
export const givenUp = (sql: Sql) => sql`
  (
    select organization_id, environment, external_id, customer_id, until, true as is_last from former_external_ids
    union all
    select organization_id, environment, external_id, customer_id, until, false from earlier_external_ids
  )`

/**
 * Lists who had these external ids, and when. A customer got its external id when it gave up the one before. A period
 * can begin too early, and then overlaps another: not all that was given up before migration 0085 is known.
 */
export const listHoldings = (
  sql: Sql,
  { organizationId, environment }: Tenant,
  externalIds: string[],
): Promise<Holding[]> => {
  const ofTenant = sql`c.organization_id = ${organizationId} and c.environment = ${environment}`
  const end = sql`coalesce(c.deleted_at, 'infinity')`
  const current = sql`
    select c.id as customer_id, c.external_id, ${end} as until, ${end} as names_until,
      coalesce((select max(f.until) from ${givenUp(sql)} f where f.customer_id = c.id), c.created_at) as since
    from customers c where ${ofTenant} and c.external_id = any(${externalIds})`
  return sql<Holding[]>`
    select customer_id, external_id, since::text, until::text, names_until::text from (
      ${current} and c.deleted_at is null
      union all
      -- The condition of the index of those that are still to be erased.
      ${current} and c.deleted_at is not null and c.erased_at is null
      union all
      select f.customer_id, f.external_id, least(f.until, c.deleted_at),
        case when f.is_last then ${end} else least(f.until, c.deleted_at) end,
        coalesce((
          select max(b.until) from ${givenUp(sql)} b where b.customer_id = f.customer_id and b.until < f.until
        ), c.created_at)
      from ${givenUp(sql)} f join customers c on c.id = f.customer_id
      where ${ofTenant} and f.organization_id = ${organizationId} and f.environment = ${environment}
        and f.external_id = any(${externalIds})
    ) held`
}
