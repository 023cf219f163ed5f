import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase, type Database } from '../../store/database/database.ts'
import { ask, codeOf, follow, type Ledger } from './ask.ts'
import type { Control } from './control.ts'
import { judgeNotes } from './notes.ts'
import type { FaultKind, Plan, Step } from './plan.ts'
import { openRelay, type Relay } from './relay.ts'
import { executeTask, executeTransaction, type Doing } from './tasks.ts'

export interface RunResult extends Ledger {
  plan: Plan
  faults: Map<FaultKind, number>
}

/** Milliseconds without progress after which pending work counts as stuck. Longer than the waits of a plan. */
const stuckTimeout = 10_000

/** Executes one plan against PostgreSQL at `url` and checks its results. */
export async function executePlan(
  plan: Plan,
  { url, control, shape, result }: { url: string; control: Control; shape: string; result: RunResult },
): Promise<void> {
  const happened = (kind: FaultKind) => void result.faults.set(kind, (result.faults.get(kind) ?? 0) + 1)
  const relay = await openRelay(plan, { url, control, happened })
  const database = openDatabase(relay.url, { name: `torture ${plan.run}`, ...plan.pool })
  const doing: Doing = { plan, ledger: result, shape, database, control, ended: new Map() }
  const tasks = plan.tasks.map((task) => sleep(task.after).then(() => executeTask(task, doing)))
  if (plan.end) tasks.push(endEarly(plan.end, database, result))
  await finished(Promise.all(tasks), result)
  relay.calm()
  if (!plan.end) await finished(checkPoolRecovers(doing), result)
  const end = follow(result, 'end of the pool', () => database.end({ timeout: 2 }))
  await finished(end, result)
  await connectionsEnded(relay, result)
  await relay.close()
  await sessionsEnded(plan, control)
  await judgeNotes(doing)
}

export const makeResult = (plan: Plan): RunResult => ({
  plan,
  wrong: [],
  outcomes: new Map(),
  pending: new Set(),
  ended: 0,
  inserted: new Map(),
  faults: new Map(),
})

/** Waits for the work. Reports pending work as a problem if nothing ends within the timeout. */
async function finished(work: Promise<unknown>, ledger: Ledger): Promise<void> {
  let done = false
  const going = work.then(() => (done = true))
  ledger.ended = Date.now()
  while (!done) {
    const left = ledger.ended + stuckTimeout - Date.now()
    if (left <= 0) break
    await Promise.race([going, sleep(Math.min(left, 100))])
  }
  if (!done) for (const what of ledger.pending) ledger.wrong.push(`${what}: did not end`)
  ledger.pending.clear()
}

async function endEarly(end: NonNullable<Plan['end']>, database: Database, ledger: Ledger): Promise<void> {
  await sleep(end.after)
  await follow(ledger, 'end of the pool', () => database.end(end.timeout === undefined ? {} : { timeout: end.timeout }))
}

/** Checks that after the faults each connection of the pool runs a statement and a transaction, retrying errors. */
async function checkPoolRecovers(doing: Doing): Promise<void> {
  const until = Date.now() + stuckTimeout
  let id = 10_000
  const succeeds = async (use: (number: number) => Promise<unknown>): Promise<void> => {
    try {
      await use(++id)
    } catch (error) {
      // The server responded. On a busy machine the relay can exceed the statement timeout.
      if (codeOf(error) === '57014' && doing.plan.pool.statementTimeout > 0) return
      if (Date.now() > until) doing.ledger.wrong.push(`the pool does not recover: ${codeOf(error)}`)
      else return sleep(20).then(() => succeeds(use))
    }
  }
  const statement = (number: number) => ask(doing.database, { id: number, kind: 'values', rows: 1 }, doing)
  const transaction = async (number: number) => {
    const steps: Step[] = [{ do: 'statements', statements: [{ id: number, kind: 'insert', rows: 1 }] }]
    const error = await executeTransaction({ after: 0, do: 'transaction', id: number, steps, ends: 'kept' }, doing)
    if (error) throw error
  }
  const uses = Array.from({ length: doing.plan.pool.max }, () => [succeeds(statement), succeeds(transaction)])
  await Promise.all(uses.flat())
}

async function connectionsEnded(relay: Relay, ledger: Ledger): Promise<void> {
  for (let i = 0; i < 400 && relay.open() > 0; i++) await sleep(i < 20 ? 1 : 10)
  if (relay.open() > 0) ledger.wrong.push(`${relay.open()} connections are still open after the pool has ended`)
}

/** Waits for the server's sessions: work of a disconnected client could still be committed. */
async function sessionsEnded({ run }: Plan, { sql }: Control): Promise<void> {
  for (;;) {
    const left = await sql`select from pg_stat_activity where application_name = ${`billing-onboarding torture ${run}`}`
    if (left.length === 0) return
    await sleep(5)
  }
}
