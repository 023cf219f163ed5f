import { GatewayError } from '../domain/payment/gateway-errors.ts'
import type { GatewayAccount } from '../domain/reference.ts'
import type { AccountOwnership } from '../domain/payment/customer-ownership.ts'
import type { AccountKeys, AccountStatus } from '../domain/tenant/gateway-accounts.ts'
import type { BrowserSide, PaymentGateway } from './gateway.ts'
import { endsOnlyWhile } from './disabled-account.ts'

/** An account that an organization connected, as it is stored. */
export interface StoredAccount {
  account: GatewayAccount
  status: AccountStatus
  ownership: AccountOwnership
  /** Changes with everything that calls are made with. */
  revision: string
  /** The gateway's id of an account that is called with the installation's keys, as a platform; absent otherwise. */
  connectedId?: string | undefined
  /** Decrypts its keys. Throws if that is not possible. */
  openKeys(): AccountKeys
}

/** Finds stored accounts; undefined if there is none with this id. Throws the database's errors. */
export type FindAccount = (accountId: string) => Promise<StoredAccount | undefined>

/** A gateway that is ready for calls. */
export interface Opened {
  account: GatewayAccount
  gateway: PaymentGateway
  browser: BrowserSide
}

/** Milliseconds for which an account is used without a look at its row, as for callers (docs/decisions/0010). */
const lifetime = 250
/** The account that was not used for the longest time is closed at this size, to bound memory. */
const mostOpened = 1_000

interface Entry {
  until: number
  revision: string
  status: AccountStatus
  opened: Opened
}

/**
 * Returns a lookup of stored accounts by id. A gateway stays open until its account changes: its row is read at most
 * every 0.25 seconds, and its keys are decrypted once for each revision. Throws `refused` if there is no such account
 * or its keys cannot be decrypted.
 */
export function createAccountLookup(find: FindAccount, open: (stored: StoredAccount) => Opened) {
  const entries = new Map<string, Entry>()
  const lookUp = async (accountId: string): Promise<Entry> => {
    const known = entries.get(accountId)
    // The lifetime begins before the query, whose result can be outdated when it arrives.
    const now = performance.now()
    if (known && known.until > now) return known
    const stored = await find(accountId)
    if (!stored) throw new GatewayError('refused', 'account_not_configured')
    const { revision, status } = stored
    const isDisabled = async () => (await lookUp(accountId)).status === 'disabled'
    // Read again: of those that looked at once, the first one has opened it. What it limits must be counted once.
    const latest = entries.get(accountId)
    const opened = latest?.revision === revision ? latest.opened : openStored(stored, open, isDisabled)
    const entry: Entry = { until: now + lifetime, revision, status, opened }
    entries.delete(accountId)
    if (entries.size >= mostOpened) entries.delete(entries.keys().next().value!)
    entries.set(accountId, entry)
    return entry
  }
  return async (accountId: string): Promise<Opened> => (await lookUp(accountId)).opened
}

function openStored(
  stored: StoredAccount,
  open: (stored: StoredAccount) => Opened,
  isDisabled: () => Promise<boolean>,
): Opened {
  const readable = openReadable(stored, open)
  const gateway = { ...readable.gateway, ownership: stored.ownership }
  return { ...readable, gateway: endsOnlyWhile(isDisabled, gateway) }
}

/** The error of the decryption says nothing that an operator needs: the account and the variable do. */
function openReadable(stored: StoredAccount, open: (stored: StoredAccount) => Opened): Opened {
  try {
    return open(stored)
  } catch (error) {
    throw error instanceof GatewayError
      ? error
      : new GatewayError('refused', 'account_keys_unreadable', { rejectsAccount: true })
  }
}
