import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Answer } from '../world/world.ts'

const run = promisify(execFile)

/** Sends a curl sample from a document after the replacements in `replaced`. */
export async function sendSample(sample: string, replaced: Record<string, string>): Promise<Omit<Answer, 'headers'>> {
  const command = Object.entries(replaced).reduce((text, [from, to]) => text.replaceAll(from, to), sample)
  const { stdout } = await run('sh', ['-c', command.replace(/^curl/, String.raw`curl -s -w '\n%{http_code}'`)])
  const end = stdout.lastIndexOf('\n')
  return { status: Number(stdout.slice(end + 1)), body: JSON.parse(stdout.slice(0, end)) }
}
