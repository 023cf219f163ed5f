import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Creates a folder if missing. Throws an Error that names the variable to change if the folder cannot be written. */
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
    throw new Error(
      `${folder} cannot be written (${codeOf(error)}): set ${variable} to a writable folder with free space`,
    )
  }
}

/** Creates a temporary folder that other accounts can enter. When started by root, PostgreSQL runs as one of them. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `billing-onboarding-${name}-`))
  chmodSync(folder, 0o755)
  return folder
}

/** Creates a file that holds this process's id. Returns false if the file exists already. */
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
