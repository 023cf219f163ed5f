import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export interface RunningProcess {
  readonly pid: number
  /** Resolves when the process has ended. */
  readonly ended: Promise<void>
  /** Asks it to end, and ends it after `patience` milliseconds. */
  stop(signal?: NodeJS.Signals, patience?: number): Promise<void>
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
): { process: RunningProcess; child: ChildProcess } {
  const { logFile, ...spawnOptions } = options
  const log = openSync(logFile, 'a')
  const child = spawn(command, args, {
    ...spawnOptions,
    stdio: ['ignore', log, log, ...(Array.isArray(options.stdio) ? options.stdio : [])],
  })
  closeSync(log)
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  const stop = async (signal: NodeJS.Signals = 'SIGTERM', patience = 10_000) => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    const timer = setTimeout(() => child.kill('SIGKILL'), patience)
    await ended
    clearTimeout(timer)
  }
  return { child, process: { pid: child.pid ?? 0, ended, stop } }
}

/** Starts one of our own programs (`api/main`, `worker/main`) and waits until it says that it is ready. */
export async function startOurs(main: string, env: NodeJS.ProcessEnv, logFile: string): Promise<RunningProcess> {
  const file = fileURLToPath(new URL(`../${main}.ts`, import.meta.url))
  const { child, process: running } = startProgram(process.execPath, ['--import', import.meta.resolve('tsx'), file], {
    env,
    logFile,
    stdio: ['ipc'],
  })
  const ready = new Promise<boolean>((resolve) => child.once('message', () => resolve(true)))
  const outcome = await Promise.race([ready, running.ended.then(() => false)])
  if (!outcome) throw new Error(`${main} ended before it was ready; see ${logFile}`)
  return running
}

export interface Supervised {
  readonly pid: number
  stop(): Promise<void>
}

const pauseBeforeRestart = 500

/** Keeps a program running: one that ends by itself is started again, and `restarted` is told. */
export async function supervise(start: () => Promise<RunningProcess>, restarted: () => void): Promise<Supervised> {
  let current = await start()
  let stopping = false
  const watch = async (): Promise<void> => {
    await current.ended
    while (!stopping) {
      await new Promise((resolve) => setTimeout(resolve, pauseBeforeRestart))
      if (stopping) return
      try {
        current = await start()
        if (stopping) return void current.stop()
        restarted()
        return watch()
      } catch {
        // It could not be started; it is tried again.
      }
    }
  }
  void watch()
  return {
    get pid() {
      return current.pid
    },
    async stop() {
      stopping = true
      await current.stop()
    },
  }
}
