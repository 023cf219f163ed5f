import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export interface RunningProcess {
  readonly pid: number
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>
  /** Sends the signal, then SIGKILL after `timeout` milliseconds. */
  stop(signal?: NodeJS.Signals, timeout?: number): Promise<void>
}

export interface StartedProgram {
  process: RunningProcess
  child: ChildProcess
  /** Returns what the program has written since it started. */
  output(): string
  /** Returns the last lines of the output, or why the program could not start. */
  lastOutput(): string
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Starts a program and appends its output to a file. */
export function startProgram(
  command: string,
  args: string[],
  options: SpawnOptions & { logFile: string },
): StartedProgram {
  const { logFile, ...spawnOptions } = options
  const before = existsSync(logFile) ? statSync(logFile).size : 0
  const log = openSync(logFile, 'a')
  const child = spawn(command, args, {
    ...spawnOptions,
    stdio: ['ignore', log, log, ...(Array.isArray(options.stdio) ? options.stdio : [])],
  })
  closeSync(log)
  let failure = ''
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', (error) => {
      failure = error.message
      resolve()
    })
  })
  const stop = async (signal: NodeJS.Signals = 'SIGTERM', timeout = 10_000) => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
    child.kill(signal)
    const timer = setTimeout(() => child.kill('SIGKILL'), timeout)
    await ended
    clearTimeout(timer)
  }
  const output = () => readFileSync(logFile).subarray(before).toString()
  // A panic of Go comes after its reason, with more lines than are shown.
  const reason = () =>
    output()
      .trim()
      .split(/\n(?=panic: )/)[0]!
  const lastOutput = () => failure || reason().split('\n').slice(-8).join('\n')
  return { child, process: { pid: child.pid ?? 0, ended, stop }, output, lastOutput }
}

/** Default timeout for the start of a program, in milliseconds. */
export const startTimeout = 25_000

/** Milliseconds for one look at whether a program is ready: it can accept a connection and never respond. */
const longestLook = 5_000

/** Returns what `look` does, or false if it takes longer. */
function inTime(look: Promise<boolean>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const noAnswer = new Promise<boolean>((resolve) => (timer = setTimeout(resolve, milliseconds, false)))
  return Promise.race([look, noAnswer]).finally(() => clearTimeout(timer))
}

interface Waiting {
  /** The program's name, for messages. */
  name: string
  logFile: string
  /**
   * Polled. `extend` moves the timeout to at least that many milliseconds from now. Throws an Error if the program will
   * never be ready.
   */
  isReady: (extend: (milliseconds: number) => void) => Promise<boolean>
  signal?: AbortSignal | undefined
  timeout?: number
  /** The signal that stops the program. Default: SIGTERM. */
  stopBy?: NodeJS.Signals
}

/**
 * Waits until a program is ready. Throws an Error with its last output if it exits or times out. Stops the program on
 * a timeout, when `signal` is aborted, and when `isReady` throws.
 */
export async function waitUntilReady(started: StartedProgram, waiting: Waiting): Promise<void> {
  const { name, logFile, isReady, signal, stopBy, timeout = startTimeout } = waiting
  let ended = false
  void started.process.ended.then(() => (ended = true))
  let end = Date.now() + timeout
  const extend = (milliseconds: number) => void (end = Math.max(end, Date.now() + milliseconds))
  while (!ended && !signal?.aborted && Date.now() < end) {
    const ready = await inTime(isReady(extend), Math.min(longestLook, timeout)).catch(async (error: unknown) => {
      await started.process.stop(stopBy)
      throw error
    })
    if (ready) return
    await sleep(100)
  }
  const why = ended ? 'exited before it was ready' : `was not ready within ${Math.round(timeout / 1_000)} seconds`
  if (!ended) await started.process.stop(stopBy)
  signal?.throwIfAborted()
  throw new Error([`${name} ${why}; see ${logFile}`, started.lastOutput()].filter(Boolean).join('\n'))
}

/** Bundling workflows takes long on a busy machine. A worker reports unreachable servers itself, within seconds. */
const entryPointTimeout = 120_000

/**
 * Starts a program of this project (`api/main`, `worker/main`) and waits until it reports that it is ready. `bundle` is
 * the program in one file, for plain Node.
 */
export async function startEntryPoint(
  main: string,
  env: NodeJS.ProcessEnv,
  logFile: string,
  signal?: AbortSignal,
  bundle?: string,
): Promise<RunningProcess> {
  const file = fileURLToPath(new URL(`../../${main}.ts`, import.meta.url))
  const program = bundle ? [bundle] : ['--import', import.meta.resolve('tsx'), file]
  const started = startProgram(process.execPath, program, {
    env,
    logFile,
    stdio: ['ipc'],
  })
  let ready = false
  started.child.once('message', () => (ready = true))
  await waitUntilReady(started, { name: main, logFile, signal, timeout: entryPointTimeout, isReady: async () => ready })
  return started.process
}

export interface Supervised {
  readonly pid: number
  stop(): Promise<void>
}

const pauseBeforeRestart = 500

/** Keeps a program running: restarts it when it exits, then calls `restarted`. `outer` cancels the first start. */
export async function supervise(
  start: (signal: AbortSignal) => Promise<RunningProcess>,
  restarted: () => void,
  outer?: AbortSignal,
): Promise<Supervised> {
  const ending = new AbortController()
  let current = await start(outer ?? ending.signal)
  const watch = async (): Promise<void> => {
    for (;;) {
      await current.ended
      await sleep(pauseBeforeRestart, undefined, { signal: ending.signal }).catch(() => {})
      if (ending.signal.aborted) return
      try {
        current = await start(ending.signal)
        if (!ending.signal.aborted) restarted()
      } catch {
        // The loop retries.
      }
    }
  }
  const watching = watch()
  return {
    get pid() {
      return current.pid
    },
    async stop() {
      ending.abort()
      await current.stop()
      await watching
      await current.stop()
    },
  }
}
