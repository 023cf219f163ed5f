import type { GatewayAccount, Tenant } from '../../domain/reference.ts'
import { accountForNew, type Payer } from '../../domain/tenant/gateway-accounts.ts'
import type { GatewayName } from '../../domain/lifecycle.ts'
import type { Sql } from '../database/database.ts'

// Accounts with which an organization begins nothing, because their gateway rejects them: for a while after a rejected
// call, or until they are verified again.

/**
 * Seconds for which a gateway that rejected our account is not offered. After that a customer may try it, which shows
 * whether it accepts the account again.
 */
const notOfferedFor = 300

/**
 * Records that a gateway rejects an account, or what this organization sends with it. Only this organization stops
 * offering it, because the cause may be its own. `code` is ours or the vendor's.
 */
export async function recordAccountRefused(
  sql: Sql,
  { organizationId, environment }: Tenant,
  { gateway, accountId }: Pick<GatewayAccount, 'gateway' | 'accountId'>,
  code: string,
): Promise<void> {
  await sql`
    insert into refused_gateways (organization_id, environment, gateway, account_id, code, offered_at)
    values (${organizationId}, ${environment}, ${gateway}, ${accountId}, ${code},
      now() + ${notOfferedFor} * interval '1 second')
    on conflict (organization_id, environment, gateway) do update
      set account_id = excluded.account_id, code = excluded.code, offered_at = excluded.offered_at`
}

/**
 * Records that a gateway accepted a call with an account, so that this organization needs no operator for it. One that
 * a verification found not usable stays so.
 */
export async function recordAccountAccepted(
  sql: Sql,
  { organizationId, environment }: Tenant,
  { gateway, accountId }: Pick<GatewayAccount, 'gateway' | 'accountId'>,
): Promise<void> {
  await sql`
    delete from refused_gateways
    where organization_id = ${organizationId} and environment = ${environment} and gateway = ${gateway}
      and coalesce(account_id, ${accountId}) = ${accountId}`
}

/** A gateway that is not offered. `accountId` is null in rows of earlier releases. */
export interface RefusedAccount {
  gateway: GatewayName
  accountId: string | null
}

/** Lists the accounts with which this organization currently begins nothing, because their gateway rejected them. */
export const listRefusedAccounts = (sql: Sql, { organizationId, environment }: Tenant): Promise<RefusedAccount[]> =>
  sql<RefusedAccount[]>`
    select gateway, account_id from refused_gateways
    where organization_id = ${organizationId} and environment = ${environment} and offered_at > now()
    union all
    select gateway, id from gateway_accounts
    where organization_id = ${organizationId} and environment = ${environment} and not is_usable`

/** Returns the gateways of these accounts at which a tenant would begin something now. */
export const refusedFor = (payer: Payer, refused: RefusedAccount[]): GatewayName[] =>
  refused
    .filter(({ gateway, accountId }) => accountId === null || accountId === accountForNew(payer, gateway))
    .map(({ gateway }) => gateway)
