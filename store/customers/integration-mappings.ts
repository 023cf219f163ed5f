import type { IntegrationMapping } from '../../domain/tenant/customer-profile.ts'
import type { GatewayName } from '../../domain/lifecycle.ts'
import type { Sql } from '../database/database.ts'
import type { Tenant } from '../../domain/reference.ts'

/** Selects the mappings of customer `c` as one column. */
export const mappingsOf = (sql: Sql) => sql`(
  select coalesce(json_agg(json_build_object('provider', m.provider, 'id', m.entity_id) order by m.provider), '[]')
  from integration_mappings m where m.customer_id = c.id
)`

/** Sets the given mappings; other mappings are unchanged. */
export async function writeMappings(
  sql: Sql,
  { organizationId, environment }: Tenant,
  customerId: string,
  mappings: IntegrationMapping[],
): Promise<void> {
  for (const { provider, id } of mappings)
    await sql`
      insert into integration_mappings ${sql({ customerId, organizationId, environment, provider, entityId: id })}
      on conflict (customer_id, provider) do update set entity_id = excluded.entity_id`
}

/** Returns the gateway customer that the caller mapped, if any. */
export async function mappedGatewayCustomer(
  sql: Sql,
  customerId: string,
  gateway: GatewayName,
): Promise<string | undefined> {
  const [row] = await sql<{ entityId: string }[]>`
    select entity_id from integration_mappings where customer_id = ${customerId} and provider = ${gateway}`
  return row?.entityId
}
