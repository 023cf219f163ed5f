import { existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createWithOwner, requireFolder } from './folders.ts'
import { isAlive } from './processes.ts'

/**
 * Locks a folder for this process until it exits. Returns the id of the process that holds the lock, if another does: a
 * second stack would stop the first one's database. Throws an Error if the folder cannot be written.
 */
export function lockFolder(folder: string): number | undefined {
  requireFolder(folder, 'LOCAL_DIR')
  const file = join(folder, 'stack.pid')
  const holder = () => (statSync(file, { throwIfNoEntry: false })?.isFile() ? Number(readFileSync(file, 'utf8')) : 0)
  if (isStack(holder())) return holder()
  rmSync(file, { force: true, recursive: true })
  if (!createWithOwner(file)) return holder()
  process.once('exit', () => rmSync(file, { force: true }))
  return undefined
}

/** Returns whether a process is a stack. A killed stack leaves its id behind, and another program may have it now. */
function isStack(pid: number): boolean {
  if (!(pid > 0) || pid === process.pid || !isAlive(pid)) return false
  const command = `/proc/${pid}/cmdline`
  return !existsSync(command) || readFileSync(command, 'utf8').includes('tools/local/main')
}
