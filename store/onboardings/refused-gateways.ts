import type { GatewayName } from '../../domain/lifecycle.ts'
import type { Database, Sql } from '../database/database.ts'
import { underLock } from '../database/lock.ts'
import type { OnboardingReference, Tenant } from '../../domain/reference.ts'
import { reportTaskUnderLock } from './operator-tasks.ts'

/**
 * Seconds for which a gateway that rejected our account is not offered. After that a customer may try it, which shows
 * whether it accepts the account again.
 */
const notOfferedFor = 300

/**
 * Records that a gateway refuses to begin this onboarding: the account lacks a permission, key or setting, or the
 * organization's data is rejected. Reports it to an operator once per onboarding. Only this organization stops offering
 * the gateway for a while, because the cause may be its own. `code` is ours or the vendor's.
 */
export async function recordGatewayRefused(
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
    if (rows.length > 0) await reportTaskUnderLock(sql, reference, 'gateway_refused')
  })
}

const of = (sql: Sql, { organizationId, environment }: Tenant) =>
  sql`organization_id = ${organizationId} and environment = ${environment}`

/** Records that a gateway accepts our account again, so that this organization needs no operator for it. */
export async function recordGatewayAccepted(sql: Sql, tenant: Tenant, gateway: GatewayName): Promise<void> {
  await sql`delete from refused_gateways where ${of(sql, tenant)} and gateway = ${gateway}`
}

/** Returns the gateways that this organization does not currently offer because they rejected our account. */
export async function listRefusedGateways(sql: Sql, tenant: Tenant): Promise<GatewayName[]> {
  const rows = await sql<{ gateway: GatewayName }[]>`
    select gateway from refused_gateways where ${of(sql, tenant)} and offered_at > now()`
  return rows.map(({ gateway }) => gateway)
}

/**
 * Offers the gateway of this onboarding again immediately, after an operator confirmed that it accepts our account.
 */
export async function offerRefusedGateway(sql: Sql, onboardingId: string): Promise<void> {
  await sql`
    update refused_gateways r set offered_at = now()
    from onboardings o
    where o.id = ${onboardingId} and r.organization_id = o.organization_id and r.environment = o.environment
      and r.gateway = o.refused_gateway`
}
