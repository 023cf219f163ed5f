import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isAlive } from './processes.ts'

/**
 * Takes a folder for this process, until it ends; answers the process that has it already, if one does. A second stack
 * in the same folder would stop the first one's database as a leftover.
 */
export function takeFolder(folder: string): number | undefined {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'stack.pid')
  const holder = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
  if (isStack(holder)) return holder
  rmSync(file, { force: true })
  writeFileSync(file, String(process.pid), { flag: 'wx' })
  process.once('exit', () => rmSync(file, { force: true }))
  return undefined
}

/** A stack that was killed leaves its number behind, and another program may have that number by now. */
function isStack(pid: number): boolean {
  if (!pid || pid === process.pid || !isAlive(pid)) return false
  const command = `/proc/${pid}/cmdline`
  return !existsSync(command) || readFileSync(command, 'utf8').includes('local/main')
}
