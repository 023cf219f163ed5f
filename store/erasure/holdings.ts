import type { Tenant } from '../../domain/reference.ts'
import type { Sql } from '../database/database.ts'

/** A period in which a customer had an external id. The times are SQL texts; `until` can be `infinity`. */
export interface Holding {
  customerId: string
  externalId: string
  since: string
  until: string
}

/**
 * Lists who had these external ids, and when. A customer got its external id when it gave up the one before. That row
 * is lost once another customer gives the one before up too: a period can begin too early, and then overlaps another.
 */
export const listHoldings = (
  sql: Sql,
  { organizationId, environment }: Tenant,
  externalIds: string[],
): Promise<Holding[]> => {
  const ofTenant = sql`c.organization_id = ${organizationId} and c.environment = ${environment}`
  const current = sql`
    select c.id as customer_id, c.external_id, coalesce(c.deleted_at, 'infinity') as until,
      coalesce((select max(f.until) from former_external_ids f where f.customer_id = c.id), c.created_at) as since
    from customers c where ${ofTenant} and c.external_id = any(${externalIds})`
  return sql<Holding[]>`
    select customer_id, external_id, since::text, until::text from (
      ${current} and c.deleted_at is null
      union all
      -- The condition of the index of those that are still to be erased.
      ${current} and c.deleted_at is not null and c.erased_at is null
      union all
      select f.customer_id, f.external_id, least(f.until, c.deleted_at), coalesce((
          select max(b.until) from former_external_ids b where b.customer_id = f.customer_id and b.until < f.until
        ), c.created_at)
      from former_external_ids f join customers c on c.id = f.customer_id
      where ${ofTenant} and f.organization_id = ${organizationId} and f.environment = ${environment}
        and f.external_id = any(${externalIds})
    ) held`
}
