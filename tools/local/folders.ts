import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Makes a folder where there is none. Throws an Error with one sentence, which names the variable that moves it, where
 * nothing can be written there.
 */
export function requireFolder(folder: string, variable: string): void {
  const probe = join(folder, `.probe-${process.pid}`)
  try {
    mkdirSync(folder, { recursive: true })
    try {
      writeFileSync(probe, 'x')
    } finally {
      rmSync(probe, { force: true })
    }
  } catch (error) {
    throw new Error(`${folder} cannot be written (${codeOf(error)}): set ${variable} to a folder with space and rights`)
  }
}

/** Creates a file that names this process. Returns false where another process created it first. */
export function createWithOwner(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    rmSync(file, { force: true })
    throw error
  }
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? (error as Error).message
