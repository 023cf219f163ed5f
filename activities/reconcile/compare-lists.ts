import { setTimeout as sleep } from 'node:timers/promises'
import { isGatewayError } from '../../domain/payment/gateway-errors.ts'
import type { GatewayAccount } from '../../domain/reference.ts'
import type { PaymentGateway } from '../../gateways/gateway.ts'
import type { Listed, ListedPage, ListName, Period } from '../../gateways/listed.ts'
import type { ActivityDependencies } from '../../payments/dependencies.ts'
import { markRecentRefunds } from '../../store/charges/charges-to-check.ts'
import { beginWindowAgain, openList, storePage, type ListProgress } from '../../store/charges/gateway-lists.ts'
import { compareDisputes, comparePayments, compareRefunds, markUnlisted } from '../../store/charges/listed-charges.ts'
import { reconciledSince } from '../../store/charges/reconciliation.ts'
import { nameObjects } from './name-objects.ts'
import { reportUnknown } from './unknown-payments.ts'

/** An account whose lists are being compared. */
export interface Walk {
  account: GatewayAccount
  gateway: PaymentGateway
  /** Whether the time of the step has passed: it goes on in the next one. */
  isOver(): boolean
}

/**
 * The list with which the next step goes on. `refused`: whether the account does not let us list one before it.
 * `width`: the length of its next window in milliseconds, by default the longest.
 */
export interface ListPosition {
  list: ListName
  refused: boolean
  width?: number
}

/**
 * `unknown`: payments without a row here. `refused`: whether the account does not let us list something. `next`:
 * undefined once every list was compared.
 */
export interface Compared {
  unknown: number
  refused: boolean
  next?: ListPosition
}

/** Milliseconds between two calls to one account: a tenth of the calls that the gateways allow. */
const pause = 100

/**
 * Compares the lists of an account with the record, each from where it was compared last, page by page. Charges that
 * differ are marked. What was compared is stored after each page, so that nothing is left out and little is repeated,
 * whatever is killed. Throws the gateway's errors but `refused`. `position`: where the step before stopped.
 */
export async function compareLists(d: ActivityDependencies, walk: Walk, position?: ListPosition): Promise<Compared> {
  const names = walk.gateway.lists?.names ?? []
  const compared: Compared = { unknown: 0, refused: position?.refused ?? false }
  for (const list of position ? names.slice(names.indexOf(position.list)) : names) {
    try {
      const firstWidth = position?.list === list ? position.width : undefined
      const width = await compareList(d, walk, list, compared, firstWidth)
      if (width !== undefined) return { ...compared, next: { list, refused: compared.refused, width } }
    } catch (error) {
      if (!isGatewayError(error, 'refused')) throw error
      compared.refused = true
    }
  }
  await markRecentRefunds(d.database, walk.account.accountId)
  return compared
}

/** Returns undefined if the list was compared up to now, and otherwise the length of the window to go on with. */
async function compareList(
  d: ActivityDependencies,
  { account, gateway, isOver }: Walk,
  list: ListName,
  compared: Compared,
  firstWidth = gateway.lists!.longestPeriod,
): Promise<number | undefined> {
  const { database } = d
  const limits = gateway.lists!
  const of = { accountId: account.accountId, list }
  const now = new Date()
  let width = firstWidth
  let progress = await openList(database, of, await reconciledSince(database))
  for (let isLast = false; !isLast; await sleep(pause)) {
    const window = nextWindow(progress, limits.completeAfter, { width, now })
    if (window.from >= window.to) break
    if (isOver()) return width
    const page = await readPage(gateway, list, window, progress.nextPage)
    if (page === 'gone') progress = await beginWindowAgain(database, of)
    else if (page === 'too_many') {
      width = lengthOf(window) / 2
      progress = await beginWindowAgain(database, of, { from: window.from, to: after(window.from, width) })
    } else {
      compared.unknown += await comparePage(d, account, gateway, page.listed)
      const until = page.refreshedAt && page.refreshedAt < window.to ? page.refreshedAt : window.to
      isLast = page.next === null && (window.to >= now || until < window.to)
      progress = await storePage(database, of, { window, next: page.next, until, isLast })
      if (page.next === null) width = Math.min(2 * lengthOf(window), limits.longestPeriod)
    }
  }
  const shownBefore = after(progress.comparedUntil, -limits.completeAfter)
  if (list === 'payments') while (await markUnlisted(database, of.accountId, shownBefore));
  return undefined
}

const after = (time: Date, milliseconds: number) => new Date(time.getTime() + milliseconds)
const lengthOf = ({ from, to }: Period) => to.getTime() - from.getTime()

/** The first window overlaps the last comparison, because the lists may not have shown all of it. */
function nextWindow(
  { comparedUntil, windowStart, windowEnd }: ListProgress,
  completeAfter: number,
  { width, now }: { width: number; now: Date },
): Period {
  const from = windowStart ?? after(comparedUntil, -completeAfter)
  const latest = after(from, width)
  return { from, to: windowEnd ?? (latest < now ? latest : now) }
}

/** Returns `gone` if the gateway does not know the page before any longer. */
async function readPage(
  gateway: PaymentGateway,
  list: ListName,
  period: Period,
  after: string | null,
): Promise<ListedPage | 'too_many' | 'gone'> {
  try {
    return await gateway.listPage!(list, period, after)
  } catch (error) {
    if (after !== null && isGatewayError(error, 'not_found')) return 'gone'
    throw error
  }
}

/** Returns how many payments have no row here. */
async function comparePage(
  d: ActivityDependencies,
  account: GatewayAccount,
  gateway: PaymentGateway,
  page: ListedPage['listed'],
): Promise<number> {
  const { database } = d
  const { accountId } = account
  const listed = await nameObjects(d, gateway, page)
  const of = <Kind extends Listed['kind']>(kind: Kind) =>
    listed.filter((one): one is Extract<Listed, { kind: Kind }> => one.kind === kind)
  const [payments, refunds, disputes] = [of('payment'), of('refund'), of('dispute')]
  if (refunds.length > 0) await compareRefunds(database, accountId, refunds)
  if (disputes.length > 0)
    await compareDisputes(
      database,
      accountId,
      disputes.map((one) => one.objectId),
    )
  if (payments.length === 0) return 0
  return reportUnknown(d, account, gateway, await comparePayments(database, accountId, payments))
}
