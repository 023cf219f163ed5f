import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const timeout = 5_000

/**
 * Returns the version of the Temporal server in a `temporal` program, such as `1.31.2`. Returns undefined if
 * the program reports none: it is another program, or a CLI without a server.
 */
export async function serverVersionOf(program: string): Promise<string | undefined> {
  const options = { timeout, killSignal: 'SIGKILL' as const }
  // "temporal version 1.8.2 (Server 1.31.2, UI 2.50.1)"
  const { stdout } = await promisify(execFile)(program, ['--version'], options).catch(() => ({ stdout: '' }))
  return /\bserver v?(\d+\.\d+\.\d+)/i.exec(stdout)?.[1]
}

/** Returns whether a dotted version number comes before another. */
export function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.replace(/^v/, '').split('.').map(Number))
  const at = a!.findIndex((n, i) => n !== b![i])
  return at >= 0 && a![at]! < b![at]!
}
