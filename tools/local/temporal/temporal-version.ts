import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const patience = 5_000

/**
 * Returns the version of the Temporal server in a `temporal` program, such as `1.31.2`; undefined where the program
 * does not name one: it is another program, or older than the CLI that has a server.
 */
export async function serverVersionOf(program: string): Promise<string | undefined> {
  const options = { timeout: patience, killSignal: 'SIGKILL' as const }
  // "temporal version 1.8.2 (Server 1.31.2, UI 2.50.1)"
  const { stdout } = await promisify(execFile)(program, ['--version'], options).catch(() => ({ stdout: '' }))
  return /\bserver v?(\d+\.\d+\.\d+)/i.exec(stdout)?.[1]
}

/** Whether a version comes before another; both are numbers with dots. */
export function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.replace(/^v/, '').split('.').map(Number))
  const at = a!.findIndex((n, i) => n !== b![i])
  return at >= 0 && a![at]! < b![at]!
}
