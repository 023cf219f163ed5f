import type { CallAuthor } from '../../domain/events/author.ts'
import type { GatewayAccount } from '../../domain/reference.ts'
import type { Gateways } from '../../gateways/gateways.ts'
import type { Database } from '../../store/database/database.ts'
import { findAnyAccount, type OwnAccount } from '../../store/gateway-accounts/accounts.ts'
import { recordStanding, timeOfReading, type Found } from '../../store/gateway-accounts/connected.ts'
import { recordAccountAccepted } from '../../store/gateway-accounts/refused-accounts.ts'
import { asPlatform, notConnected, platformOf } from './platform.ts'

interface Dependencies {
  database: Database
  gateways: Pick<Gateways, 'of'>
}

/** How a connected account is refreshed. */
export interface Refresh {
  /** Whether one that was drained or disabled is activated, too. */
  activates?: boolean
  /** Looks for what else is wrong. Without, what was found last remains. */
  verify?: () => Promise<Found>
}

/**
 * Reads a connected account at the gateway and records whether it can charge: see `recordStanding`. Returns the account
 * as it is then. Throws as the port, and `conflict` as `recordStanding`.
 */
export async function refreshConnected(
  d: Dependencies,
  account: OwnAccount,
  author: CallAuthor,
  { activates = false, verify }: Refresh = {},
): Promise<OwnAccount> {
  const platform = await platformOf(d, account)
  const at = await timeOfReading(d.database)
  const read = await platform.read(account.vendorAccountId)
  const found = read && (await verify?.())
  const standing = read?.standing
  const refreshed = await recordStanding(d.database, account, { standing, at, found }, author, activates)
  // Pages that stopped offering the gateway, because it rejected a call, offer it again.
  if (refreshed.status === 'active' && account.status !== 'active')
    await recordAccountAccepted(d.database, account, account)
  return refreshed
}

/**
 * Refreshes the connected account with this id, after an event about it. Does nothing for an account with keys. Returns
 * whether its status has changed.
 */
export async function refreshAfterEvent(d: Dependencies, { accountId }: GatewayAccount): Promise<boolean> {
  const account = await findAnyAccount(d.database, accountId)
  if (account?.auth !== 'connect') return false
  const { status } = await refreshConnected(d, account, { actor: 'system' })
  return status !== account.status
}

/**
 * Activates a connected account, once the gateway permits it to charge; until then it is pending. Throws `conflict` if
 * it is not connected any more, or another account is active.
 */
export async function activateConnected(d: Dependencies, account: OwnAccount, author: CallAuthor): Promise<OwnAccount> {
  const read = await asPlatform(() => refreshConnected(d, account, author, { activates: true }))
  if (!read.standing) throw notConnected()
  return read
}
