import { readFileSync } from 'node:fs'

/** Returns the CPU time of a process in milliseconds. Linux counts in ticks of 10 ms. */
export function cpuOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

/** Returns the resident memory of a process in MB; 0 if it has ended. */
function residentOf(pid: number): number {
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
