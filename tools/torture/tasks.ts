import type { Database, Transaction } from '../../store/database/database.ts'
import { ask, codeOf, follow, isFault, ownFailures, type Asking } from './ask.ts'
import type { Control } from './control.ts'
import type { Statement, Step, Task } from './plan.ts'

export interface Doing extends Asking {
  database: Database
  control: Control
  /** The end of each transaction, as the client saw it. */
  ended: Map<number, TransactionEnd>
}
export interface TransactionEnd {
  outcome: 'committed' | 'failed'
  /** The ids in the table if the transaction is committed. */
  noted: number[]
  /** Whether the callback finished, so that the commit may have been sent. */
  complete: boolean
}

/** The error with which the plan ends a transaction or savepoint. */
class Planned extends Error {
  code = 'PLANNED'
}

/** Executes a task. Never rejects: results go to the ledger. */
export async function executeTask(task: Task, doing: Doing): Promise<unknown> {
  if (task.do === 'reshape') return doing.control.reshape(doing.shape)
  if (task.do === 'transaction') return executeTransaction(task, doing)
  const one = (statement: Statement) => ask(doing.database, statement, doing).catch(() => {})
  if (task.together) await Promise.all(task.statements.map(one))
  else for (const statement of task.statements) await one(statement)
}

/** Executes a transaction. Returns the error with which it failed, or undefined. */
export async function executeTransaction(task: Task & { do: 'transaction' }, doing: Doing): Promise<unknown> {
  const { ledger, ended } = doing
  const all = task.steps.flatMap(statementsOf)
  const mayFail = [...all.flatMap(ownFailures), 'PLANNED', '25P02', 'TRANSACTION_ENDED', 'TRANSACTION_ROLLED_BACK']
  const inside: Doing = { ...doing, transaction: task.id, mayFail }
  const end: TransactionEnd = { outcome: 'failed', noted: [], complete: false }
  /** Work that may continue after the transaction has ended. */
  const late: Promise<unknown>[] = []
  const work = async (sql: Transaction) => {
    for (const step of task.steps) await executeStep(step, sql, { ...inside, end, late })
    if (task.ends === 'thrown') throw new Planned()
    end.complete = true
  }
  const count = (what: string) => ledger.outcomes.set(what, (ledger.outcomes.get(what) ?? 0) + 1)
  let failure: unknown
  try {
    await follow(ledger, `transaction ${task.id}`, () => doing.database.begin(work))
    end.outcome = 'committed'
    count('transaction committed')
    if (!end.complete)
      ledger.wrong.push(`transaction ${task.id}: reported as committed, but its callback did not finish`)
  } catch (error) {
    count('transaction failed')
    failure = error
    judgeFailure(task.id, error, mayFail, doing)
  }
  ended.set(task.id, end)
  await Promise.allSettled(late)
  return failure
}

function judgeFailure(id: number, error: unknown, mayFail: readonly string[], { ledger }: Doing): void {
  if (!isFault(error) && !mayFail.includes(codeOf(error)))
    ledger.wrong.push(`transaction ${id}: failed with ${codeOf(error)} ${(error as Error)?.message}`)
}

const statementsOf = (step: Step): Statement[] => (step.do === 'branches' ? step.branches.flat() : step.statements)

interface Inside extends Doing {
  end: TransactionEnd
  late: Promise<unknown>[]
}

async function executeStep(step: Step, sql: Transaction, inside: Inside): Promise<void> {
  const { end } = inside
  const inOrder = async (statements: Statement[], on: Transaction) => {
    const noted: number[] = []
    for (const statement of statements) {
      await ask(on, statement, inside)
      if (statement.kind === 'insert') noted.push(statement.id)
    }
    return noted
  }
  if (step.do === 'statements') {
    await Promise.all(step.statements.map((statement) => ask(sql, statement, inside)))
    end.noted.push(...step.statements.filter(({ kind }) => kind === 'insert').map(({ id }) => id))
  } else if (step.do === 'branches') {
    const branches = step.branches.map((statements) => inOrder(statements, sql))
    inside.late.push(...branches)
    end.noted.push(...(await Promise.all(branches)).flat())
  } else {
    const work = async (savepoint: Transaction) => {
      const noted = await inOrder(step.statements, savepoint)
      if (step.ends === 'thrown') throw new Planned()
      return noted
    }
    // The transaction continues without a failed savepoint.
    end.noted.push(...(await sql.savepoint(work).catch(() => [])))
  }
}
