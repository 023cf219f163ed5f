import { connect } from 'node:net'
import { parseConnectionString } from '../database/connection-string.ts'
import { isDatabaseUnavailable, openDatabase, type Database, type Sql } from '../database/database.ts'

const oldest = 15
const holders = 3

const sharedSessions =
  'the connection pooler shares PostgreSQL sessions between clients (PgBouncer: pool_mode = transaction or ' +
  'statement), so session timeouts do not work: use session mode, or connect to PostgreSQL directly'

const withoutTls =
  'PostgreSQL does not support TLS, which sslmode in DATABASE_URL requires: turn it on there, or use sslmode=disable'

/**
 * Throws an Error with one sentence if the server is unusable: it is too old, does not use UTF-8, is behind a pooler in
 * transaction mode, lacks the required TLS, or refuses the connection. Returns false if PostgreSQL does not respond
 * within `timeout` milliseconds: check again later.
 */
export async function requireUsableServer(url: string, timeout = 5_000): Promise<boolean> {
  const [first, ...others] = Array.from({ length: 1 + holders }, () => openDatabase(url, { name: 'check', max: 1 }))
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), timeout)
  })
  try {
    const problem = await Promise.race([findProblem(url, first!, others), late])
    if (problem) throw new Error(problem)
    return problem !== undefined
  } finally {
    clearTimeout(timer)
    await Promise.all([first!, ...others].map((pool) => pool.end({ timeout: 0 })))
  }
}

/** Returns the problem, an empty text for none, or undefined if PostgreSQL is unavailable. */
async function findProblem(url: string, first: Database, others: Database[]): Promise<string | undefined> {
  try {
    const server = await describeServer(first)
    if (server.version < oldest * 10_000)
      return `PostgreSQL ${Math.floor(server.version / 10_000)} is too old: PostgreSQL ${oldest} or newer is required`
    if (server.encoding !== 'UTF8') return `the database has the encoding ${server.encoding}: create one with UTF8`
    return server.isPooled && (await sharesSessions(first, others)) ? sharedSessions : ''
  } catch (error) {
    if (!isDatabaseUnavailable(error)) return `PostgreSQL refuses the connection: ${(error as Error).message}`
    return (await lacksTls(url)) ? withoutTls : undefined
  }
}

async function describeServer(sql: Sql) {
  const rows = await sql<{ version: number; encoding: string; pid: number }[]>`
    select current_setting('server_version_num')::integer as version, current_setting('server_encoding') as encoding,
      pg_backend_pid() as pid`
  // PostgreSQL sends each session its process id at startup; a pooler invents that number.
  return { ...rows[0]!, isPooled: rows.state.pid !== rows[0]!.pid }
}

const processOf = async (sql: Sql) => (await describeServer(sql)).pid

/**
 * Returns whether an idle session loses its server process to others that each hold a transaction open. With other
 * traffic at the pooler it can return a false negative, never a false positive.
 */
async function sharesSessions(idle: Database, others: Database[]): Promise<boolean> {
  const before = await processOf(idle)
  const hold = async ([next, ...rest]: Database[]): Promise<boolean> =>
    next !== undefined &&
    (await next.begin(
      async (sql) => (await processOf(sql)) === before || (await processOf(idle)) !== before || (await hold(rest)),
    ))
  try {
    return await hold(others)
  } catch (error) {
    // In statement mode PgBouncer disconnects a client that begins a transaction.
    const answers = await processOf(idle).catch(() => undefined)
    if (answers !== undefined && isDatabaseUnavailable(error)) return true
    throw error
  }
}

/** SSLRequest, which a client sends before TLS begins (postgresql.org/docs/current/protocol-message-formats.html). */
const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])
const no = 'N'.charCodeAt(0)

/**
 * Returns whether the connection string requires TLS, and its server responds that it does not support it. The driver
 * cannot tell this from a server that is unavailable.
 */
async function lacksTls(url: string): Promise<boolean> {
  const { tls, hosts, ports, parameters } = parseConnectionString(url)
  const isRequired = tls !== false && tls !== 'prefer' && parameters.sslnegotiation !== 'direct'
  return isRequired && hosts.length === 1 && (await refusesTls(hosts[0]!, ports[0]!))
}

const refusesTls = (host: string, port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, host, () => socket.write(sslRequest))
    const end = (refuses: boolean) => {
      socket.destroy()
      resolve(refuses)
    }
    socket.setTimeout(1_000, () => end(false))
    socket.once('error', () => end(false))
    socket.once('close', () => end(false))
    socket.once('data', (answer) => end(answer[0] === no))
  })
