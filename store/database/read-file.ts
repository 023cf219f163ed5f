import { readFileSync, statSync } from 'node:fs'

/**
 * Reads a file that a variable names. Throws an Error whose message continues the variable's name and has nothing of
 * the content. Only a regular file of limited size is read: a pipe or a device might never end.
 */
export function readRegularFile(path: string, mostKilobytes: number): Buffer {
  try {
    const file = statSync(path)
    // A folder has an error of its own.
    if (!file.isFile() && !file.isDirectory()) throw new Error('names a pipe or a device: it must name a regular file')
    if (file.size > mostKilobytes * 1024) throw new Error(`names a file of more than ${mostKilobytes} KB`)
    return readFileSync(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw code === undefined ? error : new Error(`names a file that cannot be read (${code})`, { cause: error })
  }
}
