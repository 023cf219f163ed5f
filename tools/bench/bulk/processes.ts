import { readFileSync } from 'node:fs'

/** Returns the resident memory of a process in MB; 0 if it has ended. */
export function residentOf(pid: number): number {
  try {
    return Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024)
  } catch {
    return 0
  }
}

/** Watches the memory of API and worker, four times a second. */
export function watchMemory(pids: () => { api: number; worker: number }) {
  const most = { api: 0, worker: 0 }
  const timer = setInterval(() => {
    for (const name of ['api', 'worker'] as const) most[name] = Math.max(most[name], residentOf(pids()[name]))
  }, 250)
  return { most: () => ({ ...most }), stop: () => clearInterval(timer) }
}
