import { isDeepStrictEqual } from 'node:util'
import { isDatabaseAway, type Sql } from '../../store/database/database.ts'
import { questionOf, type Asked } from './kinds.ts'
import type { Plan, Statement } from './plan.ts'

/** What became of the statements of a run. */
export interface Ledger {
  wrong: string[]
  /** How many ended how: with their own rows, or with an error of this code. */
  outcomes: Map<string, number>
  /** What has not ended yet. */
  pending: Set<string>
  /** When something ended last, in milliseconds. */
  ended: number
  /** Of what was inserted outside of transactions: whether it must be there. Undefined: nobody can know. */
  inserted: Map<number, boolean | undefined>
}

export const codeOf = (error: unknown): string => {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown }
  return typeof code === 'string' ? code : String(name ?? error)
}

// 08P01: the server did not understand the driver. That is never the network's fault.
export const isFault = (error: unknown) => isDatabaseAway(error) && codeOf(error) !== '08P01'

export interface Asking {
  plan: Plan
  ledger: Ledger
  shape: string
  /** The transaction; 0 is none. */
  transaction?: number
  /** Codes of errors that others may bring about: in a transaction, those of its other statements. */
  mayFail?: readonly string[]
}

/** The codes with which a statement may fail by itself. */
export const ownFailures = ({ kind }: Statement): readonly string[] => questionOf(kind).fails ?? []

/** Notes what is pending until it ends, however it does. */
export async function follow<T>(ledger: Ledger, what: string, work: () => PromiseLike<T>): Promise<T> {
  ledger.pending.add(what)
  try {
    return await work()
  } finally {
    ledger.pending.delete(what)
    ledger.ended = Date.now()
  }
}

/** Asks one statement, and judges what it is answered. Rejects as the statement does. */
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
    // Without a word of the server it may have come to its end.
    noteInsert(code === '57014' ? false : undefined)
    if (!isFault(error) && !ownFailures(statement).includes(code) && !mayFail.includes(code))
      ledger.wrong.push(`${name}: failed with what is not its own: ${code} ${(error as Error)?.message}`)
    throw error
  }
}

type Answer = (unknown | unknown[])[] & { count?: number | null }

function problemOf(answer: Answer, expected: unknown[] | undefined): string | undefined {
  if (!expected) return `was answered, and must fail: ${short(answer)}`
  const rows = answer.map((row) => (Array.isArray(row) ? [...row] : row))
  // Index by index, so that a hole counts.
  if (rows.length !== expected.length || !isDeepStrictEqual(Array.from(rows), expected))
    return `${rows.length} in place of ${expected.length}: ${short(rows)} in place of ${short(expected)}`
  const single = !Array.isArray(expected[0])
  if (single && answer.count !== expected.length) return `counts ${answer.count} in place of ${expected.length}`
  return undefined
}

const short = (value: unknown) => {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 160 ? `${text.slice(0, 100)} … ${text.slice(-50)}` : text
}
