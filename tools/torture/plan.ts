import { seededChance, type Chance } from '../chaos/chance.ts'
import { kindsOf, type Kind } from './kinds.ts'

export interface Statement {
  /** Unique within the run, and part of the statement's rows. */
  id: number
  kind: Kind
  /** Number of requested rows. */
  rows: number
}

/** The sequential steps of a transaction. */
export type Step =
  | { do: 'statements'; statements: Statement[] }
  /** Run concurrently. Each continues when another has failed. */
  | { do: 'branches'; branches: Statement[][] }
  | { do: 'savepoint'; statements: Statement[]; ends: Ending }
export type Ending = 'kept' | 'thrown'

/** A task that starts after `after` milliseconds, independently of the others. */
export type Task = { after: number } & (
  | { do: 'statements'; statements: Statement[]; together: boolean }
  | { do: 'transaction'; id: number; steps: Step[]; ends: Ending }
  /** Another session changes the type of a column that prepared statements read. */
  | { do: 'reshape' }
)

/** The phases of a connection: authentication, our first statement, the driver's own, and those of the plan. */
export const phases = ['startup', 'session', 'types', 'statements'] as const
export const faultKinds = ['end', 'reset', 'delay', 'stall', 'kill', 'cancel'] as const
export type Side = 'to server' | 'to client'
export type FaultKind = (typeof faultKinds)[number]
/** A position on a connection: a message of a phase, and a byte offset in it. Offset 0 is the message boundary. */
export interface Position {
  side: Side
  phase: (typeof phases)[number]
  message: number
  offset: number
}
export interface Fault {
  kind: FaultKind
  /** Index of the connection, in the order of opening. */
  connection: number
  at: Position | { after: number }
  /** Time in milliseconds during which both directions wait. */
  pause: number
}

export interface Plan {
  seed: number
  run: number
  pool: { max: number; maxPipeline: number; statementTimeout: number; maxLifetime?: number }
  /** How the relay splits the bytes that it forwards. */
  pieces: 'as they come' | 'split' | 'merged'
  tasks: Task[]
  faults: Fault[]
  /** Ends the pool while it is in use. `timeout` is in seconds. */
  end: { after: number; timeout: number | undefined } | undefined
}

/** Returns the plan of one run, derived only from the seed and the run's number. */
export function makePlan(seed: number, run: number): Plan {
  const chance = seededChance(Math.imul(seed, 1_000_003) + run)
  const oneIn = (n: number) => chance.between(1, n) === 1
  let ids = 0
  const statement = (kind = chance.pick(oneIn(9) ? kindsOf.failing : kindsOf.answered)): Statement => ({
    id: ++ids,
    kind,
    rows: rowsOf(chance, kind),
  })
  const statements = (most: number) => Array.from({ length: chance.between(1, most) }, () => statement())
  const step = (): Step => {
    const branch = () => statements(3)
    return chance.pick<() => Step>([
      () => ({ do: 'statements', statements: statements(4) }),
      () => ({ do: 'statements', statements: [statement('insert')] }),
      () => ({ do: 'branches', branches: [branch(), branch(), branch()] }),
      () => ({ do: 'savepoint', statements: statements(3), ends: oneIn(3) ? 'thrown' : 'kept' }),
    ])()
  }
  const task = (id: number): Task =>
    ({
      after: oneIn(2) ? 0 : chance.between(0, 25),
      ...chance.pick<() => object>([
        () => ({ do: 'statements', statements: statements(12), together: true }),
        () => ({ do: 'statements', statements: statements(6), together: false }),
        () => ({ do: 'statements', statements: statements(12), together: true }),
        () => ({ do: 'transaction', id, steps: [step(), step()], ends: oneIn(4) ? 'thrown' : 'kept' }),
        () => ({ do: 'transaction', id, steps: [step()], ends: 'kept' }),
        () => ({ do: 'transaction', id, steps: [step(), step(), step()], ends: 'kept' }),
        ...(oneIn(3) ? [() => ({ do: 'reshape' })] : []),
      ])(),
    }) as Task
  return {
    seed,
    run,
    pool: {
      max: chance.pick([1, 2, 3, 6]),
      maxPipeline: chance.pick([2, 5, 100, 100]),
      statementTimeout: oneIn(3) ? chance.between(60, 100) : 0,
      ...(oneIn(10) ? { maxLifetime: chance.between(5, 60) / 1000 } : {}),
    },
    pieces: chance.pick(['as they come', 'split', 'merged']),
    tasks: Array.from({ length: chance.between(2, 7) }, (_, i) => task(i + 1)),
    faults: Array.from({ length: chance.between(1, 4) }, () => makeFault(chance, oneIn)),
    end: oneIn(12) ? { after: chance.between(0, 30), timeout: chance.pick([undefined, 0, 0.01]) } : undefined,
  }
}

function rowsOf(chance: Chance, kind: Kind): number {
  if (kind === 'large') return chance.between(20, 120)
  if (kind === 'slow') return chance.pick([1, 2, 50])
  return kind === 'constant' || kind === 'insert' ? 1 : chance.pick([0, 1, 2, 3, 10, 50, 400])
}

function makeFault(chance: Chance, oneIn: (n: number) => boolean): Fault {
  // A stall exceeds the connection timeout and takes seconds, so it is rare.
  const kind = oneIn(150) ? 'stall' : chance.pick(faultKinds.filter((kind) => kind !== 'stall'))
  const side = chance.pick<Side>(['to server', 'to client'])
  const phase = kind === 'stall' ? 'startup' : oneIn(3) ? chance.pick(phases) : 'statements'
  const last = { startup: [2, 24], session: [0, 4], types: [4, 300], statements: oneIn(4) ? [60, 1500] : [25, 40] }[
    phase
  ] as [number, number]
  const position: Position = {
    side,
    phase,
    message: chance.between(0, last[side === 'to server' ? 0 : 1]),
    offset: oneIn(2) ? 0 : oneIn(3) ? chance.between(1, 5) : chance.between(1, 200),
  }
  return {
    kind,
    connection: chance.between(0, oneIn(2) ? 1 : 7),
    at: kind !== 'stall' && oneIn(5) ? { after: chance.between(0, 40) } : position,
    pause: kind === 'stall' ? 2_300 : chance.between(0, kind === 'delay' ? 30 : 4),
  }
}
