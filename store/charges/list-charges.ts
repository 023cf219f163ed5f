import type { ChargeState, GatewayName } from '../../domain/lifecycle.ts'
import type { Sql } from '../database/database.ts'
import {
  afterCursor,
  createdWithin,
  only,
  readPage,
  type CreatedRange,
  type Page,
  type PageRequest,
} from '../database/pages.ts'
import type { Tenant } from '../../domain/reference.ts'
import { selectCharges, type ChargeRow } from './charges.ts'

export interface ChargeFilter extends CreatedRange {
  status?: ChargeState | undefined
  billingCustomerId?: string | undefined
  onboardingId?: string | undefined
  gateway?: GatewayName | undefined
}

/** The size of a charge with its refunds in a list. */
const size = (sql: Sql) => sql`, 500 + (
  select coalesce(sum(400 + octet_length(coalesce(f.reason, ''))), 0)::integer from refunds f where f.charge_id = c.id
) as row_bytes`

/** Returns a page of this tenant's charges, newest first. */
export async function listCharges(
  sql: Sql,
  { organizationId, environment }: Tenant,
  filter: ChargeFilter,
  { limit, cursor }: PageRequest,
): Promise<Page<ChargeRow>> {
  const list = sql`
    ${selectCharges(sql, size(sql))}
    where c.organization_id = ${organizationId} and c.environment = ${environment}
      and ${afterCursor(sql, sql`c.id`, cursor, 'charge')}
      ${only(sql, sql`c.state`, filter.status)}
      ${only(sql, sql`c.billing_customer_id`, filter.billingCustomerId)}
      ${only(sql, sql`c.onboarding_id`, filter.onboardingId)}
      ${only(sql, sql`c.gateway`, filter.gateway)}
      ${createdWithin(sql, sql`c.created_at`, filter)}`
  return readPage(sql, list, { limit })
}
