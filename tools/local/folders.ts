import { chmodSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createFolder, createWritableFolder } from '../../runtime/files/create-folder.ts'

/** Returns the folder of the local stack: LOCAL_DIR without surrounding whitespace, as for every other variable. */
export const localFolder = (env: NodeJS.ProcessEnv): string => resolve(env.LOCAL_DIR?.trim() || '.local')

/** Returns the content of a JSON file; undefined if it does not exist. Throws an Error that names an invalid file. */
export function readJson<T>(file: string): T | undefined {
  if (!existsSync(file)) return undefined
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T
  } catch {
    // The message of the parser has a part of the text, which can be a secret.
    throw unusable(file)
  }
}

/** The error about a file of the stack whose content is not what the stack wrote. */
export const unusable = (file: string): Error =>
  new Error(`${file} is not valid JSON of the stack: restore it, or remove the folder to start anew`)

/** Writes a JSON file for this account only, by an atomic rename: no reader and no crash leaves a partial file. */
export function writeJson(file: string, value: unknown): void {
  writeFileSync(`${file}.new`, JSON.stringify(value, null, 2), { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

/** Creates a folder if missing. Throws an Error that names the variable to change if the folder cannot be written. */
export function requireFolder(folder: string, variable: string): void {
  try {
    createWritableFolder(folder)
  } catch (error) {
    throw new Error(
      `${folder} cannot be written (${codeOf(error)}): set ${variable} to a writable folder with free space`,
    )
  }
}

/** Creates a folder that only this account can enter, or makes an existing one such a folder. Returns its path. */
export function ownFolder(folder: string): string {
  createFolder(folder)
  chmodSync(folder, 0o700)
  return folder
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
