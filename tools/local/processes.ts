import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { closeSync, existsSync, openSync, readFileSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

export interface RunningProcess {
  readonly pid: number
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>
  /** Asks it to end, and ends it after `patience` milliseconds. */
  stop(signal?: NodeJS.Signals, patience?: number): Promise<void>
}

export interface StartedProgram {
  process: RunningProcess
  child: ChildProcess
  /** Returns what it has written since it was started. */
  output(): string
  /** Returns the last lines of its output, or why it could not be started. */
  lastWords(): string
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Starts a program whose output goes to a file. */
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
  const stop = async (signal: NodeJS.Signals = 'SIGTERM', patience = 10_000) => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
    child.kill(signal)
    const timer = setTimeout(() => child.kill('SIGKILL'), patience)
    await ended
    clearTimeout(timer)
  }
  const output = () => readFileSync(logFile).subarray(before).toString()
  const lastWords = () => failure || output().trim().split('\n').slice(-8).join('\n')
  return { child, process: { pid: child.pid ?? 0, ended, stop }, output, lastWords }
}

/** How long a program may take until it is of use, in milliseconds: then a start has failed. */
export const startPatience = 25_000

interface Waiting {
  /** What is waited for, for people. */
  name: string
  logFile: string
  /** Asked again and again; `more` gives it more time, as it is on its way. */
  isReady: (more: (milliseconds: number) => void) => Promise<boolean>
  signal?: AbortSignal | undefined
  patience?: number
  /** The signal that stops the program; SIGTERM unless given. */
  stopBy?: NodeJS.Signals
}

/**
 * Waits until a program is of use. Where it ends, takes too long, or `signal` is aborted, the program is stopped;
 * throws an Error that has its last words.
 */
export async function untilReady(started: StartedProgram, waiting: Waiting): Promise<void> {
  const { name, logFile, isReady, signal, stopBy, patience = startPatience } = waiting
  let ended = false
  void started.process.ended.then(() => (ended = true))
  let end = Date.now() + patience
  const more = (milliseconds: number) => void (end = Math.max(end, Date.now() + milliseconds))
  while (!ended && !signal?.aborted && Date.now() < end) {
    if (await isReady(more)) return
    await sleep(100)
  }
  const why = ended ? 'ended before it was ready' : `was not ready within ${Math.round(patience / 1_000)} seconds`
  if (!ended) await started.process.stop(stopBy)
  signal?.throwIfAborted()
  throw new Error([`${name} ${why}; see ${logFile}`, started.lastWords()].filter(Boolean).join('\n'))
}

/**
 * A worker that bundles its workflows takes long on a busy machine; what it cannot reach it says by itself, in seconds.
 */
const oursPatience = 120_000

/** Starts one of our own programs (`api/main`, `worker/main`) and waits until it says that it is ready. */
export async function startOurs(
  main: string,
  env: NodeJS.ProcessEnv,
  logFile: string,
  signal?: AbortSignal,
): Promise<RunningProcess> {
  const file = fileURLToPath(new URL(`../../${main}.ts`, import.meta.url))
  const started = startProgram(process.execPath, ['--import', import.meta.resolve('tsx'), file], {
    env,
    logFile,
    stdio: ['ipc'],
  })
  let ready = false
  started.child.once('message', () => (ready = true))
  await untilReady(started, { name: main, logFile, signal, patience: oursPatience, isReady: async () => ready })
  return started.process
}

export interface Supervised {
  readonly pid: number
  stop(): Promise<void>
}

const pauseBeforeRestart = 500

/**
 * Keeps a program running: one that ends by itself is started again, and `restarted` is told. `outer` ends a first
 * start that is under way.
 */
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
        // It could not be started; it is tried again.
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
