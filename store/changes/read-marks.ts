import type { Sql } from '../database/database.ts'

/**
 * Returns a mark for each of these billing customers that differs after every commit that changes the progress of the
 * newest onboarding. One statement for any number, found by index.
 */
export async function readMarks(sql: Sql, billingCustomerIds: string[]): Promise<Map<string, string>> {
  const rows = await sql<{ id: string; mark: string }[]>`
    select b.id, concat_ws(' ', b.xmin, o.xmin, a.xmins) as mark
    from billing_customers b
      join lateral (
        select id, xmin from onboardings where billing_customer_id = b.id order by n desc limit 1
      ) o on true
      left join lateral (
        select string_agg(xmin::text, ' ' order by number) as xmins from payment_attempts where onboarding_id = o.id
      ) a on true
    where b.id = any(${billingCustomerIds})`
  return new Map(rows.map(({ id, mark }) => [id, mark]))
}
