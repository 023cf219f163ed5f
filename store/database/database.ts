import postgres from 'postgres'
import { connectionTaken } from '../../metrics/database.ts'
import { traced } from '../../traces/statements.ts'
import type { Attributes } from '../../traces/tracing.ts'
import { beginWithAfterCommit } from './after-commit.ts'
import { parseConnectionString, type ConnectionOptions } from './connection-string.ts'
import { driverOptions } from './driver-options.ts'
import { openDriver } from './open-driver.ts'
import { sessionStatement } from './session.ts'

/** Receives the id of a billing customer after a commit that changed its record. It must not throw. */
export type AfterChange = (billingCustomerId: string) => void

/** A pool: runs single statements, and transactions with `begin`. */
export type Database = postgres.Sql<{ bigint: number }> & { afterChange: AfterChange }
/** The pool or a transaction: the first argument of every function in `store/`. */
export type Sql = postgres.ISql<{ bigint: number }>
export type Transaction = postgres.TransactionSql<{ bigint: number }>

interface DatabaseOptions {
  name: string
  /** Maximum number of connections in total. */
  max?: number
  /** Limit of each statement on the server, in milliseconds. */
  statementTimeout?: number
  /**
   * Limit of each transaction on the server, in milliseconds: otherwise a process that is frozen or lost keeps its
   * locks. No other limit applies between the messages of a statement.
   */
  transactionTimeout?: number
  /** Maximum number of statements in flight on one connection. */
  maxPipeline?: number
  /** Seconds after which a connection is replaced; 30 to 60 minutes by default. */
  maxLifetime?: number
  /** Called after each commit that changes an onboarding (`underLock`). */
  afterChange?: AfterChange
}

/** The number that the patch adds to the driver (patches/README.md). */
const mends = 4

/**
 * Throws if the driver is not patched, as after `npm ci --ignore-scripts`, or has another patch (docs/decisions/0007).
 */
export function requirePatchedDriver(): void {
  if ((postgres as { mends?: number }).mends !== mends)
    throw new Error('the PostgreSQL driver is not patched: install with "npm ci", without --ignore-scripts')
}

/**
 * Opens a pool, which connects at the first query. Throws for an invalid connection string (`parseConnectionString`)
 * and for an unpatched driver: without the patch, a lost connection can end the process, and a statement can receive
 * the rows of another one (docs/decisions/0007).
 */
export function openDatabase(
  url: string,
  {
    name,
    max: wanted = 10,
    statementTimeout = 0,
    transactionTimeout = 0,
    maxPipeline = 100,
    maxLifetime,
    afterChange = () => {},
  }: DatabaseOptions,
): Database {
  requirePatchedDriver()
  const connection = parseConnectionString(url)
  const { schema, connection_limit: limit } = connection.parameters
  // At least two: one for transactions, one for statements outside of transactions.
  const max = Math.min(wanted, Math.max(Number(limit ?? wanted), 2))
  const session = sessionStatement({ statementTimeout, transactionTimeout, schema })
  const connect = (connections: number) =>
    openDriver({
      ...driverOptions(connection, name),
      max: connections,
      // Missing in the driver's types; `session` is ours (patches/README.md).
      ...({ max_pipeline: maxPipeline, session } as object),
      // Seconds before a lost connection is reopened. The driver's default grows to 20: calls would fail for that long
      // after the database is back.
      backoff: (retries) => Math.min(0.01 * 2 ** retries, 0.5),
      idle_timeout: 60,
      ...(maxLifetime === undefined ? {} : { max_lifetime: maxLifetime }),
      onnotice: () => {},
      transform: { column: { from: postgres.toCamel, to: postgres.fromCamel } },
      // Amounts and counts stay far below 2^53; by default the driver returns bigint as text.
      types: { bigint: { to: 20, from: [20], parse: Number, serialize: String } },
    }) as unknown as Database
  const attributes = attributesOf(connection)
  if (max === 1) return Object.assign(traced(connect(1), attributes), { afterChange })
  // Few connections: statements that share one are sent together and use fewer server processes (docs/decisions/0006).
  const forStatements = Math.ceil(max / 5)
  const statements = traced(connect(forStatements), attributes)
  const lanes = transactionLanes(name, () => connect(1), max - forStatements, attributes)
  const endStatements = statements.end
  const end: Database['end'] = async (options) => {
    await Promise.all([endStatements(options), lanes.end(options)])
  }
  return Object.assign(statements, { begin: lanes.begin as Database['begin'], end, afterChange })
}

/** What spans of statements say of their server (OpenTelemetry's semantic conventions). */
function attributesOf({ hosts, ports, database }: ConnectionOptions): Attributes {
  const isOne = hosts.length === 1
  return {
    'db.system.name': 'postgresql',
    'db.namespace': database,
    'server.address': isOne ? hosts[0] : undefined,
    'server.port': isOne ? ports[0] : undefined,
  }
}

/** Runs transactions on separate connections, one at a time on each (docs/decisions/0006). */
function transactionLanes(name: string, open: () => Database, most: number, attributes: Attributes) {
  const all: Database[] = []
  const idle: Database[] = []
  const waiting: { resolve(lane: Database): void; reject(error: Error): void }[] = []
  let ended = false
  const hasEnded = () => Object.assign(new Error('the pool has ended'), { code: 'CONNECTION_ENDED' })

  function take(): Database | Promise<Database> {
    if (ended) throw hasEnded()
    const lane = idle.pop()
    if (lane) return lane
    if (all.length === most) return new Promise((resolve, reject) => waiting.push({ resolve, reject }))
    const opened = open()
    all.push(opened)
    return opened
  }
  function giveBack(lane: Database): void {
    const next = waiting.shift()
    if (next) next.resolve(lane)
    else idle.push(lane)
  }
  return {
    async begin<T>(work: (sql: Transaction) => Promise<T>): Promise<T> {
      const asked = performance.now()
      const lane = await take()
      connectionTaken(name, performance.now() - asked)
      try {
        return await beginWithAfterCommit<Transaction, T>(
          (run) => lane.begin((transaction) => run(traced(transaction, attributes))),
          work,
        )
      } finally {
        giveBack(lane)
      }
    },
    async end(options?: { timeout?: number | undefined }): Promise<void> {
      ended = true
      for (const { reject } of waiting.splice(0)) reject(hasEnded())
      await Promise.all(all.map((lane) => lane.end(options)))
    },
  }
}

const codeOf = (error: unknown) => {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : ''
}

// 57P0x: shutting down or starting; 25006: read-only, as after a failover; 25P03, 25P04: transaction timeouts; 57014:
// statement timeout; 53: no connections, memory or disk left; 08: connection failures
const unavailable = new RegExp(
  '^(ECONN|CONNECT|EPIPE|ENOTFOUND|ENOENT|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|' +
    '57P0|25006|25P0[34]|57014|53|08)',
)

/** Returns whether an error means that PostgreSQL is unavailable, as opposed to a failed statement. */
export function isDatabaseUnavailable(error: unknown): boolean {
  return unavailable.test(codeOf(error))
}
