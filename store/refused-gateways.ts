import type { Environment, GatewayName } from '../domain/lifecycle.ts'
import type { Database, Sql } from './database.ts'
import { underLock } from './lock.ts'
import { needsPerson } from './refunds.ts'

/** Seconds for which a gateway that refused us is not offered: after that a customer may try, which tells whether it takes us again. */
const notOfferedFor = 300

interface Place {
  environment: Environment
  gateway: GatewayName
}

/**
 * Writes that a gateway does not let us begin for this onboarding: a right, a key or a setting of the account is missing. A person is
 * called, once per onboarding, and the gateway is not offered to anybody for a while. `code` is ours or the vendor's.
 */
export async function noteGatewayRefused(
  database: Database,
  { environment, gateway }: Place,
  reference: { billingCustomerId: string; onboardingId: string },
  code: string,
): Promise<void> {
  await underLock(database, reference.billingCustomerId, async (sql) => {
    await sql`
      insert into refused_gateways (environment, gateway, code, offered_at)
      values (${environment}, ${gateway}, ${code}, now() + ${notOfferedFor} * interval '1 second')
      on conflict (environment, gateway) do update set code = excluded.code, offered_at = excluded.offered_at`
    const rows = await sql`
      update onboardings set refused_gateway = ${gateway} where id = ${reference.onboardingId} and ended_at is null
      returning id`
    if (rows.length > 0) await needsPerson(sql, reference, 'gateway_refused')
  })
}

/** Writes that a gateway takes us again: nobody needs a person for it any more. */
export async function noteGatewayAccepts(sql: Sql, { environment, gateway }: Place): Promise<void> {
  await sql`delete from refused_gateways where environment = ${environment} and gateway = ${gateway}`
}

/** Gateways that are not offered just now, as they refused us. */
export async function listRefusedGateways(sql: Sql, environment: Environment): Promise<GatewayName[]> {
  const rows = await sql<{ gateway: GatewayName }[]>`
    select gateway from refused_gateways where environment = ${environment} and offered_at > now()`
  return rows.map(({ gateway }) => gateway)
}

/** Offers the gateway that refused this onboarding again at once: an operator says that it takes us. */
export async function offerRefusedGateway(sql: Sql, onboardingId: string): Promise<void> {
  await sql`
    update refused_gateways r set offered_at = now()
    from onboardings o
    where o.id = ${onboardingId} and r.environment = o.environment and r.gateway = o.refused_gateway`
}
