import { setTimeout as sleep } from 'node:timers/promises'
import { openDatabase, type Database } from '../../store/database/database.ts'
import { ask, codeOf, follow, type Ledger } from './ask.ts'
import type { Control } from './control.ts'
import { judgeNotes } from './notes.ts'
import type { FaultKind, Plan, Step } from './plan.ts'
import { openRelay, type Relay } from './relay.ts'
import { carryOut, carryOutTransaction, type Doing } from './tasks.ts'

export interface RunResult extends Ledger {
  plan: Plan
  faults: Map<FaultKind, number>
}

/** Milliseconds after which something must have ended, the waits of the plan included. */
const patience = 10_000

/** Carries out one plan against PostgreSQL at `url`, and judges it. */
export async function carryOutPlan(
  plan: Plan,
  { url, control, shape, result }: { url: string; control: Control; shape: string; result: RunResult },
): Promise<void> {
  const happened = (kind: FaultKind) => void result.faults.set(kind, (result.faults.get(kind) ?? 0) + 1)
  const relay = await openRelay(plan, { url, control, happened })
  const database = openDatabase(relay.url, { name: `torture ${plan.run}`, ...plan.pool })
  const doing: Doing = { plan, ledger: result, shape, database, control, ended: new Map() }
  const tasks = plan.tasks.map((task) => sleep(task.after).then(() => carryOut(task, doing)))
  if (plan.end) tasks.push(endEarly(plan.end, database, result))
  await finished(Promise.all(tasks), result)
  relay.calm()
  if (!plan.end) await finished(useAgain(doing), result)
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

/** Waits for the work. Where nothing has ended for as long as that, what is pending never will: that is wrong. */
async function finished(work: Promise<unknown>, ledger: Ledger): Promise<void> {
  let done = false
  const going = work.then(() => (done = true))
  ledger.ended = Date.now()
  while (!done) {
    const left = ledger.ended + patience - Date.now()
    if (left <= 0) break
    await Promise.race([going, sleep(Math.min(left, 100))])
  }
  if (!done) for (const what of ledger.pending) ledger.wrong.push(`${what}: never ended`)
  ledger.pending.clear()
}

async function endEarly(end: NonNullable<Plan['end']>, database: Database, ledger: Ledger): Promise<void> {
  await sleep(end.after)
  await follow(ledger, 'end of the pool', () => database.end(end.timeout === undefined ? {} : { timeout: end.timeout }))
}

/**
 * After the faults: on each connection of the pool a statement and a transaction succeed, after a few errors at most.
 */
async function useAgain(doing: Doing): Promise<void> {
  const until = Date.now() + patience
  let id = 10_000
  const succeeds = async (use: (number: number) => Promise<unknown>): Promise<void> => {
    try {
      await use(++id)
    } catch (error) {
      // The server answers; on a busy machine its time limit is too short for the relay.
      if (codeOf(error) === '57014' && doing.plan.pool.statementTimeout > 0) return
      if (Date.now() > until) doing.ledger.wrong.push(`the pool is of no use any more: ${codeOf(error)}`)
      else return sleep(20).then(() => succeeds(use))
    }
  }
  const statement = (number: number) => ask(doing.database, { id: number, kind: 'values', rows: 1 }, doing)
  const transaction = async (number: number) => {
    const steps: Step[] = [{ do: 'statements', statements: [{ id: number, kind: 'insert', rows: 1 }] }]
    const error = await carryOutTransaction({ after: 0, do: 'transaction', id: number, steps, ends: 'kept' }, doing)
    if (error) throw error
  }
  const uses = Array.from({ length: doing.plan.pool.max }, () => [succeeds(statement), succeeds(transaction)])
  await Promise.all(uses.flat())
}

async function connectionsEnded(relay: Relay, ledger: Ledger): Promise<void> {
  for (let i = 0; i < 400 && relay.open() > 0; i++) await sleep(i < 20 ? 1 : 10)
  if (relay.open() > 0) ledger.wrong.push(`${relay.open()} connections are open after the pool has ended`)
}

/** What the server still works on, after its client has gone, could still be committed. */
async function sessionsEnded({ run }: Plan, { sql }: Control): Promise<void> {
  for (;;) {
    const left = await sql`select from pg_stat_activity where application_name = ${`billing-onboarding torture ${run}`}`
    if (left.length === 0) return
    await sleep(5)
  }
}
