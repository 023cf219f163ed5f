import { setTimeout as sleep } from 'node:timers/promises'
import type { RunningProcess } from '../local/processes.ts'

/** A program of ours, which causes stop and start. */
export interface Program {
  pid(): number
  /** Starts it with its environment and these variables. */
  start(env?: NodeJS.ProcessEnv): Promise<void>
  /** Stops it as an orchestrator does. */
  stop(): Promise<void>
}

/** Longer than the steps of a worker, and than the calls of an API. */
const stopTimeout = 40_000

/** Returns a program that does not run yet. */
export function createProgram(begin: (env: NodeJS.ProcessEnv) => Promise<RunningProcess>): Program {
  let running: RunningProcess | undefined
  return {
    pid: () => running!.pid,
    async start(env = {}) {
      running = await begin(env)
    },
    async stop() {
      await running?.stop('SIGTERM', stopTimeout)
    },
  }
}

/** Repeats something with a pause of so many milliseconds, whatever its errors. Returns a function that ends it. */
export function repeat(pause: number, work: (nth: number) => Promise<unknown>): () => Promise<void> {
  let ended = false
  const loop = (async () => {
    for (let nth = 0; !ended; nth++) {
      await work(nth).catch(() => {})
      await sleep(pause)
    }
  })()
  return async () => {
    ended = true
    await loop
  }
}
