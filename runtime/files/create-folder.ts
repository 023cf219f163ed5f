import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

/**
 * Creates a folder and the missing ones above it, unless it exists. Throws the error of the system. Node's own
 * recursive creation tries forever where a file system answers that the name does not exist, as `/proc` does.
 */
export function createFolder(path: string): void {
  const parent = dirname(path)
  if (!existsSync(parent)) createFolder(parent)
  try {
    mkdirSync(path)
  } catch (error) {
    if (!isFolder(path)) throw error
  }
}

/** As `createFolder`, and also throws if no file can be written in the folder. */
export function createWritableFolder(path: string): void {
  createFolder(path)
  const probe = join(path, `.probe-${process.pid}`)
  try {
    writeFileSync(probe, 'x')
  } finally {
    rmSync(probe, { force: true })
  }
}
