import { readdirSync, readFileSync } from 'node:fs'

/** CPU time used by each part, in milliseconds. Linux counts in ticks of 10 ms. */
export interface CpuTimes {
  app: number
  temporal: number
  postgres: number
}

function statOf(pid: string | number): { parent: number; used: number; ended: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    return { parent: fields[1]!, used: (fields[11]! + fields[12]!) * 10, ended: (fields[13]! + fields[14]!) * 10 }
  } catch {
    return undefined
  }
}

/** Returns the CPU time of a process in milliseconds; 0 if it has ended. */
export const cpuOf = (pid: number): number => statOf(pid)?.used ?? 0

/** Returns the CPU times of this process, the Temporal server, and PostgreSQL with its current and ended sessions. */
export function cpuTimes(pids: { temporal: number; postgres: number }): CpuTimes {
  const postmaster = statOf(pids.postgres)
  const sessions = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(statOf)
    .filter((stat) => stat?.parent === pids.postgres)
  return {
    app: statOf('self')?.used ?? 0,
    temporal: statOf(pids.temporal)?.used ?? 0,
    postgres: (postmaster?.used ?? 0) + (postmaster?.ended ?? 0) + sessions.reduce((sum, stat) => sum + stat!.used, 0),
  }
}

/** Returns the value below which the fraction `p` of the values lies. */
export function percentile(values: number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? Number.NaN
}

export const median = (values: number[]): number => percentile(values, 0.5)
