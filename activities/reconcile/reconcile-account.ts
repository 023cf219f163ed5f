import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import { accountText } from '../../domain/reference.ts'
import type { PaymentGateway } from '../../gateways/gateway.ts'
import type { ActivityDependencies } from '../../payments/dependencies.ts'
import { recordReconciled } from '../../store/charges/reconciliation.ts'
import { listConnectedAccounts } from '../../store/gateway-accounts/accounts.ts'
import { compareLists, type Compared, type ListPosition, type Walk } from './compare-lists.ts'
import { readCharges } from './read-charges.ts'

// Reconciliation compares the record with the lists of each account, corrects the record if possible, and reports the
// rest to operators. It never charges.

/** Milliseconds that a step takes at most, but for its last calls. The next one goes on where it stopped. */
const timeOfStep = 20_000

/** Where a step goes on: after this charge. `eachRecent`: the account cannot be listed. */
export interface ReadingPosition {
  after: string
  eachRecent: boolean
}

/** Where a step begins: with the first list, where the lists were left, or where the charges were left. */
export type Position = 'lists' | ListPosition | ReadingPosition

/**
 * `failed`: charges that could not be read in this round. `next`: undefined once the account was compared and its
 * differences were read.
 */
export interface AccountPart {
  checked: number
  failed: number
  unknown: number
  refunding: string[]
  notListed: boolean
  next?: Position
}

/** An account to reconcile. `name`: as results and logs show it. */
export interface ListedAccount {
  accountId: string
  name: string
}

/** Lists all accounts, in every status: each can still be paid at. In id order, after `after`. */
export const listAccountsToReconcile =
  ({ database, gateways }: ActivityDependencies) =>
  async (after: string, limit: number): Promise<ListedAccount[]> => {
    const all = [...gateways.listOfInstallation(), ...(await listConnectedAccounts(database))]
    return all
      .filter(({ accountId }) => accountId > after)
      .sort((a, b) => (a.accountId < b.accountId ? -1 : 1))
      .slice(0, limit)
      .map((account) => ({ accountId: account.accountId, name: accountText(account) }))
  }

/** Records that a round has compared every account. */
export const recordReconciliation =
  ({ database }: ActivityDependencies) =>
  (): Promise<void> =>
    recordReconciled(database)

/**
 * Compares the lists of an account with the record, then reads the charges that differ. Returns after about 20 seconds;
 * call it again with `next`.
 */
export const reconcileAccount =
  (d: ActivityDependencies) =>
  async (accountId: string, position: Position): Promise<AccountPart> => {
    const end = Date.now() + timeOfStep
    const isOver = () => Date.now() >= end
    const nothing: AccountPart = { checked: 0, failed: 0, unknown: 0, refunding: [], notListed: false }
    if (typeof position === 'object' && 'after' in position)
      return { ...nothing, ...(await read(d, accountId, position, isOver)) }
    const gateway = await openGateway(d, accountId)
    if (!gateway) return { ...nothing, notListed: true }
    const account = await d.gateways.accountOf(accountId)
    const found = await compareAccount(d, { account, gateway, isOver }, position === 'lists' ? undefined : position)
    const compared = { ...nothing, unknown: found.unknown, notListed: found.refused }
    if (found.next) return { ...compared, next: found.next }
    return { ...compared, ...(await read(d, accountId, { after: '', eachRecent: found.eachRecent }, isOver)) }
  }

/** Returns undefined if the account's keys cannot be used: nothing of it can be read. */
async function openGateway(d: ActivityDependencies, accountId: string): Promise<PaymentGateway | undefined> {
  try {
    return await d.gateways.of(accountId)
  } catch (error) {
    if (isGatewayError(error, 'refused')) return undefined
    throw error
  }
}

async function read(
  d: ActivityDependencies,
  accountId: string,
  { after: from, eachRecent }: ReadingPosition,
  isOver: () => boolean,
): Promise<Pick<AccountPart, 'checked' | 'failed' | 'refunding' | 'next'>> {
  const { after, ...found } = await readCharges(d, { accountId, eachRecent }, from, isOver)
  return { ...found, ...(after === undefined ? {} : { next: { after, eachRecent } }) }
}

/** `eachRecent`: it cannot be listed, so each of its recent charges is read. */
async function compareAccount(
  d: ActivityDependencies,
  walk: Walk,
  position: ListPosition | undefined,
): Promise<Compared & { eachRecent: boolean }> {
  const compared = await compareLists(d, walk, position)
  return { ...compared, eachRecent: compared.refused || !walk.gateway.lists }
}
