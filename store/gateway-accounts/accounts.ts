import type { GatewayAccount, Tenant } from '../../domain/reference.ts'
import type { AccountOwnership } from '../../domain/payment/customer-ownership.ts'
import type { AccountStanding } from '../../domain/tenant/connected-accounts.ts'
import type { AccountAuth, AccountStatus } from '../../domain/tenant/gateway-accounts.ts'
import type { Sql } from '../database/database.ts'
import { afterCursor, readPage, type Page, type PageRequest } from '../database/pages.ts'

/** An account that an organization connected. Its secrets are not included. */
export interface OwnAccount extends GatewayAccount, Tenant {
  auth: AccountAuth
  status: AccountStatus
  ownership: AccountOwnership
  /** The gateway's own id of the account. */
  vendorAccountId: string
  /** Null for a connected account, which has no keys. */
  publishableKey: string | null
  /** The last characters of the secret key; null for a connected account. */
  keyHint: string | null
  /** The webhook endpoint at the gateway; null if none is known. */
  webhookEndpointId: string | null
  apiVersion: string | null
  /** Increases with each change of what calls are made with. */
  revision: number
  verifiedAt: Date | null
  problem: string | null
  /** What the gateway said of a connected account last; null before, and for an account with keys. */
  standing: AccountStanding | null
  standingAt: Date | null
  createdAt: Date
}

/** Selects all columns of an organization's account `a`. Lists add a column with `also`. */
export const selectAccounts = (sql: Sql, also = sql``) => sql`
  select a.id, a.id as account_id, a.organization_id, a.environment, a.gateway, a.auth, a.status,
    a.ownership, a.vendor_account_id, a.publishable_key, a.key_hint, a.webhook_endpoint_id, a.api_version, a.revision,
    a.verified_at, a.problem, a.standing, a.standing_at, a.created_at ${also}
  from gateway_accounts a`

const ofTenant = (sql: Sql, { organizationId, environment }: Tenant) =>
  sql`a.organization_id = ${organizationId} and a.environment = ${environment}`

/** Returns an account of this tenant. One of another tenant, and the installation's, are treated as nonexistent. */
export async function findAccount(sql: Sql, tenant: Tenant, id: string): Promise<OwnAccount | undefined> {
  const [row] = await sql<OwnAccount[]>`${selectAccounts(sql)} where a.id = ${id} and ${ofTenant(sql, tenant)}`
  return row
}

/** Returns an account of any organization, for operators. */
export async function findAnyAccount(sql: Sql, id: string): Promise<OwnAccount | undefined> {
  const [row] = await sql<OwnAccount[]>`
    ${selectAccounts(sql)} where a.id = ${id} and a.organization_id is not null`
  return row
}

/** Returns a page of this tenant's accounts, newest first. */
export async function listAccounts(
  sql: Sql,
  tenant: Tenant,
  { limit, cursor }: PageRequest,
): Promise<Page<OwnAccount & { id: string }>> {
  const list = sql`
    ${selectAccounts(sql, sql`, 500 as row_bytes`)}
    where ${ofTenant(sql, tenant)} and ${afterCursor(sql, sql`a.id`, cursor, 'gatewayAccount')}`
  return readPage<OwnAccount & { id: string }>(sql, list, { limit })
}

/** Lists the accounts that organizations connected, in every status: each can still be paid at. */
export const listConnectedAccounts = (sql: Sql): Promise<GatewayAccount[]> =>
  sql<GatewayAccount[]>`
    select id as account_id, environment, gateway from gateway_accounts where organization_id is not null order by id`
