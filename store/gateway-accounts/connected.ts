import type { CallAuthor } from '../../domain/events/author.ts'
import { conflict } from '../../domain/failure/failures.ts'
import type { GatewayAccount } from '../../domain/reference.ts'
import { disconnected, problemWith, statusWith, type AccountStanding } from '../../domain/tenant/connected-accounts.ts'
import type { AccountStatus } from '../../domain/tenant/gateway-accounts.ts'
import type { Database, Sql, Transaction } from '../database/database.ts'
import { selectAccounts, type OwnAccount } from './accounts.ts'
import { change, findActive, note, statusEvents } from './changes.ts'
import { recordAccountAccepted } from './refused-accounts.ts'

// Accounts that are connected to the installation's account as a platform: what the gateway says of them.

/** Returns a connected account by the gateway's own id of it. */
export async function findConnected(
  sql: Sql,
  { environment, gateway }: Omit<GatewayAccount, 'accountId'>,
  vendorAccountId: string,
): Promise<OwnAccount | undefined> {
  const [row] = await sql<OwnAccount[]>`
    ${selectAccounts(sql)}
    where a.environment = ${environment} and a.gateway = ${gateway} and a.vendor_account_id = ${vendorAccountId}
      and a.auth = 'connect'`
  return row
}

/** Returns the database's time, before the gateway is read: all processes have the same. */
export async function timeOfReading(sql: Sql): Promise<Date> {
  const [{ now }] = await sql<[{ now: Date }]>`select clock_timestamp() as now`
  return now
}

/** What the gateway said of an account: undefined if the platform has no access to it any more. */
export interface ReadStanding {
  standing: AccountStanding | undefined
  /** When reading began (`timeOfReading`). An older one than what is recorded is ignored. */
  at: Date
  /** Undefined: what was found last remains. */
  found?: Found | undefined
}

/** What a verification found besides: what is wrong, or null, and whether payments can begin with the account. */
export interface Found {
  problem: string | null
  isUsable: boolean
}

/**
 * Records what the gateway says of a connected account. It becomes active once it can charge, pending if it can no
 * longer, and disabled if it was disconnected. `activates`: also one that was drained or disabled. Throws `conflict` if
 * that one is to be active and another account is.
 */
export const recordStanding = (
  database: Database,
  account: OwnAccount,
  { standing, at, found }: ReadStanding,
  author: CallAuthor,
  activates = false,
): Promise<OwnAccount> =>
  change(database, account, async (sql, current) => {
    if (current.standingAt !== null && current.standingAt > at) return
    const active = await findActive(sql, current)
    if (activates && active !== undefined && active !== current.accountId)
      throw conflict('gateway_account_active', 'id', `cannot be activated while ${active} is active; drain it first`)
    const from = activates && current.status !== 'active' ? 'pending' : current.status
    const status = standing ? statusWith(from, standing, active === undefined) : 'disabled'
    const waitsFor = status === 'pending' ? active : undefined
    // The problem of a pending account, and of one that was disconnected, is not one that was found besides.
    const kept = current.status !== 'pending' && current.standing ? current.problem : null
    const other = found ? found.problem : kept
    const problem = standing ? (problemWith(standing, waitsFor) ?? other) : disconnected
    // A pending account is not offered anyway. Once it is active, a customer's call shows whether it is usable.
    const isUsable = status === 'pending' ? true : (found?.isUsable ?? null)
    if (found?.isUsable) await recordAccountAccepted(sql, current, current)
    await sql`
      update gateway_accounts
      set ${sql({ standing: standing ? sql.json(standing as never) : null, standingAt: at, status, problem })},
        revision = revision + ${status === current.status ? 0 : 1}, updated_at = now(),
        is_usable = coalesce(${isUsable}, is_usable),
        verified_at = case when ${problem}::text is null then now() else verified_at end
      where id = ${current.accountId}`
    await noteChange(sql, current, { status, problem }, author)
  })

async function noteChange(
  sql: Transaction,
  current: OwnAccount,
  { status, problem }: { status: AccountStatus; problem: string | null },
  author: CallAuthor,
): Promise<void> {
  const hasStatus = status === current.status
  if (hasStatus && problem === current.problem && (problem !== null || current.verifiedAt !== null)) return
  const found = problem === null ? 'gateway_account.verified' : 'gateway_account.problem'
  await note(sql, current, hasStatus ? found : statusEvents[status], author)
}
