import type { Author, CallAuthor } from '../../domain/events/author.ts'
import { conflict, notFound } from '../../domain/failure/failures.ts'
import type { GatewayAccount, Tenant } from '../../domain/reference.ts'
import type { AccountOwnership } from '../../domain/payment/customer-ownership.ts'
import {
  mostAccounts,
  mostWebhookSecrets,
  type AccountAuth,
  type AccountStatus,
} from '../../domain/tenant/gateway-accounts.ts'
import type { Database, Sql, Transaction } from '../database/database.ts'
import { insertTenantEvent } from '../events/events.ts'
import type { AccountSealing } from './account-sealing.ts'
import { endOldestSecrets } from './former-secrets.ts'
import { recordAccountAccepted } from './refused-accounts.ts'
import { selectAccounts, type OwnAccount } from './accounts.ts'
import { addSecrets, replaceSecrets, type NewSecret } from './secrets.ts'

export interface NewAccount extends GatewayAccount, Tenant {
  auth: AccountAuth
  status: 'pending' | 'active'
  ownership: AccountOwnership
  vendorAccountId: string
  publishableKey: string | null
  keyHint: string | null
  secrets: NewSecret[]
}

/**
 * Connects an account. A repeat with the same id returns it unchanged. Throws `conflict` if the organization has an
 * account with this status at the gateway or the most accounts that are allowed, or if the account there is connected
 * already.
 */
export async function insertAccount(
  database: Database,
  sealing: AccountSealing,
  account: NewAccount,
  author: Author,
): Promise<OwnAccount> {
  return (await database.begin(async (sql) => {
    const { accountId, organizationId, environment, gateway, secrets, ...others } = account
    await sql`select 1 from organizations where id = ${organizationId} for no key update`
    const known = await findForUpdate(sql, account)
    if (known) return known
    // Two organizations can connect the same account at once.
    const atVendor = `${gateway}/${environment}/${others.vendorAccountId}`
    await sql`select pg_advisory_xact_lock(hashtextextended(${atVendor}, 0))`
    await refuseSecond(sql, account)
    const wrappedKey = account.auth === 'keys' ? sealing.newKey(account) : null
    const row = { ...others, id: accountId, organizationId, environment, gateway, wrappedKey }
    await sql`insert into gateway_accounts ${sql(row)}`
    if (wrappedKey) await addSecrets(sql, sealing, { ...account, wrappedKey }, secrets)
    await note(sql, account, 'gateway_account.created', author)
    return (await findForUpdate(sql, account))!
  })) as OwnAccount
}

type AccountEvent = Extract<Parameters<typeof insertTenantEvent>[2]['type'], `gateway_account.${string}`>

export const note = (sql: Transaction, account: GatewayAccount & Tenant, type: AccountEvent, author: CallAuthor) =>
  insertTenantEvent(sql, account, {
    type,
    ...author,
    data: { gateway_account_id: account.accountId, gateway: account.gateway },
  })

async function refuseSecond(sql: Sql, account: NewAccount) {
  const { organizationId, environment, gateway, vendorAccountId } = account
  const [same] = await sql<{ id: string; isOurs: boolean }[]>`
    select id, coalesce(organization_id = ${organizationId}, false) as is_ours from gateway_accounts
    where environment = ${environment} and gateway = ${gateway} and vendor_account_id = ${vendorAccountId}`
  if (!same) return refuseOther(sql, account)
  const which = same.isOurs ? `as ${same.id}: rotate its keys, or activate it` : 'elsewhere in this installation'
  throw conflict('gateway_account_exists', 'gateway', `has an account with these keys that is connected ${which}`)
}

/**
 * Throws `conflict` if the organization has an account with this status at the gateway, of which it has one at a time,
 * or the most accounts that are allowed.
 */
export async function refuseOther(
  sql: Sql,
  { organizationId, environment, gateway, status }: Pick<NewAccount, 'gateway' | 'status' | keyof Tenant>,
): Promise<void> {
  const [other] = await sql<{ id: string }[]>`
    select id from gateway_accounts
    where organization_id = ${organizationId} and environment = ${environment} and gateway = ${gateway}
      and status = ${status}`
  if (!other) return refuseTooMany(sql, { organizationId, environment })
  const instead = status === 'active' ? 'drain or disable it first' : 'create an onboarding link for it, or disable it'
  throw conflict('gateway_account_active', 'gateway', `has the ${status} account ${other.id}; ${instead}`)
}

async function refuseTooMany(sql: Sql, { organizationId, environment }: Tenant): Promise<void> {
  const [{ count }] = await sql<[{ count: number }]>`
    select count(*)::integer from gateway_accounts
    where organization_id = ${organizationId} and environment = ${environment}`
  if (count >= mostAccounts)
    throw conflict('limit_reached', 'gateway', `has ${mostAccounts} accounts of this organization, the most allowed`)
}

async function findForUpdate(
  sql: Sql,
  { accountId, organizationId }: Pick<OwnAccount, 'accountId' | 'organizationId'>,
) {
  const [row] = await sql<OwnAccount[]>`
    ${selectAccounts(sql)} where a.id = ${accountId} and a.organization_id = ${organizationId} for no key update`
  return row
}

/** Runs a change of an account under its row lock. Throws `not_found`. */
export async function change(
  database: Database,
  account: OwnAccount,
  make: (sql: Transaction, current: OwnAccount) => Promise<void>,
): Promise<OwnAccount> {
  return (await database.begin(async (sql) => {
    // The lock of `insertAccount`: one active account at a time.
    await sql`select 1 from organizations where id = ${account.organizationId} for no key update`
    const current = await findForUpdate(sql, account)
    if (!current) throw notFound('Gateway account')
    await make(sql, current)
    return (await findForUpdate(sql, account))!
  })) as OwnAccount
}

/** What replaces the keys of an account. A former webhook secret stays valid for `overlap` seconds. */
export interface RotatedKeys {
  publishableKey?: string | undefined
  keyHint?: string | undefined
  webhookEndpointId?: string | undefined
  apiVersion?: string | undefined
  secrets: NewSecret[]
  overlap: number
  /** What is wrong with the account from now on. */
  problem?: string | undefined
  /** Whether former webhook secrets end early, so that there is room for another one. */
  endsOldest?: boolean
}

/**
 * Replaces keys, which the caller has checked to be of the same account at the gateway. If the stored ones cannot be
 * decrypted and what calls are made with is replaced, everything encrypted is replaced: webhook secrets are lost, too.
 * Only new keys for calls make an account usable again; with others, what a verification found stays.
 * Throws `conflict` for one more webhook secret while the most that are allowed verify events.
 */
export const rotateKeys = (
  database: Database,
  sealing: AccountSealing,
  account: OwnAccount,
  keys: RotatedKeys,
  author: CallAuthor,
): Promise<OwnAccount> =>
  change(database, account, async (sql, current) => {
    const { secrets, overlap, problem = null, endsOldest = false, ...columns } = keys
    if (endsOldest) await endOldestSecrets(sql, account.accountId)
    const areWebhooksLost = await replaceSecrets(sql, sealing, current, secrets, overlap)
    if (secrets.some(({ name }) => name === 'webhook_secret')) await refuseManySecrets(sql, account.accountId)
    const given = Object.entries(columns).filter(([, value]) => value !== undefined)
    // An endpoint whose secret is lost counts as none, so that another is created.
    const set = { ...(areWebhooksLost ? { webhookEndpointId: null } : {}), ...Object.fromEntries(given) }
    const areForCalls = columns.publishableKey !== undefined || secrets.some(({ name }) => name !== 'webhook_secret')
    await sql`
      update gateway_accounts
      set ${sql({ ...set, revision: current.revision + 1, updatedAt: new Date() })},
        is_usable = is_usable or ${areForCalls},
        problem = case when is_usable or ${areForCalls} then ${problem} else problem end
      where id = ${account.accountId}`
    if (areForCalls) await recordAccountAccepted(sql, account, account)
    await note(sql, account, 'gateway_account.rotated', author)
  })

/** A forged event is compared with each secret. Counts those that were just added. */
async function refuseManySecrets(sql: Sql, accountId: string): Promise<void> {
  const alive = await sql<{ endsAt: Date | null }[]>`
    select ends_at from gateway_secrets
    where account_id = ${accountId} and name = 'webhook_secret' and (ends_at is null or ends_at > now())
    order by ends_at`
  if (alive.length <= mostWebhookSecrets) return
  const ends = alive[0]!.endsAt?.toISOString()
  throw conflict(
    'limit_reached',
    'id',
    `${mostWebhookSecrets} webhook secrets verify events already; one ends at ${ends}`,
  )
}

export const statusEvents = {
  pending: 'gateway_account.problem',
  active: 'gateway_account.activated',
  draining: 'gateway_account.drained',
  disabled: 'gateway_account.disabled',
} as const satisfies Record<AccountStatus, string>

/** Returns the id of the account that an organization has active at a gateway. */
export async function findActive(
  sql: Sql,
  { organizationId, environment, gateway }: Pick<OwnAccount, 'gateway' | keyof Tenant>,
): Promise<string | undefined> {
  const [active] = await sql<{ id: string }[]>`
    select id from gateway_accounts
    where organization_id = ${organizationId} and environment = ${environment} and gateway = ${gateway}
      and status = 'active'`
  return active?.id
}

/**
 * Changes the status of an account; nothing if it has it. A connected account that cannot charge becomes pending
 * instead of active. Throws `conflict` if it is to be active and the organization has another active account there.
 */
export const setStatus = (
  database: Database,
  account: OwnAccount,
  wanted: Exclude<AccountStatus, 'pending'>,
  author: CallAuthor,
): Promise<OwnAccount> =>
  change(database, account, async (sql, current) => {
    const canCharge = current.auth === 'keys' || current.standing?.charges_enabled === true
    const status = wanted === 'active' && !canCharge ? 'pending' : wanted
    if (current.status === status) return
    const other = status === 'active' ? await findActive(sql, account) : undefined
    if (other)
      throw conflict('gateway_account_active', 'id', `cannot be activated while ${other} is active; drain it first`)
    await sql`
      update gateway_accounts set status = ${status}, revision = revision + 1, updated_at = now()
      where id = ${account.accountId}`
    await note(sql, account, statusEvents[status], author)
  })

/**
 * Records the result of a verification: null, or what is wrong. Writes an event if that changed. `isUsable`: whether
 * payments can begin with it; if not, its gateway is not offered until it is verified again. Undefined if not tried.
 */
export const recordVerified = (
  database: Database,
  account: OwnAccount,
  { problem, apiVersion, isUsable }: { problem: string | null; apiVersion: string | null; isUsable?: boolean },
  author: Author,
): Promise<OwnAccount> =>
  change(database, account, async (sql, current) => {
    if (isUsable) await recordAccountAccepted(sql, account, account)
    await sql`
      update gateway_accounts
      set problem = ${problem}, api_version = ${apiVersion}, updated_at = now(),
        is_usable = coalesce(${isUsable ?? null}, is_usable),
        verified_at = case when ${problem}::text is null then now() else verified_at end
      where id = ${account.accountId}`
    if (current.problem === problem && current.verifiedAt !== null) return
    await note(sql, account, problem === null ? 'gateway_account.verified' : 'gateway_account.problem', author)
  })
