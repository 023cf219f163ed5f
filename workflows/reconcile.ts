import { ActivityFailure, log } from '@temporalio/workflow'
import type { AccountPart, ListedAccount, Position } from '../activities/reconcile/reconcile-account.ts'
import { refuseWrong, whyNotDecoded } from './input.ts'
import { continueRun } from './read-requests.ts'
import { watchCharges } from './settle-charge.ts'
import { databaseStep, reconcileAccount } from './steps.ts'

const listAccountsToReconcile = databaseStep('listAccountsToReconcile')
const recordReconciliation = databaseStep('recordReconciliation')

/** Accounts of one run, which bounds its history. */
const page = 500
/** Accounts that are compared at the same time: one that fails or hangs takes the place of few others. */
const atOnce = 10

/** `notListed`: accounts that do not let us list payments, or that failed in this round. */
interface Round {
  checked: number
  unknown: number
  notListed: string[]
  isComplete: boolean
}
const nothing: Round = { checked: 0, unknown: 0, notListed: [], isComplete: true }

/**
 * Compares the record with all gateway accounts: refunds, disputes and payments that only one side has. Corrects the
 * record if possible, reports the rest to operators, and never charges. `after` is the last account of the previous run
 * of this round, `before` what that found.
 */
export async function janitor(after = '', before: Round = nothing): Promise<Round> {
  if (after !== '' && (typeof after !== 'string' || !/^ga_[a-z0-9_]{1,40}$/.test(after)))
    refuseWrong(whyNotDecoded(after) ?? 'after: must be omitted, or the id of the last account of the previous run')
  const accounts = await listAccountsToReconcile(after, page)
  const waiting = [...accounts]
  let round = before
  const takeTurns = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const found = await compareAccount(next)
      round = sum(round, found)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, takeTurns))
  const last = accounts.at(-1)
  if (last && accounts.length === page) return continueRun<typeof janitor>(last.accountId, round)
  if (round.isComplete) await recordReconciliation()
  return round
}

/** An account that fails does not keep the others from being compared. The next round continues where it stopped. */
async function compareAccount({ accountId, name }: ListedAccount): Promise<Round> {
  let round = nothing
  let position: Position | undefined = 'lists'
  try {
    while (position) {
      const part: AccountPart = await reconcileAccount(accountId, position)
      await watchCharges(part.refunding)
      const { checked, unknown, notListed } = part
      round = sum(round, { checked, unknown, notListed: notListed ? [name] : [], isComplete: true })
      position = part.next
    }
    return round
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error
    log.warn('an account could not be compared in this round', { account: accountId })
    return sum(round, { ...nothing, notListed: [name], isComplete: false })
  }
}

const sum = (a: Round, b: Round): Round => ({
  checked: a.checked + b.checked,
  unknown: a.unknown + b.unknown,
  notListed: [...new Set([...a.notListed, ...b.notListed])],
  isComplete: a.isComplete && b.isComplete,
})
