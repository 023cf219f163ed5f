import type { Database, Transaction } from '../../store/database/database.ts'
import { ask, codeOf, follow, isFault, ownFailures, type Asking } from './ask.ts'
import type { Control } from './control.ts'
import type { Statement, Step, Task } from './plan.ts'

export interface Doing extends Asking {
  database: Database
  control: Control
  /** What each transaction said of itself when it ended. */
  ended: Map<number, TransactionEnd>
}
export interface TransactionEnd {
  outcome: 'committed' | 'failed'
  /** The ids that are there if it is committed. */
  noted: number[]
  /** It came to its end, so that its commit was on its way. */
  complete: boolean
}

/** What a transaction or a savepoint of the plan is ended with. */
class Planned extends Error {
  code = 'PLANNED'
}

/** Carries out a task. Never rejects: what it is answered is in the ledger. */
export async function carryOut(task: Task, doing: Doing): Promise<unknown> {
  if (task.do === 'reshape') return doing.control.reshape(doing.shape)
  if (task.do === 'transaction') return carryOutTransaction(task, doing)
  const one = (statement: Statement) => ask(doing.database, statement, doing).catch(() => {})
  if (task.together) await Promise.all(task.statements.map(one))
  else for (const statement of task.statements) await one(statement)
}

/** Returns what it failed with. */
export async function carryOutTransaction(task: Task & { do: 'transaction' }, doing: Doing): Promise<unknown> {
  const { ledger, ended } = doing
  const all = task.steps.flatMap(statementsOf)
  const mayFail = [...all.flatMap(ownFailures), 'PLANNED', '25P02', 'TRANSACTION_ENDED', 'TRANSACTION_ROLLED_BACK']
  const inside: Doing = { ...doing, transaction: task.id, mayFail }
  const end: TransactionEnd = { outcome: 'failed', noted: [], complete: false }
  /** What goes on after the transaction has ended is waited for too. */
  const late: Promise<unknown>[] = []
  const work = async (sql: Transaction) => {
    for (const step of task.steps) await carryOutStep(step, sql, { ...inside, end, late })
    if (task.ends === 'thrown') throw new Planned()
    end.complete = true
  }
  const count = (what: string) => ledger.outcomes.set(what, (ledger.outcomes.get(what) ?? 0) + 1)
  let failure: unknown
  try {
    await follow(ledger, `transaction ${task.id}`, () => doing.database.begin(work))
    end.outcome = 'committed'
    count('transaction committed')
    if (!end.complete) ledger.wrong.push(`transaction ${task.id}: is said to be committed, but did not come to its end`)
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

async function carryOutStep(step: Step, sql: Transaction, inside: Inside): Promise<void> {
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
    // Whatever fails in a savepoint, the transaction goes on without it.
    end.noted.push(...(await sql.savepoint(work).catch(() => [])))
  }
}
