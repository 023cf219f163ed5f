import { isDatabaseAway, openDatabase, type Database, type Sql } from './database.ts'

const oldest = 15
const holders = 3

const sharedSessions =
  'the connection pooler before PostgreSQL hands one session to several clients (PgBouncer: pool_mode = transaction or ' +
  'statement), and time limits of a session are lost: use session mode, or connect to PostgreSQL directly'

/**
 * Throws an Error with one sentence where this program cannot work with the server of a connection string: it is too
 * old, has another encoding than UTF-8, stands behind a pooler in transaction mode, or refuses the connection. Returns
 * false where that could not be found out within `patience` milliseconds, as PostgreSQL does not answer: ask again
 * later.
 */
export async function requireUsableServer(url: string, patience = 5_000): Promise<boolean> {
  const [first, ...others] = Array.from({ length: 1 + holders }, () => openDatabase(url, { name: 'check', max: 1 }))
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), patience)
  })
  try {
    const problem = await Promise.race([findProblem(first!, others), late])
    if (problem) throw new Error(problem)
    return problem !== undefined
  } finally {
    clearTimeout(timer)
    await Promise.all([first!, ...others].map((pool) => pool.end({ timeout: 0 })))
  }
}

/** Returns the problem, an empty text for none, and undefined where PostgreSQL is away. */
async function findProblem(first: Database, others: Database[]): Promise<string | undefined> {
  try {
    const server = await lookAt(first)
    if (server.version < oldest * 10_000)
      return `PostgreSQL ${Math.floor(server.version / 10_000)} is too old: PostgreSQL ${oldest} or newer is needed`
    if (server.encoding !== 'UTF8') return `the database has the encoding ${server.encoding}: create one with UTF8`
    return server.isPooled && (await sharesSessions(first, others)) ? sharedSessions : ''
  } catch (error) {
    return isDatabaseAway(error) ? undefined : `PostgreSQL refuses the connection: ${(error as Error).message}`
  }
}

async function lookAt(sql: Sql) {
  const rows = await sql<{ version: number; encoding: string; pid: number }[]>`
    select current_setting('server_version_num')::integer as version, current_setting('server_encoding') as encoding,
      pg_backend_pid() as pid`
  // PostgreSQL gives each session its process id as it begins; a pooler makes that number up.
  return { ...rows[0]!, isPooled: rows.state.pid !== rows[0]!.pid }
}

const processOf = async (sql: Sql) => (await lookAt(sql)).pid

/**
 * Finds out whether a session that does nothing loses its process to others, which each hold a transaction. With other
 * traffic at the pooler it can miss that, never the reverse.
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
    // In statement mode PgBouncer ends a client that begins a transaction.
    const answers = await processOf(idle).catch(() => undefined)
    if (answers !== undefined && isDatabaseAway(error)) return true
    throw error
  }
}
