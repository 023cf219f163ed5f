import type { Tenant } from '../../domain/reference.ts'
import type { Sql } from '../database/database.ts'

export interface EmailMatch {
  email: string
  /** The address as emails are compared: without its case. */
  folded: string
  /** The external ids of the customers that have it; null for one without. */
  contacts: (string | null)[]
}

/** Returns for each address the tenant's customers that have it, regardless of case. */
export function matchEmails(
  sql: Sql,
  { organizationId, environment }: Tenant,
  emails: string[],
): Promise<EmailMatch[]> {
  return sql<EmailMatch[]>`
    select e.email, fold_text(e.email) as folded,
      coalesce(array_agg(c.external_id) filter (where c.id is not null), '{}') as contacts
    from unnest(${emails}::text[]) as e (email)
    left join customers c on c.organization_id = ${organizationId} and c.environment = ${environment}
      and c.deleted_at is null and c.email is not null and fold_text(c.email) = fold_text(e.email)
    group by e.email`
}
