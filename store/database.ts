import postgres from 'postgres'
import { parseConnectionString } from './connection-string.ts'
import { driverOptions } from './driver-options.ts'
import { sessionStatement } from './session.ts'

/** A pool: statements by themselves, and transactions by `begin`. */
export type Database = postgres.Sql<{ bigint: number }>
/** Either the pool or a transaction: what every function of the store takes first. */
export type Sql = postgres.ISql<{ bigint: number }>
export type Transaction = postgres.TransactionSql<{ bigint: number }>

interface DatabaseOptions {
  name: string
  /** Connections at most, in all. */
  max?: number
  /** Bounds each statement on the server, in milliseconds. */
  statementTimeout?: number
  /**
   * Bounds each transaction on the server, in milliseconds: a process that was frozen in one, or whose machine is gone, would
   * keep its locks from everybody else. No other limit holds where a statement was prepared and not yet sent for execution.
   */
  transactionTimeout?: number
  /** How many statements are sent ahead on one connection. */
  maxPipeline?: number
}

/**
 * Opens a pool; nothing is connected before the first query. Throws where the connection string is wrong
 * (`parseConnectionString`).
 */
export function openDatabase(
  url: string,
  { name, max: wanted = 10, statementTimeout = 0, transactionTimeout = 0, maxPipeline = 100 }: DatabaseOptions,
): Database {
  const connection = parseConnectionString(url)
  const { schema, connection_limit: limit } = connection.parameters
  // Two at least: one for transactions, one for statements outside of them.
  const max = Math.min(wanted, Math.max(Number(limit ?? wanted), 2))
  const session = sessionStatement({ statementTimeout, transactionTimeout, schema })
  const connect = (connections: number) =>
    postgres({
      ...driverOptions(connection, name),
      max: connections,
      // Missing in the driver's types; `session` is ours (scripts/mend-driver.js).
      ...({ max_pipeline: maxPipeline, session } as object),
      // Seconds before a lost connection is made anew. The driver's own grow to 20: so long would callers be refused
      // after the database is back.
      backoff: (retries) => Math.min(0.01 * 2 ** retries, 0.5),
      idle_timeout: 60,
      onnotice: () => {},
      transform: { column: { from: postgres.toCamel, to: postgres.fromCamel } },
      // Amounts and counts stay far below 2^53; the driver would hand them out as texts.
      types: { bigint: { to: 20, from: [20], parse: Number, serialize: String } },
    }) as unknown as Database
  if (max === 1) return connect(1)
  // Few: statements that meet on a connection are sent together, and fewer of the server's processes are woken
  // (docs/decisions/0006).
  const forStatements = Math.ceil(max / 5)
  const statements = connect(forStatements)
  const lanes = transactionLanes(() => connect(1), max - forStatements)
  const endStatements = statements.end
  const end: Database['end'] = async (options) => {
    await Promise.all([endStatements(options), lanes.end(options)])
  }
  return Object.assign(statements, { begin: lanes.begin as Database['begin'], end })
}

/**
 * Transactions on connections of their own, one at a time on each. In a pool that it shares with other statements the
 * driver can send a BEGIN without reserving the connection, and others then run inside the transaction
 * (github.com/porsager/postgres/issues/1189; docs/decisions/0006).
 */
function transactionLanes(open: () => Database, most: number) {
  const all: Database[] = []
  const idle: Database[] = []
  const waiting: ((lane: Database) => void)[] = []

  function openLane(): Database {
    const lane = open()
    all.push(lane)
    return lane
  }
  function take(): Database | Promise<Database> {
    const lane = idle.pop()
    if (lane) return lane
    return all.length < most ? openLane() : new Promise((resolve) => waiting.push(resolve))
  }
  function giveBack(lane: Database): void {
    const next = waiting.shift()
    if (next) next(lane)
    else idle.push(lane)
  }
  /** What is left of a transaction that lost its connection must not run on the next one, inside another's. */
  function retire(lane: Database): void {
    all.splice(all.indexOf(lane), 1)
    void lane.end({ timeout: 0 })
    const next = waiting.shift()
    if (next) next(openLane())
  }
  return {
    async begin<T>(work: (sql: Transaction) => Promise<T>): Promise<T> {
      const lane = await take()
      try {
        const result = (await lane.begin(work)) as T
        giveBack(lane)
        return result
      } catch (error) {
        if (isConnectionLost(error)) retire(lane)
        else giveBack(lane)
        throw error
      }
    },
    end: (options?: { timeout?: number | undefined }) => Promise.all(all.map((lane) => lane.end(options))),
  }
}

const codeOf = (error: unknown) => {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : ''
}

// 57P0x, 25P03, 25P04: the server ended the session
const isConnectionLost = (error: unknown) => /^(ECONN|CONNECTION_|EPIPE|ETIMEDOUT|57P0|25P0[34]|08)/.test(codeOf(error))

/** Says whether an error means that PostgreSQL could not be asked, as against having said no. */
export function isDatabaseAway(error: unknown): boolean {
  // 57P0x: shutting down or starting; 25P0x: it took too long over the transaction; 57014: statement time-out; 53300: too many connections; 55P03: lock not available
  return /^(ECONN|CONNECT|EPIPE|ENOTFOUND|ENOENT|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|57P0|25P0[34]|57014|53300|53100|08)/.test(
    codeOf(error),
  )
}
