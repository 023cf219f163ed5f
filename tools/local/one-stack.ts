import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createWithOwner, requireFolder } from './folders.ts'
import { isAlive } from './processes.ts'

/**
 * Takes a folder for this process, until it ends; returns the process that has it already, if one does. A second stack
 * in the same folder would stop the first one's database as a leftover. Throws an Error where nothing can be written.
 */
export function takeFolder(folder: string): number | undefined {
  requireFolder(folder, 'LOCAL_DIR')
  const file = join(folder, 'stack.pid')
  const holder = () => (existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0)
  if (isStack(holder())) return holder()
  rmSync(file, { force: true })
  if (!createWithOwner(file)) return holder()
  process.once('exit', () => rmSync(file, { force: true }))
  return undefined
}

/** A stack that was killed leaves its number behind, and another program may have that number by now. */
function isStack(pid: number): boolean {
  if (!pid || pid === process.pid || !isAlive(pid)) return false
  const command = `/proc/${pid}/cmdline`
  return !existsSync(command) || readFileSync(command, 'utf8').includes('tools/local/main')
}
