import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { bundleProgram } from '../../scripts/bundle-program.ts'
import { callMeanwhile } from './calls.ts'
import { countWaiting, countWrittenSince, nextTransaction, untilCount } from './record.ts'
import { cpuBetween, type LiveStack } from './stack.ts'

/** Runs `wake-all` as an operator does, and waits until each live run has read its record. */
export async function measureWake(stack: LiveStack, rate: number, live: number) {
  const { database } = stack
  const first = await nextTransaction(database)
  const [before, stopCalls, began] = [stack.cpu(), callMeanwhile(stack), performance.now()]
  const program = await bundleProgram('admin/main.ts')
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [program, 'wake-all', '--rate', String(rate), '--json'],
    { env: { ...process.env, ...stack.env }, maxBuffer: 1e8 },
  )
  const sent = (performance.now() - began) / 1_000
  await untilCount(() => countWrittenSince(database, first), live)
  const seconds = (performance.now() - began) / 1_000
  const { woken } = JSON.parse(stdout) as { woken: number }
  return {
    rate,
    woken,
    seconds: Math.round(sent),
    perSecond: Math.round((woken / sent) * 10) / 10,
    secondsUntilAllHaveRead: Math.round(seconds),
    readTheRecord: await countWrittenSince(database, first),
    waitAfterwards: await countWaiting(database),
    cpuMillisecondsPerRun: cpuBetween(before, stack.cpu(), woken),
    callMilliseconds: await stopCalls(),
    warnings: warningsOf(stack.workerLog),
  }
}

/** Returns how often the worker has logged each warning and error since it started. */
function warningsOf(file: string): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
    const logged = line.startsWith('{') ? (JSON.parse(line) as { msg: string }).msg : line
    // Without the id of the run.
    const text = logged.replace(/ [0-9a-f]{8}-[0-9a-f-]{27}\S*/, '')
    counts[text] = (counts[text] ?? 0) + 1
  }
  return counts
}
