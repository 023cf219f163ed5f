import type { GatewayName } from '../../domain/lifecycle.ts'
import type { Database, Sql } from '../database/database.ts'
import { underLock } from '../database/lock.ts'
import type { OnboardingReference, Tenant } from '../../domain/reference.ts'
import { needsPerson } from './needs-person.ts'

/**
 * Seconds for which a gateway that refused us is not offered: after that a customer may try, which tells whether it
 * takes us again.
 */
const notOfferedFor = 300

/**
 * Writes that a gateway does not let us begin for this onboarding: a right, a key or a setting of the account is
 * missing, or it does not take what the organization says. A person is called, once per onboarding, and the gateway is
 * not offered by this organization for a while: what is wrong may be its own, so others go on. `code` is ours or the
 * vendor's.
 */
export async function noteGatewayRefused(
  database: Database,
  reference: OnboardingReference,
  gateway: GatewayName,
  code: string,
): Promise<void> {
  const { organizationId, environment } = reference
  await underLock(database, reference.billingCustomerId, async (sql) => {
    await sql`
      insert into refused_gateways (organization_id, environment, gateway, code, offered_at)
      values (${organizationId}, ${environment}, ${gateway}, ${code}, now() + ${notOfferedFor} * interval '1 second')
      on conflict (organization_id, environment, gateway) do update
        set code = excluded.code, offered_at = excluded.offered_at`
    const rows = await sql`
      update onboardings set refused_gateway = ${gateway} where id = ${reference.onboardingId} and ended_at is null
      returning id`
    if (rows.length > 0) await needsPerson(sql, reference, 'gateway_refused')
  })
}

const of = (sql: Sql, { organizationId, environment }: Tenant) =>
  sql`organization_id = ${organizationId} and environment = ${environment}`

/** Writes that a gateway takes us again: nobody of this organization needs a person for it any more. */
export async function noteGatewayAccepts(sql: Sql, tenant: Tenant, gateway: GatewayName): Promise<void> {
  await sql`delete from refused_gateways where ${of(sql, tenant)} and gateway = ${gateway}`
}

/** Returns the gateways that this organization does not offer just now, as they refused us. */
export async function listRefusedGateways(sql: Sql, tenant: Tenant): Promise<GatewayName[]> {
  const rows = await sql<{ gateway: GatewayName }[]>`
    select gateway from refused_gateways where ${of(sql, tenant)} and offered_at > now()`
  return rows.map(({ gateway }) => gateway)
}

/** Offers the gateway that refused this onboarding again at once: an operator says that it takes us. */
export async function offerRefusedGateway(sql: Sql, onboardingId: string): Promise<void> {
  await sql`
    update refused_gateways r set offered_at = now()
    from onboardings o
    where o.id = ${onboardingId} and r.organization_id = o.organization_id and r.environment = o.environment
      and r.gateway = o.refused_gateway`
}
