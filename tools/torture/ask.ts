import { isDeepStrictEqual } from 'node:util'
import { isDatabaseUnavailable, type Sql } from '../../store/database/database.ts'
import { questionOf, type Asked } from './kinds.ts'
import type { Plan, Statement } from './plan.ts'

/** The outcomes of a run's statements. */
export interface Ledger {
  wrong: string[]
  /** Number of statements by outcome: `own rows`, `WRONG`, or an error code. */
  outcomes: Map<string, number>
  /** Work that has not ended yet. */
  pending: Set<string>
  /** Time of the last end, in milliseconds since the epoch. */
  ended: number
  /** Inserts outside transactions, and whether each must be in the table. Undefined if unknown. */
  inserted: Map<number, boolean | undefined>
}

export const codeOf = (error: unknown): string => {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown }
  return typeof code === 'string' ? code : String(name ?? error)
}

// 08P01 is a protocol violation, which a network fault cannot cause.
export const isFault = (error: unknown) => isDatabaseUnavailable(error) && codeOf(error) !== '08P01'

export interface Asking {
  plan: Plan
  ledger: Ledger
  shape: string
  /** The transaction's number. 0 means none. */
  transaction?: number
  /** Error codes that other statements of the transaction may cause. */
  mayFail?: readonly string[]
}

/** Returns the error codes that a statement causes itself. */
export const ownFailures = ({ kind }: Statement): readonly string[] => questionOf(kind).fails ?? []

/** Records work as pending until it settles. */
export async function follow<T>(ledger: Ledger, what: string, work: () => PromiseLike<T>): Promise<T> {
  ledger.pending.add(what)
  try {
    return await work()
  } finally {
    ledger.pending.delete(what)
    ledger.ended = Date.now()
  }
}

/** Runs one statement and checks its result. Rejects with the statement's error. */
export async function ask(sql: Sql, statement: Statement, asking: Asking): Promise<void> {
  const { plan, ledger, shape, transaction = 0, mayFail = [] } = asking
  const question = questionOf(statement.kind)
  const asked: Asked = { ...statement, run: plan.run, token: `${plan.run}.${statement.id}`, transaction, shape }
  const name = `${statement.kind} ${statement.id}${transaction ? ` of transaction ${transaction}` : ''}`
  const count = (outcome: string) => ledger.outcomes.set(outcome, (ledger.outcomes.get(outcome) ?? 0) + 1)
  const noteInsert = (there: boolean | undefined) => {
    if (statement.kind === 'insert' && transaction === 0) ledger.inserted.set(statement.id, there)
  }
  try {
    const answer = await follow(ledger, name, () => question.ask(sql, asked))
    const problem = problemOf(answer as Answer, question.answer?.(asked))
    count(problem ? 'WRONG' : 'own rows')
    if (problem) ledger.wrong.push(`${name}: ${problem}`)
    noteInsert(true)
  } catch (error) {
    const code = codeOf(error)
    count(code)
    // Without a response of the server the insert may have been committed.
    noteInsert(code === '57014' ? false : undefined)
    if (!isFault(error) && !ownFailures(statement).includes(code) && !mayFail.includes(code))
      ledger.wrong.push(`${name}: failed with an unexpected error: ${code} ${(error as Error)?.message}`)
    throw error
  }
}

type Answer = (unknown | unknown[])[] & { count?: number | null }

function problemOf(answer: Answer, expected: unknown[] | undefined): string | undefined {
  if (!expected) return `succeeded, but must fail: ${short(answer)}`
  const rows = answer.map((row) => (Array.isArray(row) ? [...row] : row))
  // Array.from turns holes into undefined, so that they count.
  if (rows.length !== expected.length || !isDeepStrictEqual(Array.from(rows), expected))
    return `${rows.length} instead of ${expected.length} rows: ${short(rows)} instead of ${short(expected)}`
  const single = !Array.isArray(expected[0])
  if (single && answer.count !== expected.length) return `has count ${answer.count} instead of ${expected.length}`
  return undefined
}

const short = (value: unknown) => {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 160 ? `${text.slice(0, 100)} … ${text.slice(-50)}` : text
}
